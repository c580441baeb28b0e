"""What a letter asks of a desk."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.authentication import DMARC, Authentication, Result
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Forwarded, Message, Nature, Part, Span
from mailtickets.routing.addresses import Queue
from mailtickets.routing.inbound import (
    Case,
    Found,
    decide,
    fingerprint_of,
    in_words,
    key_of,
    requester_of,
)
from mailtickets.routing.policy import DEFAULTS, Admission, Answer, ReplyAll
from mailtickets.tickets.intents import AddComment, Discard, OpenTicket
from mailtickets.tickets.values import Conversation, Existing, Person, Ticket

QUEUE = Queue("support", "support-ticket.com")
NIC = Mailbox("nic", "ferrier")
KNOWN = Conversation(
    "embedded", "SUPPORT-1", "support", "nic@ferrier", "Nic", "Hi", ("1@f",), "1@f"
)
TEXT = "Thanks!\n\n> old words\n"
LETTER = Message(
    message_id="2@ferrier",
    author=Person("Nic", "nic@ferrier"),
    subject="Re: Hi",
    text=TEXT,
    spans=(Span(0, 9, Part.NEW), Span(9, len(TEXT), Part.QUOTED)),
)


SURE = Authentication(dmarc=DMARC(Result.PASS, "ferrier", policy="reject", aligned=True, by="dkim"))
FOUND = Found(KNOWN, Ticket("SUPPORT-1", "Hi", Person("Nic", "nic@ferrier")))
BOB, EVE = Person("Bob", "bob@ferrier"), Person("Eve", "eve@example.net")


def case(message=LETTER, found=FOUND, queue=QUEUE, **more):
    """A letter from Nic to their ticket, unless it is said to be another."""
    sender = Mailbox.parse(message.author.address) if message.author.address else NIC
    is_ours = more.pop("is_ours", lambda address: address.endswith("@support-ticket.com"))
    return Case(message, more.pop("sender", sender), queue, found, is_ours=is_ours, **more)


def by(author, **more):
    """The same letter, written by somebody else."""
    return evolve(LETTER, author=author, **more)


def admitting(**more):
    """A queue that admits as it is told."""
    return evolve(QUEUE, admission=Admission(**more))


def test_a_letter_of_its_own_opens_a_ticket():
    """Nothing known is named: a ticket is opened for the writer, in the queue addressed."""
    decision = decide(case(found=None))
    intent = decision.intent
    assert isinstance(intent, OpenTicket)
    assert (intent.queue, intent.prefix, intent.requester) == ("support", "SUPPORT", LETTER.author)
    assert (intent.subject, intent.message_id) == ("Re: Hi", "2@ferrier")
    assert (decision.action, decision.answer, intent.linked) == ("open", "", None)


def test_the_requesters_reply_is_a_public_comment():
    """The requester's reply to a letter of ours joins the ticket."""
    intent = decide(case(found=evolve(FOUND, signed=True))).intent
    assert isinstance(intent, AddComment)
    assert (intent.ticket, intent.public, intent.text) == ("SUPPORT-1", True, "Thanks!")
    assert intent.rest == TEXT.strip()
    assert (intent.unverified, intent.newcomer, intent.reopens) == (False, False, False)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("participant", [True, False])
def test_the_policys_table(signed, aligned, participant):
    """Each row of the table of defaults, as a letter meets it."""
    letter = LETTER if participant else by(EVE)
    decision = decide(
        case(
            letter,
            evolve(FOUND, signed=signed),
            authentication=SURE if aligned else None,
        )
    )
    if not signed and not participant:
        assert (decision.action, decision.answer) == ("open", "link")
        assert decision.intent.linked == "SUPPORT-1"
        assert "no participant" in decision.why
        return
    comment = decision.intent
    assert isinstance(comment, AddComment)
    assert comment.public
    unverified = not aligned and (signed != participant)
    assert comment.unverified == unverified
    assert comment.newcomer == (not participant)
    assert decision.cell == "_".join(
        [
            "valid" if signed else "none",
            "aligned" if aligned else "unaligned",
            "participant" if participant else "stranger",
        ]
    )


@pytest.mark.parametrize("name", sorted(set(DEFAULTS) - {"invalid"}))
@pytest.mark.parametrize("answer", list(Answer))
def test_each_cell_is_a_setting(name, answer):
    """A queue may answer anything in any cell, and it is done."""
    signature, alignment, who = name.split("_")
    found = evolve(FOUND, signed=signature == "valid")
    queue = admitting(matrix=DEFAULTS | {name: answer})
    decision = decide(
        case(
            LETTER if who == "participant" else by(EVE),
            found,
            queue,
            authentication=SURE if alignment == "aligned" else None,
        )
    )
    assert (decision.cell, decision.answer) == (name, answer.value)
    expected = {"append": "comment", "unverified": "comment", "link": "open"}
    assert decision.action == expected.get(answer.value, answer.value)
    if answer is Answer.HOLD:
        assert decision.then == Existing("support", "SUPPORT-1", "released")
        assert isinstance(decision.intent, Discard)


