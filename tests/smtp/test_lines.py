"""Command lines out of octets."""

from __future__ import annotations

import pytest

from mailtickets.smtp.lines import Inbox, Odd


def lines(octets: bytes, size: int = 1000, longest: int = 20, longest_auth: int = 40) -> list:
    """Every line that comes out when `size` octets come at a time."""
    inbox, found = Inbox(), []
    for start in range(0, len(octets), size):
        inbox.add(octets[start : start + size])
        for _ in range(size + 1):
            line = inbox.line(longest, longest_auth)
            if line is None:
                break
            found.append(line)
    return found


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b"NOOP\r\nQUIT\r\nhalf", [b"NOOP", b"QUIT"]),
        (b"\r\n", [b""]),
        (b"NOOP\nNOOP\r\n", [Odd.UNFIT]),
        (b"NOOP\n", [Odd.UNFIT]),
        (b"NOOP\nQUIT\nx\r\nNOOP\r\n", [Odd.UNFIT, Odd.UNFIT, b"NOOP"]),
        (b"\n\r\n\r\n", [Odd.UNFIT, b""]),
        (b"NO\0OP\n\rQUIT\r\n", [Odd.UNFIT]),
        (b"x" * 19 + b"\nNOOP\r\nNOOP\r\n", [Odd.UNFIT, b"NOOP"]),
        (b"x" * 20 + b"\nNOOP\r\nNOOP\r\n", [Odd.TOO_LONG, b"NOOP"]),
        (b"x\n" + b"y" * 99 + b"\nz\r\nNOOP\r\n", [Odd.UNFIT, Odd.UNFIT, b"NOOP"]),
        (b"NOOP\rNOOP\r\n", [Odd.UNFIT]),
        (b"NO\0OP\r\n", [Odd.UNFIT]),
        (b"a\r\r\n", [Odd.UNFIT]),
        (b"NOOP\x0b\x0c\x1c\x85\xe2\x80\xa8QUIT\r\n", [b"NOOP\x0b\x0c\x1c\x85\xe2\x80\xa8QUIT"]),
        (b"x" * 18 + b"\r\n" + b"x" * 19 + b"\r\nNOOP\r\n", [b"x" * 18, Odd.TOO_LONG, b"NOOP"]),
        (b"x" * 999 + b"\r\nNOOP\r\n", [Odd.TOO_LONG, b"NOOP"]),
        (b"auth " + b"x" * 33 + b"\r\nNOOP\r\n", [b"auth " + b"x" * 33, b"NOOP"]),
        (b"AUTH " + b"x" * 34 + b"\r\nNOOP\r\n", [Odd.TOO_LONG, b"NOOP"]),
    ],
)
def test_lines(octets, found):
    """A line ends with CRLF and nothing else, whatever size the segments have."""
    assert lines(octets) == found
    assert lines(octets, 1) == found
    assert lines(octets, 3) == found


def test_an_endless_line_is_not_kept():
    """A line that never ends takes constant memory, and is answered once, before its end."""
    inbox, told = Inbox(), []
    for _ in range(1000):
        inbox.add(b"x" * 1000)
        told.append(inbox.line(2048, 12288))
        assert len(inbox) < 4096
    assert told == [None, None, Odd.TOO_LONG, *[None] * 997]
    inbox.add(b"\r\nNOOP\r\n")
    assert inbox.line(2048, 12288) == b"NOOP"
    assert inbox.line(2048, 12288) is None
