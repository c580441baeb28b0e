"""Replies as octets, and failures as replies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Permanent, Temporary, from_surprise
from mailtickets.smtp.limits import Limits, address_key
from mailtickets.smtp.replies import Reply, reply_to


def test_one_line():
    """Code, status, text."""
    assert Reply(250, "2.0.0", "OK").octets == b"250 2.0.0 OK\r\n"


def test_several_lines():
    """The status is on every line (RFC 2034), and only the last has a space after the code."""
    assert Reply(250, "2.0.0", "a\nb").octets == b"250-2.0.0 a\r\n250 2.0.0 b\r\n"


@given(st.text())
def test_nothing_but_printable_lines_leaves(text):
    """Whatever an application puts into a reply, the peer gets short printable lines."""
    octets = Reply(550, "5.1.1", text).octets
    assert octets.endswith(b"\r\n")
    for line in octets.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 510
        assert all(32 <= octet < 127 for octet in line)
        assert line.startswith(b"550")


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Permanent("1.1", "x"), "550 5.1.1 x"),
        (Permanent("7.1", "x"), "550 5.7.1 x"),
        (Permanent("3.4", "x"), "552 5.3.4 x"),
        (Permanent("5.2", "x"), "550 5.5.2 x"),
        (Permanent("1.3", "x"), "501 5.1.3 x"),
        (Permanent("9.9", "x"), "550 5.9.9 x"),
        (Temporary("3.1", "x"), "452 4.3.1 x"),
        (Temporary("3.0", "x"), "451 4.3.0 x"),
        (Temporary("7.1", "x"), "451 4.7.1 x"),
        (Temporary("4.1", "x"), "451 4.4.1 x"),
        (from_surprise(KeyError("secret")),
         "451 4.3.0 Something unforeseen went wrong here; please try again later"),
    ],
)  # fmt: skip
def test_failures(trouble, says):
    """The table of the design's section 10."""
    assert reply_to(trouble).octets.decode() == says + "\r\n"


def test_local_peers():
    """127.0.0.1 and ::1 are local by default, the rest of 127/8 is not; a socket is."""
    limits = Limits()
    assert limits.is_local("127.0.0.1")
    assert limits.is_local("::1")
    assert limits.is_local("::ffff:127.0.0.1")
    assert limits.is_local("/run/lmtp")
    assert not limits.is_local("127.0.0.2")
    assert not limits.is_local("192.0.2.1")


def test_bare_newlines_only_from_those_named():
    """Nobody may send bare newlines unless the settings say so."""
    assert not Limits().may_send_bare_newlines("192.0.2.1")
    named = Limits(bare_newlines_from=["192.0.2.0/24"])
    assert named.may_send_bare_newlines("192.0.2.1")
    assert not named.may_send_bare_newlines("198.51.100.1")


def test_one_ipv6_network_is_one_peer():
    """IPv6 peers are counted by their /64."""
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff:1")
    assert address_key("2001:db8:0:1::1") != address_key("2001:db8::1")
    assert address_key("::ffff:192.0.2.1") == "192.0.2.1"
