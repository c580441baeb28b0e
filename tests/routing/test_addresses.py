"""Which addresses are ours, and what a letter to each of them means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.addresses import AddressBook, Queue, Route
from mailtickets.routing.outbound import marks_in, message_id_of
from mailtickets.routing.policy import DEFAULTS, Admission, Answer
from mailtickets.routing.proofs import Proofs
from mailtickets.tickets.values import Existing, NewTicket, ReturnedMail, ToAgent

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


PROOFS = Proofs((b"t" * 32,))
SIGNED = Queue("support", "support-ticket.com", reply_address="signed", separator="+")
PLAIN = Queue("sales", "sales.example", prefix="SALES")
WARY = AddressBook([SIGNED, PLAIN], proofs=PROOFS)
NIC = "nic@ferrier"


def test_a_signed_address_leads_back():
    """Each participant has an address of their own for a ticket, short enough and readable."""
    address = WARY.reply_address(SIGNED, "SUPPORT-7102", NIC)
    assert address.local.startswith("SUPPORT-7102+")
    assert len(address.local) <= 64
    assert address != WARY.reply_address(SIGNED, "SUPPORT-7102", "bob@ferrier")
    token = address.local.rpartition("+")[2]
    assert WARY.resolve(address) == Existing("support", "SUPPORT-7102", token)
    for separator in ".-+":  # some programs mangle one
        mangled = Mailbox(f"support-7102{separator}{token.upper()}", "SUPPORT-ticket.com")
        assert WARY.resolve(mangled) == Existing("support", "SUPPORT-7102", token)


def test_a_queue_may_stay_plain():
    """Unless a queue asks for it, its addresses are what the user knows; a token is as good."""
    assert str(WARY.reply_address(PLAIN, "SALES-1", NIC)) == "SALES-1@sales.example"
    token = PROOFS.token(Mailbox("SALES-1", "sales.example"), NIC)
    assert WARY.resolve(Mailbox("SALES-1", "sales.example")) == Existing("sales", "SALES-1")
    assert WARY.resolve(Mailbox(f"SALES-1.{token}", "sales.example")).proof == token


def test_every_wrong_address_is_answered_alike():
    """Of a signed queue nobody learns which tickets there are: the answer is always the same."""
    other = WARY.reply_address(SIGNED, "SUPPORT-7103", NIC).local.rpartition("+")[2]
    foreign = Proofs((b"x" * 32,)).token(Mailbox("SUPPORT-7102", "support-ticket.com"), NIC)
    said = set()
    for local in (
        "SUPPORT-7102",
        "SUPPORT-99999999",
        f"SUPPORT-7102+{other}",
        f"SUPPORT-7102.{foreign}",
        "SUPPORT-7102.a",
        "SUPPORT-7102+",
        "nobody",
    ):
        with pytest.raises(Permanent) as refused:
            WARY.resolve(Mailbox(local, "support-ticket.com"))
        said.add((refused.value.enhanced, refused.value.text))
    assert said == {("5.1.1", "No such mailbox here")}


def test_a_wrong_token_may_open_a_ticket():
    """Where the queue says so, a wrong token is taken for no token: a new ticket, no error."""
    admission = Admission(matrix=DEFAULTS | {"invalid": Answer.LINK})
    queue = Queue("support", "support-ticket.com", reply_address="signed", admission=admission)
    book = AddressBook([queue], proofs=PROOFS)
    for local in ("SUPPORT-7102", "SUPPORT-7102.abc"):
        assert book.resolve(Mailbox(local, "support-ticket.com")) == NewTicket("support")


def test_a_ticket_without_room_for_a_token_stays_plain():
    """A desk whose keys are very long keeps its plain addresses, and they are taken."""
    long = Queue("q", "example.org", prefix="Q" * 20, whole_keys=False, reply_address="signed")
    book, ticket = AddressBook([long], proofs=PROOFS), "9" * 23
    address = book.reply_address(long, ticket, NIC)
    assert address == long.address_of(ticket)
    assert book.resolve(address) == Existing("q", ticket)
    assert len(book.reply_address(long, "9" * 22, NIC).local) == 64


def test_what_comes_back_is_let_in():
    """A bounce to a return path of ours finds its ticket in a signed queue, too."""
    book = AddressBook([SIGNED], secrets=[b"r" * 32], proofs=PROOFS)
    path = book.return_path(SIGNED.address_of("SUPPORT-7102"), "0123456789abcdef")
    back = ReturnedMail("SUPPORT-7102@support-ticket.com/0123456789ab")
    assert book.resolve(path) == back
    assert book.came_back(back) == (Existing("support", "SUPPORT-7102"), "0123456789ab")


def test_message_ids_name_their_tickets():
    """A Message-ID of ours leads to its ticket without a look at anything stored."""
    made = WARY.message_id("embedded", "7", PLAIN, "SALES-9")
    assert WARY.ticket_named(made) == (PLAIN, "SALES-9")
    assert marks_in(f"> [{made}]") == (made,)
    elsewhere = AddressBook([PLAIN], proofs=Proofs((b"x" * 32,)))
    assert elsewhere.ticket_named(made) is None
    assert AddressBook([PLAIN]).message_id("embedded", "7", PLAIN, "SALES-9") == message_id_of(
        "embedded", "7", PLAIN.address_of("SALES-9")
    )
