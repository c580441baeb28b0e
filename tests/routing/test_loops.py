"""What is ours and comes back."""

import pytest
from attrs import evolve

from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.addresses import AddressBook, Queue, Route
from mailtickets.routing.loops import FIELD, OwnMail, Refused

BOOK = AddressBook(
    [
        Queue("support", "support-ticket.com", open=("new", "Help"), desk="one"),
        Queue("safe", "safe.example", prefix="SAFE", reply_address="signed"),
    ],
    [Route("*@parts.example", "route:parts")],
)
OWN = OwnMail(
    BOOK, (b"today" * 8, b"yesterday" * 8), wrote=lambda one: one == "1@support-ticket.com"
)


def found(*lines):
    """What a letter with these lines in its head says of itself."""
    return identifiers("".join(f"{one}\r\n" for one in lines).encode() + b"\r\nText\r\n")


def test_our_mark_is_known_again():
    """A letter with a mark of ours is ours, folded or in capitals; an old key's mark still is."""
    mark = OWN.mark("01abc").decode()
    assert mark.endswith("\r\n")
    assert OWN.came_back(found("Subject: x", mark.strip()))
    assert OWN.came_back(found(mark.strip().replace(": ", ":\r\n ")))
    assert OWN.came_back(found(mark.strip().upper().replace("01ABC", "01abc")))
    older = OwnMail(BOOK, OWN.secrets[1:]).mark("x1").decode().strip()
    assert OWN.came_back(found(older))


@pytest.mark.parametrize(
    "value", ["", "01abc", "01abc.", "01abc.aaaaaaaaaaaaaaaa", ".aaaa", "x y.z", "é.é", "a" * 5000]
)
def test_nobody_else_can_make_one(value):
    """A made-up mark says nothing, nor one that another gateway made."""
    assert not OWN.came_back(found(f"{FIELD}: {value}"))
    theirs = OwnMail(BOOK, (b"another" * 8,)).mark("01abc").decode().strip()
    assert not OWN.came_back(found(theirs))


def test_our_message_id_is_known_again():
    """A letter whose own Message-ID is one that we made is ours; one that cites it is an answer."""
    assert OWN.came_back(found("Message-ID: <1@support-ticket.com>"))
    assert not OWN.came_back(found("Message-ID: <2@x>", "References: <1@support-ticket.com>"))


def test_without_keys_there_are_no_marks():
    """No secret makes no mark, and takes none for ours."""
    bare = OwnMail(BOOK)
    assert bare.mark("01abc") == b""
    assert not bare.marked("01abc.aaaaaaaaaaaaaaaa")


@pytest.mark.parametrize(
    "address",
    [
        "new@support-ticket.com",
        "HELP@Support-Ticket.com",
        "SUPPORT-7@support-ticket.com",
        "support-7+return.0123456789ab.abcdefghijklmnop@support-ticket.com",
        "SAFE-9@safe.example",
        "SAFE-9.abcdefghijklmnopqrst@safe.example",
    ],
)
def test_our_own_addresses_write_no_letters(address):
    """Queues, tickets, return paths, signed or not: who says they are one of these is refused."""
    assert OWN.poses(Mailbox.parse(address), None)
    assert OWN.poses(Mailbox.parse(address), "somebody who authenticated")
    assert OWN.posed_by(address, None)
    assert not evolve(OWN, refused=Refused.NOBODY).poses(Mailbox.parse(address), None)
    assert not evolve(OWN, refused=Refused.NOBODY).posed_by(address, None)


@pytest.mark.parametrize(
    "address",
    [
        "agnes@support-ticket.com",
        "new@elsewhere.example",
        "postmaster@support-ticket.com",
        "x@parts.example",
    ],
)
def test_colleagues_may_write(address):
    """An agent in the same domain is a person, and postmaster sends bounces."""
    assert not OWN.poses(Mailbox.parse(address), None)
    assert not OWN.posed_by(address, None)
    assert not OWN.poses(None, None)


@pytest.mark.parametrize(
    "author",
    [
        "",
        "@",
        "nobody",
        "@support-ticket.com",
        "a b@support-ticket.com",
        "new@[300.1]",
        "x@\u2603.",
    ],
)
def test_whatever_a_from_says_is_looked_at(author):
    """A From that is no address is nobody's, and raises nothing."""
    assert not OWN.posed_by(author, None)


def test_a_whole_domain_can_be_refused():
    """Where the settings say so, only who authenticated writes from a domain of ours."""
    strict = evolve(OWN, refused=Refused.DOMAINS)
    agnes = Mailbox("agnes", "support-ticket.com")
    assert strict.poses(agnes, None)
    assert strict.posed_by("Agnes@SUPPORT-Ticket.com", None)
    assert not strict.poses(agnes, "agnes")
    assert not strict.poses(Mailbox("nic", "ferrier"), None)
    assert not strict.poses(Mailbox("postmaster", "support-ticket.com"), None)
