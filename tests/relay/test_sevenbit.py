"""Letters in eight bits, written in seven: read back, they say the same."""

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.relay.sevenbit import Unwritable, seven_bit

HEAD = b"From: a@b\r\nMIME-Version: 1.0\r\n"
TEXT = HEAD + (
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    b"Subject: x\r\n\r\n" + "Grüße, schöne Straße\r\n.\r\n".encode()
)
MIXED = HEAD + (
    b'Content-Type: multipart/mixed;\r\n boundary="b 1"\r\n\r\npreamble\r\n--b 1\r\n'
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + "Grüße\r\n".encode()
    + b"--b 1\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    b"\x89PNG\xff\r\n--b 1\r\nContent-Type: message/rfc822\r\n\r\n" + TEXT + b"\r\n--b 1\r\n\r\n"
    b"plain\r\n--b 1--\r\n"
)


def contents(octets):
    """Every leaf's content."""
    read = email.message_from_bytes(octets, policy=email.policy.default)
    return [part.get_payload(decode=True) for part in read.walk() if not part.is_multipart()]


@pytest.mark.parametrize("octets", [TEXT, MIXED])
def test_the_same_in_seven_bits(octets):
    """Texts become quoted-printable, other things base64, at any depth; the rest stays."""
    written = seven_bit(octets)
    assert written.isascii()
    assert [one.rstrip() for one in contents(written)] == [one.rstrip() for one in contents(octets)]
    assert max(map(len, written.split(b"\r\n"))) <= 78
    assert b"8bit" not in written
    assert b"\n" not in written.replace(b"\r\n", b"")


def test_no_mime_at_all():
    """A letter that says nothing of itself is a text."""
    written = seven_bit(b"Subject: x\r\n\r\n" + "Grüße\r\n".encode())
    assert b"\r\nContent-Transfer-Encoding: quoted-printable\r\nMIME-Version: 1.0" in written
    assert contents(written) == ["Grüße\r\n".encode()]


def test_what_needs_nothing():
    """A letter in seven bits is left as it is."""
    assert seven_bit(b"Subject: x\r\n\r\nHello") == b"Subject: x\r\n\r\nHello"


@pytest.mark.parametrize(
    "octets",
    [
        "Subject: Grüße\r\n\r\nHello\r\n".encode(),
        b"Content-Transfer-Encoding: base64\r\n\r\n\xff\r\n",
        b"Content-Type: multipart/mixed\r\n\r\n\xff\r\n",
        b"\xff",
    ],
)
def test_what_cannot_be_written(octets):
    """Raw octets in a field, or where the letter says there are none, cannot be rewritten."""
    with pytest.raises(Unwritable):
        seven_bit(octets)


@given(st.binary(max_size=120))
def test_anything(octets):
    """Any letter is rewritten or is not; nothing else happens."""
    try:
        written = seven_bit(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + octets)
    except Unwritable:
        return
    assert written.isascii()
