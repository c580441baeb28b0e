"""What in a letter names a ticket, in order of trust."""

from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.clues import MOST_CLUES, Source, asked, clues, unproved
from mailtickets.routing.policy import Admission
from mailtickets.routing.proofs import Proofs
from mailtickets.tickets.values import Existing, NewTicket, Person

QUEUE = Queue("support", "support-ticket.com")
SALES = Queue("sales", "sales.example", prefix="SALES")
BOOK = AddressBook([QUEUE, SALES], proofs=Proofs((b"t" * 32,)))
FOREIGN = Proofs((b"x" * 32,))
NEW = Mailbox("new", "support-ticket.com")
OPENS = NewTicket("support")


def ours(ticket, queue=QUEUE):
    """A Message-ID of ours about a ticket."""
    return BOOK.message_id("embedded", "7", queue, ticket)


def found(message, destination=OPENS, known=None, queue=QUEUE):
    """What is found, as pairs of source and ticket; and why the rest is not."""
    made = clues(message, destination, NEW, queue, BOOK, known or {})
    return [(one.source, one.ticket) for one in made.found], made.missed


def test_the_better_believed_goes_first():
    """Whatever the order in the letter, what is proved goes before what is only said."""
    token = BOOK.proofs.token(QUEUE.address_of("SUPPORT-1"), "n@f")
    message = Message(
        subject="[SUPPORT-6] Re: Help",
        text=f"> [{ours('SUPPORT-5')}]",
        references=("known@x", ours("SUPPORT-3")),
        to=(Person("", "SUPPORT-2@support-ticket.com"),),
        cc=(
            Person("", str(BOOK.reply_address(QUEUE, "SUPPORT-1", "n@f"))),
            Person("", f"SUPPORT-1.{token}@support-ticket.com"),
        ),
    )
    pairs, _ = found(message, known={"known@x": ("SUPPORT-4",)})
    assert pairs == [
        (Source.SIGNED_ADDRESS, "SUPPORT-1"),
        (Source.ADDRESS, "SUPPORT-2"),
        (Source.ADDRESS, "SUPPORT-1"),
        (Source.OUR_REFERENCE, "SUPPORT-3"),
        (Source.REFERENCE, "SUPPORT-4"),
        (Source.MARK, "SUPPORT-5"),
        (Source.TAG, "SUPPORT-6"),
    ]


def test_the_rightmost_reference_is_meant():
    """Of several tickets that a letter's references name, the latest is the likeliest."""
    message = Message(references=(ours("SUPPORT-1"), ours("SUPPORT-2"), "a@x", "b@x"))
    pairs, _ = found(message, known={"a@x": ("SUPPORT-3",), "b@x": ("SUPPORT-4", "SUPPORT-5")})
    assert [ticket for _, ticket in pairs] == [f"SUPPORT-{number}" for number in (2, 1, 5, 4, 3)]


def test_the_envelope_is_not_outweighed_by_the_head():
    """A letter to one ticket's address is not taken to another's by what its head says."""
    message = Message(to=(Person("", "SUPPORT-2@support-ticket.com"),))
    pairs, _ = found(message, Existing("support", "SUPPORT-1"))
    assert pairs == [(Source.ADDRESS, "SUPPORT-1")]


def test_another_queues_ticket_is_not_found():
    """A letter to one queue finds no ticket of another, and the record says what it saw."""
    message = Message(
        subject="[SALES-1]",
        text=f"[{ours('SALES-1', SALES)}]",
        references=(ours("SALES-1", SALES),),
        to=(Person("", "SALES-1@sales.example"),),
    )
    pairs, missed = found(message)
    assert pairs == []
    assert "another queue" in missed[Source.OUR_REFERENCE]


def test_what_is_forged_is_counted_and_not_asked_about():
    """What has our form and not our key names nothing."""
    forged = FOREIGN.message_id(QUEUE.address_of("SUPPORT-1"), "SUPPORT-1", "7")
    message = Message(references=("a@x", forged), text=f"[{forged}]")
    assert asked(message, BOOK) == ("a@x",)
    assert unproved(message, BOOK) == (forged,)
    pairs, missed = found(message)
    assert pairs == []
    assert "not made by a key of ours" in missed[Source.OUR_REFERENCE]
    assert "not made by a key of ours" in missed[Source.MARK]


def test_a_key_that_is_gone_leaves_a_hint():
    """A letter of ours whose key is gone is no proof; where the ledger knows it, it is a hint."""
    sent = FOREIGN.message_id(QUEUE.address_of("SUPPORT-1"), "SUPPORT-1", "7")
    message = Message(references=(sent,), text=f"[{sent}]")
    made = clues(message, OPENS, NEW, QUEUE, BOOK, {sent: ("SUPPORT-1",)})
    assert [one.source for one in made.found] == [Source.REFERENCE, Source.MARK]
    assert not made.proves("SUPPORT-1")
    assert unproved(Message(references=(ours("SUPPORT-1"), "a@x")), BOOK) == ()


def test_older_marks_are_asked_about():
    """A mark from before there were signatures is a hint that the ledger may know."""
    old = "SUPPORT-7.be53bea4797bfaf9e69dcff9@support-ticket.com"
    message = Message(text=f"> [{old}]")
    assert asked(message, BOOK) == (old,)
    assert found(message, known={old: ("SUPPORT-7",)})[0] == [(Source.MARK, "SUPPORT-7")]
    hidden = Message(html=f'<div style="display:none">[{ours("SUPPORT-8")}]</div>')
    assert found(hidden)[0] == [(Source.MARK, "SUPPORT-8")]


def test_the_subjects_tag_is_a_setting():
    """Another form of tag is found where the queue says so, and none where it says none."""
    own = Queue("support", "support-ticket.com", admission=Admission(subject_tag="(#{ticket})"))
    message = Message(subject="Re: (#support-7) Help")
    assert found(message, queue=own)[0] == [(Source.TAG, "SUPPORT-7")]
    assert found(message)[0] == []
    none = Queue("support", "support-ticket.com", admission=Admission(subject_tag=""))
    assert found(Message(subject="[SUPPORT-7]"), queue=none)[0] == []


def test_a_letter_that_names_everything_is_bounded():
    """However many tickets a letter names, few are looked up."""
    message = Message(
        subject=" ".join(f"[SUPPORT-{number}]" for number in range(90)),
        text="\n".join(f"[{ours(f'SUPPORT-{number}')}]" for number in range(90)),
        references=tuple(ours(f"SUPPORT-{number}") for number in range(90)),
        to=tuple(Person("", f"SUPPORT-{number}@support-ticket.com") for number in range(90)),
    )
    pairs, _ = found(message)
    assert all(sum(one is source for one, _ in pairs) <= MOST_CLUES for source in Source)


_texts = st.text(max_size=60) | st.sampled_from(["[SUPPORT-1]", "<>", "a@b", ours("SUPPORT-1")])


@given(_texts, _texts, st.lists(_texts, max_size=5), st.lists(_texts, max_size=5))
def test_no_letter_does_harm(subject, text, references, people):
    """Whatever stands in a letter, something is decided; each source has a clue or a reason."""
    message = Message(
        subject=subject,
        text=text,
        references=tuple(references),
        to=tuple(Person("", one) for one in people),
    )
    made = clues(message, OPENS, NEW, QUEUE, BOOK, {})
    there = {one.source for one in made.found}
    assert there | set(made.missed) == set(Source)
    assert not there & set(made.missed)
