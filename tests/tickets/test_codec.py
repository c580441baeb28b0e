"""Values that the store keeps come back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.envelope import Envelope, Peer, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.tickets import codec
from mailtickets.tickets.values import Existing, NewTicket, Receipt, ReturnedMail, ToAgent

TEXT = st.text(max_size=20)
MAYBE = st.none() | TEXT
MAILBOX = st.builds(Mailbox, TEXT, st.sampled_from(["ferrier", "b\u00fccher.example", "[::1]"]))
PEER = st.builds(Peer, TEXT, st.none() | st.integers(0, 65535), TEXT, TEXT, MAYBE, MAYBE)
WISHES = st.builds(Wishes, st.frozensets(st.sampled_from(["NEVER", "DELAY"])), MAYBE)
ENVELOPE = st.builds(
    Envelope,
    st.none() | MAILBOX,
    st.lists(MAILBOX, max_size=3).map(tuple),
    st.floats(0, 2e9),
    TEXT,
    PEER,
    st.none() | st.integers(0, 10**12),
    st.sampled_from(["7BIT", "8BITMIME", "BINARYMIME"]),
    st.booleans(),
    MAYBE,
    MAYBE,
    st.booleans(),
    st.dictionaries(MAILBOX, WISHES, max_size=2),
    st.frozensets(TEXT, max_size=3),
)
DESTINATION = (
    st.none()
    | st.builds(NewTicket, TEXT)
    | st.builds(Existing, TEXT, TEXT, MAYBE)
    | st.builds(ReturnedMail, TEXT)
    | st.builds(ToAgent, TEXT)
)


@given(ENVELOPE)
def test_envelopes(envelope: Envelope) -> None:
    """All of an envelope is kept, its wishes too; one that says nothing is none."""
    back = codec.read_envelope(codec.write_envelope(envelope))
    assert back == envelope
    said = {who: wishes for who, wishes in envelope.wishes.items() if wishes != Wishes()}
    assert back.wishes == said


@given(DESTINATION)
def test_destinations(destination: object) -> None:
    """Every kind of destination is kept."""
    assert codec.read_destination(codec.write_destination(destination)) == destination  # type: ignore[arg-type]


@given(st.none() | st.builds(Receipt, TEXT, MAYBE, MAYBE))
def test_receipts(receipt: Receipt | None) -> None:
    """A receipt is kept."""
    assert codec.read_receipt(codec.write_receipt(receipt)) == receipt
