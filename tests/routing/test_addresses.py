"""Which addresses are ours, and what a letter to each of them means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.addresses import AddressBook, Queue, Route
from mailtickets.tickets.values import Existing, NewTicket, ToAgent

SUPPORT = Queue("support", "Support-Ticket.com", open=("new", "help"))
BILLING = Queue("billing", "example.org", prefix="BILL", desk="rt", whole_keys=False)
BOOK = AddressBook(
    [SUPPORT, BILLING],
    [Route("parts@example.org", "route:parts"), Route("*@lists.example.org", "route:lists")],
)


@pytest.mark.parametrize(
    ("address", "destination"),
    [
        ("new@support-ticket.com", NewTicket("support")),
        ("HELP@Support-Ticket.COM", NewTicket("support")),
        ("new@example.org", NewTicket("billing")),
        ("SUPPORT-7102@support-ticket.com", Existing("support", "SUPPORT-7102")),
        ("support-7102@support-ticket.com", Existing("support", "SUPPORT-7102")),
        ("bill-7@example.org", Existing("billing", "7")),
        ("parts@example.org", ToAgent("route:parts")),
        ("any@lists.example.org", ToAgent("route:lists")),
        ("postmaster@lists.example.org", NewTicket("support")),
        ("PostMaster@example.org", NewTicket("support")),
    ],
)
def test_addresses_of_ours(address, destination):
    """An address of ours means one thing, and capitals make no difference."""
    assert BOOK.resolve(Mailbox.parse(address)) == destination


def test_postmaster_without_domain():
    """RCPT TO:<Postmaster> is taken as it stands (RFC 5321 section 4.5.1)."""
    assert BOOK.resolve(Mailbox("Postmaster", "")) == NewTicket("support")


@pytest.mark.parametrize(
    "address",
    ["nobody@support-ticket.com", "SUPPORT-@support-ticket.com", "BILL-7@support-ticket.com"],
)
def test_unknown_mailbox(address):
    """A mailbox that nothing is behind is refused for good, as unknown."""
    with pytest.raises(Permanent) as refused:
        BOOK.resolve(Mailbox.parse(address))
    assert refused.value.enhanced == "5.1.1"


def test_foreign_domain():
    """Mail for others is not ours to take: no open relay."""
    with pytest.raises(Permanent) as refused:
        BOOK.resolve(Mailbox.parse("new@elsewhere.example"))
    assert refused.value.enhanced == "5.7.1"


@given(st.integers(1, 10**12), st.booleans())
def test_address_and_ticket_are_inverse(number, whole):
    """The address of a ticket leads back to the ticket, whatever a desk's keys look like."""
    queue = Queue("q", "example.org", prefix="Q-1", whole_keys=whole)
    key = f"Q-1-{number}" if whole else str(number)
    assert queue.ticket_of(queue.address_of(key).local) == key


def test_queue_of_a_ticket():
    """A ticket nobody opened by mail still has an address: that of the queue its prefix names."""
    assert BOOK.queue_of("embedded", "SUPPORT-1") is SUPPORT
    assert BOOK.queue_of("rt", "1", "billing") is BILLING
    assert BOOK.queue_of("rt", "1") is BILLING
    assert BOOK.queue_of("elsewhere", "1") is None