def test_what_a_person_lets_in_is_marked():
    """A held letter that a person releases is in its ticket, and said to be unverified."""
    queue = admitting(matrix=dict.fromkeys(DEFAULTS, Answer.HOLD))
    decision = decide(case(by(EVE), evolve(FOUND, released=True), queue))
    assert isinstance(decision.intent, AddComment)
    assert (decision.intent.unverified, decision.intent.newcomer) == (True, True)
    assert "a person let it in" in decision.why


def test_a_password_is_as_good_as_dmarc():
    """Who logged in to us under the address they write from is who they say."""
    assert case(user="NIC@ferrier").aligned
    assert not case(user="other").aligned
    assert not case(by(EVE), user="nic@ferrier").aligned


def test_whom_a_list_names_is_the_requester_and_proves_nothing():
    """Answers go to who wrote, not to the list; what is true of the list lets nobody in."""
    group = Person("'Nic' via Help", "help@lists.example")
    listed = by(group, written_by=Person("Nic", "nic@ferrier"))
    opened = decide(case(listed, None, authentication=SURE))
    assert opened.intent.requester == Person("Nic", "nic@ferrier")
    assert any("by the list help@lists.example" in one for one in opened.intent.warnings)
    named = case(listed, authentication=SURE, user="help@lists.example")
    assert (named.aligned, named.agent) == (False, False)
    ours = evolve(listed, written_by=Person("Help", "support@support-ticket.com"))
    assert decide(case(ours, None)).intent.requester == group
    copied = evolve(listed, cc=(group, BOB))
    assert decide(case(copied, None)).intent.participants == (BOB,)
    queue = admitting(reply_all=ReplyAll.PARTICIPANTS)
    joined = decide(case(copied, evolve(FOUND, signed=True), queue)).intent
    assert group not in joined.participants
    assert decide(named).cell == decide(case(by(LETTER.author))).cell
    assert decide(named).cell != decide(case(by(LETTER.author), authentication=SURE)).cell


def test_a_participant_writes_as_the_requester_does():
    """Whoever takes part may write; whoever the token was given to takes part."""
    found = evolve(FOUND, participants=(BOB,))
    decision = decide(case(by(evolve(BOB, address="BOB@ferrier")), found, authentication=SURE))
    assert (decision.action, decision.intent.newcomer) == ("comment", False)
    holder = evolve(FOUND, signed=True, holder=True)
    decision = decide(case(by(EVE), holder))
    assert (decision.action, decision.intent.newcomer, decision.intent.unverified) == (
        "comment",
        False,
        False,
    )


@pytest.mark.parametrize("nature", [Nature.BOUNCE, Nature.AUTO_REPLY])
def test_a_machines_letter_to_a_ticket_is_internal(nature):
    """What a machine sends to a ticket is for its agents: an internal comment, never mailed."""
    letter = Message(author=Person("", "nic@ferrier"), text="I am away", nature=nature)
    intent = decide(case(letter)).intent
    assert isinstance(intent, AddComment)
    assert not intent.public


def test_the_null_sender_is_a_machine():
    """The null reverse-path makes a letter a machine's, whatever it says (RFC 5321 4.5.5)."""
    intent = decide(case(sender=None)).intent
    assert isinstance(intent, AddComment)
    assert not intent.public


def test_a_strangers_machine_is_marked():
    """Anybody can say that a machine wrote their letter: without a proof the note says so."""
    letter = by(EVE, nature=Nature.AUTO_REPLY)
    assert decide(case(letter)).intent.unverified
    assert not decide(
        case(letter, evolve(FOUND, signed=True), authentication=SURE)
    ).intent.unverified


def closed(days):
    """A ticket that was closed so many days ago."""
    ticket = evolve(FOUND.ticket, status="closed", updated=1e9 - days * 86400)
    return evolve(FOUND, ticket=ticket)


def test_a_reply_opens_a_closed_ticket_again():
    """Within the queue's time a reply reopens; later it is a new ticket that names the old one."""
    intent = decide(case(found=closed(29), now=1e9)).intent
    assert isinstance(intent, AddComment)
    assert intent.reopens
    later = decide(case(found=closed(31), now=1e9))
    assert (later.action, later.intent.linked) == ("open", "SUPPORT-1")
    assert "closed" in later.why
    never = admitting(reopen_days=0.0)
    assert decide(case(found=closed(1), queue=never, now=1e9)).action == "open"


CC = (
    BOB,
    Person("", "help@support-ticket.com"),
    Person("", "noreply@shop.example"),
    Person("Nic", "NIC@ferrier"),
    Person("", "not an address"),
    Person("", "bob@FERRIER"),
    Person("Carol", "carol@x.example"),
    Person("Dan", "dan@x.example"),
)


