"""What is written on the outside of a letter."""

from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.envelope import Envelope, Peer, new_trace_id, trace_header
from mailtickets.mail.mailbox import Mailbox


@given(st.integers(0, 2**40), st.integers(1, 10**6))
def test_trace_ids_sort_by_time(now, later):
    """A later letter has a later id, so that a list of ids is a list by arrival."""
    assert new_trace_id(now) < new_trace_id(now + later)
    assert len(new_trace_id(now)) == 18


def test_trace_ids_of_one_moment_differ():
    """Two letters of one millisecond have ids of their own."""
    assert len({new_trace_id(1.0) for _ in range(1000)}) == 1000


def test_the_received_field():
    """The trace tells who handed the letter in, how, to whom, and when (RFC 5321 section 4.4)."""
    envelope = Envelope(None, (), 0.0, "0a", Peer("2001:db8::1", 25, "vm", "ESMTPS"))
    assert trace_header(envelope, Mailbox("new", "example.org"), "mx.example.org") == (
        b"Received: from vm ([IPv6:2001:db8::1])\r\n"
        b"\tby mx.example.org with ESMTPS id 0a\r\n"
        b"\tfor <new@example.org>; Thu, 01 Jan 1970 00:00:00 +0000\r\n"
    )


def test_the_received_field_of_an_internationalised_letter():
    """It says so with the words of RFC 6531 section 3.7.3."""
    words = []
    for word in ("ESMTP", "ESMTPSA", "LMTP", "LMTPS"):
        envelope = Envelope(None, (), 0.0, "0a", Peer("192.0.2.1", 25, "vm", word), utf8=True)
        words.append(trace_header(envelope, None, "mx").split(b" with ")[1].split()[0])
    assert words == [b"UTF8SMTP", b"UTF8SMTPSA", b"UTF8LMTP", b"UTF8LMTPS"]
