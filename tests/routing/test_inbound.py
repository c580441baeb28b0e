"""What a letter asks of a desk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message, Nature, Part, Span
from mailtickets.routing.addresses import Queue
from mailtickets.routing.inbound import decide, key_of, requester_of
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Conversation, Existing, NewTicket, Person

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


def test_a_letter_of_its_own_opens_a_ticket():
    """Nothing known is named: a ticket is opened for the writer, in the queue addressed."""
    intent = decide(LETTER, NIC, NewTicket("support"), QUEUE, None).intent
    assert isinstance(intent, OpenTicket)
    assert (intent.queue, intent.prefix, intent.requester) == ("support", "SUPPORT", LETTER.author)
    assert (intent.subject, intent.message_id) == ("Re: Hi", "2@ferrier")


@pytest.mark.parametrize("destination", [Existing("support", "SUPPORT-1"), NewTicket("support")])
def test_the_requesters_reply_is_a_public_comment(destination):
    """The requester's reply joins the ticket, named by the address or by the references alone."""
    intent = decide(LETTER, NIC, destination, QUEUE, KNOWN).intent
    assert isinstance(intent, AddComment)
    assert (intent.ticket, intent.public, intent.text) == ("SUPPORT-1", True, "Thanks!")
    assert intent.rest == TEXT.strip()


def test_a_stranger_does_not_write_into_a_ticket():
    """Whoever knows a ticket's number and is no participant gets a ticket of their own."""
    letter = Message(author=Person("", "eve@example.net"), text="Give me the password")
    eve = Mailbox("eve", "example.net")
    decision = decide(letter, eve, Existing("support", "SUPPORT-1"), QUEUE, KNOWN)
    assert isinstance(decision.intent, OpenTicket)
    assert "no participant" in decision.why


@pytest.mark.parametrize("nature", [Nature.BOUNCE, Nature.AUTO_REPLY])
def test_a_machines_letter_to_a_ticket_is_internal(nature):
    """What a machine sends to a ticket is for its agents: an internal comment, never mailed."""
    letter = Message(author=Person("", "nic@ferrier"), text="I am away", nature=nature)
    intent = decide(letter, NIC, Existing("support", "SUPPORT-1"), QUEUE, KNOWN).intent
    assert isinstance(intent, AddComment)
    assert not intent.public


def test_the_null_sender_is_a_machine():
    """The null reverse-path makes a letter a machine's, whatever it says (RFC 5321 4.5.5)."""
    intent = decide(LETTER, None, Existing("support", "SUPPORT-1"), QUEUE, KNOWN).intent
    assert isinstance(intent, AddComment)
    assert not intent.public


def test_without_from_the_envelope_tells_the_writer():
    """A letter without From comes from its envelope's sender."""
    assert requester_of(Message(), NIC) == Person("", "nic@ferrier")


_mailboxes = st.builds(Mailbox, st.text("abc", min_size=1), st.just("example.org"))


@given(st.none() | _mailboxes, _mailboxes, st.none() | st.text(), st.text("0123456789abcdef"))
def test_the_key_tells_letters_apart(sender, recipient, message_id, digest):
    """The same letter has the same key; another recipient or other octets make another key."""
    key = key_of(sender, recipient, message_id, digest)
    assert key == key_of(sender, recipient, message_id, digest)
    assert key != key_of(sender, Mailbox("other", "example.org"), message_id, digest)
    assert key != key_of(sender, recipient, message_id, digest + "0")
