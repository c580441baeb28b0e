"""Return paths find their ticket, and cannot be forged."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Failure, Message, Nature
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.inbound import Case, Found, decide
from mailtickets.routing.outbound import marks_in, message_id_of
from mailtickets.routing.returns import belongs, return_path, returned
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Conversation, Existing, ReturnedMail

SECRET, OLD = b"s" * 32, b"o" * 32
TICKET = Mailbox("SUPPORT-7102", "support-ticket.com")


KEY = sha256(b"an item").hexdigest()


def test_there_and_back():
    """What comes back names the ticket and the letter, in whatever case it comes."""
    path = return_path(SECRET, TICKET, KEY)
    assert len(path.local) <= 64
    assert str(Mailbox.parse(str(path))) == str(path)
    for written in (path, Mailbox(path.local.lower(), path.domain.upper())):
        found = returned([SECRET], written)
        assert str(found.address).lower() == str(TICKET).lower()
        assert belongs(found, KEY)
        assert not belongs(found, "another")
    assert returned([SECRET], path).token.startswith(f"{TICKET}/")


def test_no_forgery():
    """Another ticket, another letter, another domain, another secret: none of them is ours."""
    path = return_path(SECRET, TICKET, KEY)
    assert returned([b"x" * 32], path) is None
    assert returned([SECRET], Mailbox(path.local.replace("7102", "7103"), path.domain)) is None
    assert returned([SECRET], Mailbox(path.local, "elsewhere.com")) is None
    assert returned([SECRET], TICKET) is None
    broken = path.local[:-1] + ("a" if path.local[-1] != "a" else "b")
    assert returned([SECRET], Mailbox(broken, path.domain)) is None


def test_an_old_secret_stays_good():
    """A bounce of last week's letter still finds its ticket when the secret is a new one."""
    assert returned([SECRET, OLD], return_path(OLD, TICKET, KEY)) is not None


def test_no_room():
    """Where a local part would be too long, the ticket's own address takes what comes back."""
    long = Mailbox("L" * 40, "x")
    assert return_path(SECRET, long, "key") == long


@given(st.text(max_size=70))
def test_any_local_part(local):
    """Any mailbox is a return path or is none."""
    assert returned([SECRET], Mailbox(local, "x")) is None


def test_the_book_knows_them():
    """What comes back to a return path is for its ticket; a forged one is nobody's address."""
    book = AddressBook([Queue("support", "support-ticket.com")], secrets=[SECRET, OLD])
    path = book.return_path(TICKET, KEY)
    assert path != TICKET
    back = ReturnedMail(f"{TICKET}/{KEY[:12]}")
    assert book.resolve(path) == back
    assert book.came_back(back) == (Existing("support", "SUPPORT-7102"), KEY[:12])
    assert book.resolve(return_path(OLD, TICKET, KEY)) == back
    with pytest.raises(Permanent):
        book.resolve(return_path(b"x" * 32, TICKET, "key"))
    plain = AddressBook([Queue("support", "support-ticket.com")])
    assert plain.return_path(TICKET, "key") == TICKET


def test_a_bounce_is_a_note():
    """What a bounce says becomes an internal comment in sentences, its own text folded away."""
    message = Message(
        nature=Nature.BOUNCE,
        text="Lots of technical words",
        failures=(Failure("nic@ferrier", "5.1.1", "smtp; 550 5.1.1 Nobody"),),
    )
    known = Conversation("d", "SUPPORT-7102", "support", "nic@ferrier", "Nic", "", ())
    queue = Queue("support", "support-ticket.com")
    intent = decide(Case(message, None, queue, Found(known, signed=True))).intent
    assert isinstance(intent, AddComment)
    assert not intent.public
    assert intent.text.startswith("The answer did not reach nic@ferrier: there is no such mailbox")
    assert intent.rest == "Lots of technical words"


def test_marks():
    """The mark in a text is the Message-ID of ours; other brackets are none."""
    mark = message_id_of("desk", "7", TICKET)
    assert marks_in(f"> Ticket\n> [{mark}]\n[x@y] [{mark}] [a.b@c]") == (mark,)


@pytest.mark.parametrize("text", ["[" * 10_000, "[a." * 5000, ""])
def test_marks_in_anything(text):
    """Any text is searched quickly."""
    assert marks_in(text) == ()
