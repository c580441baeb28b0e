"""Keys, Message-IDs and lanes of what goes out."""

from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.clean import message_id
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.outbound import lane_of, message_id_of, outbound_key
from mailtickets.tickets.values import Conversation

NIC = Mailbox("nic", "ferrier")


def test_a_repeat_is_recognisable():
    """The same event to the same recipient has the same key; anything else another."""
    key = outbound_key("desk", "7", NIC)
    assert key == outbound_key("desk", "7", Mailbox("nic", "FERRIER"))
    others = {
        outbound_key("desk2", "7", NIC),
        outbound_key("desk", "8", NIC),
        outbound_key("desk", "7", Mailbox("nico", "ferrier")),
        outbound_key("des", "k7", NIC),
    }
    assert key not in others
    assert len(others) == 4


@given(st.text(max_size=80), st.text(max_size=40))
def test_a_message_id_can_always_be_written(local, event):
    """Whatever a desk calls its tickets and events, the Message-ID is one."""
    made = message_id_of("desk", event, Mailbox(local, "support-ticket.com"))
    assert message_id(made) == made


def test_the_lane_is_the_root():
    """Letters of one conversation go in order; one without a root has a lane of its own."""
    known = Conversation("desk", "S-1", None, "n@f", "", "", ("root@x", "b@x"))
    assert lane_of(known) == "root@x"
    assert lane_of(Conversation("desk", "S-1", None, "n@f", "", "", ())) == "desk/S-1"