def test_the_first_letters_cc_takes_part():
    """Whom the first letter's Cc names takes part: people, each once, not us, and not too many."""
    letter = evolve(LETTER, cc=CC)
    people = decide(case(letter, None, admitting(cc_limit=2))).intent.participants
    assert [one.address for one in people] == ["bob@ferrier", "carol@x.example"]
    assert decide(case(letter, None, admitting(cc_limit=0))).intent.participants == ()
    machine = evolve(letter, nature=Nature.FEEDBACK_REPORT)
    assert decide(case(machine, None)).intent.participants == ()


def test_a_reply_to_all_adds_nobody_unless_the_queue_says_so():
    """Whoever replies to all does not thereby show a ticket to others."""
    letter, found = evolve(LETTER, cc=CC), evolve(FOUND, participants=(BOB,))
    assert decide(case(letter, found, authentication=SURE)).intent.participants == ()
    open_ = admitting(reply_all=ReplyAll.PARTICIPANTS)
    added = decide(case(letter, found, open_, authentication=SURE)).intent.participants
    assert [one.address for one in added] == ["carol@x.example", "dan@x.example"]
    assert decide(case(letter, found, open_)).intent.participants == ()  # unverified
    stranger = decide(
        case(evolve(letter, author=EVE), evolve(found, signed=True), open_, authentication=SURE)
    )
    assert stranger.intent.participants == ()


AGENTS = admitting(agents=("@support-ticket.com", "agnes@elsewhere.example"))
FORWARD = Message(
    author=Person("Agnes", "agnes@elsewhere.example"),
    subject="Fwd: It hurts",
    text="See below\n\nFrom: C\n\nOuch",
    forwarded=Forwarded(Person("C", "c@customer.example"), "It hurts", "Ouch"),
    cc=CC,
)


def test_an_agents_forward_is_the_customers_ticket():
    """A verified agent forwards a customer's letter: the customer is the requester."""
    intent = decide(case(FORWARD, None, AGENTS, authentication=SURE)).intent
    assert isinstance(intent, OpenTicket)
    assert (intent.requester.address, intent.subject) == ("c@customer.example", "It hurts")
    assert (intent.text, intent.rest) == ("Ouch", FORWARD.text)
    assert intent.participants == ()


@pytest.mark.parametrize(
    ("letter", "queue", "authentication"),
    [
        (FORWARD, AGENTS, None),
        (FORWARD, QUEUE, SURE),
        (evolve(FORWARD, author=EVE), AGENTS, SURE),
    ],
)
def test_nobody_elses_forward_makes_a_requester(letter, queue, authentication):
    """Who is no agent, or is not surely one, opens a ticket of their own by forwarding."""
    intent = decide(case(letter, None, queue, authentication=authentication)).intent
    assert intent.requester == letter.author


def test_an_agent_who_writes_to_a_ticket_leaves_a_note():
    """An agent's letter is for the other agents: nobody mails it on, so nobody shall think so."""
    letter = by(Person("Agnes", "agnes@elsewhere.example"))
    decision = decide(case(letter, queue=AGENTS, authentication=SURE))
    assert (decision.action, decision.intent.public) == ("note", False)


def test_the_desk_is_told_in_words():
    """A desk that keeps no standing reads it at the head of the text; one that does, does not."""
    linked = decide(case(by(EVE, html="<b>Hi</b>"))).intent
    told = in_words(linked)
    assert told.text.startswith("[This letter names SUPPORT-1 and did not get into it.]\n\n")
    assert told.text.endswith(linked.text)
    assert told.html.startswith("<p>[This letter names")
    comment = decide(case(by(EVE), evolve(FOUND, signed=True))).intent
    assert in_words(comment).text.startswith("[Not verified: ")
    assert "not yet a participant" in in_words(comment).text
    fine = decide(case(found=evolve(FOUND, signed=True))).intent
    assert in_words(fine) is fine


def test_a_copy_is_known_by_what_it_says():
    """The same letter has the same fingerprint whichever way it came; another one has not."""
    assert fingerprint_of(LETTER) == fingerprint_of(evolve(LETTER, references=("x@y",)))
    assert fingerprint_of(LETTER) != fingerprint_of(evolve(LETTER, text="Thanks"))
    assert fingerprint_of(LETTER) != fingerprint_of(by(EVE))


def test_without_from_the_envelope_tells_the_writer():
    """A letter whose From has no address that can be answered comes from its envelope's sender."""
    assert requester_of(Message(), NIC) == Person("", "nic@ferrier")
    nameless = Message(author=Person("", "Nic"))
    assert requester_of(nameless, NIC) == Person("Nic", "nic@ferrier")


_mailboxes = st.builds(Mailbox, st.text("abc", min_size=1), st.just("example.org"))


@given(st.none() | _mailboxes, _mailboxes, st.none() | st.text(), st.text("0123456789abcdef"))
def test_the_key_tells_letters_apart(sender, recipient, message_id, digest):
    """The same letter has the same key; another recipient or other octets make another key."""
    key = key_of(sender, recipient, message_id, digest)
    assert key == key_of(sender, recipient, message_id, digest)
    assert key != key_of(sender, Mailbox("other", "example.org"), message_id, digest)
    assert key != key_of(sender, recipient, message_id, digest + "0")
