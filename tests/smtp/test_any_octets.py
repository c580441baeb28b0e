"""Whatever is sent, and however it is cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tests.smtp.talk import greeted, talk

WORDS = st.sampled_from(
    [
        b"EHLO vm\r\n", b"HELO vm\r\n", b"LHLO vm\r\n", b"MAIL FROM:<a@b>\r\n",
        b"MAIL FROM:<> BODY=BINARYMIME\r\n", b"RCPT TO:<new@s>\r\n", b"RCPT TO:<Postmaster>\r\n",
        b"DATA\r\n", b"BDAT 5\r\n", b"BDAT 0 LAST\r\n", b"BDAT 3 LAST\r\n", b"RSET\r\n",
        b"NOOP\r\n", b"QUIT\r\n", b"STARTTLS\r\n", b"AUTH PLAIN\r\n", b"AUTH LOGIN AAAA\r\n",
        b"AUTH PLAIN AG5pYwBzZWNyZXQ=\r\n", b"*\r\n", b"AAAA\r\n", b"\r\n.\r\n", b"\r\n..\r\n",
        b"Subject: x\r\n\r\n", b"\r", b"\n", b".", b"\0", b"\xff", b"MAIL", b"hello", b"\r\n",
        b"x" * 2100, b"Received: x\r\n" * 4, b"GET /\r\n",
    ]
)  # fmt: skip
STREAMS = st.lists(st.one_of(WORDS, st.binary(max_size=5)), max_size=25).map(b"".join)
KINDS = st.sampled_from(
    [
        {},
        {"lmtp": True},
        {"encrypted": True},
        {"mend_newlines": True},
        {"auth_in_clear": True, "limits": {"message_size": 20, "hops": 2, "header_size": 40}},
    ]
)


def happened(kind: dict, pieces: list[bytes]):
    """Everything that a session told, and said."""
    limits = {"errors": 1000, **kind.get("limits", {})}
    found = talk(**{**kind, "limits": limits})
    found.say(pieces)
    return found.told, found.output, found.letters


@given(KINDS, STREAMS, st.lists(st.integers(0, 300)))
@example({}, b"EHLO vm\r\nMAIL FROM:<a@b>\r\nRCPT TO:<new@s>\r\nDATA\r\n.\r\nSTARTTLS\r\n", [60])
def test_the_network_may_cut_anywhere(kind, octets, places):
    """Any chunking of the same octets gives the same events and the same replies.

    But for STARTTLS, after which what has come already is thrown away: there a cut matters.
    """
    marks = sorted({0, len(octets), *(place for place in places if place < len(octets))})
    pieces = [octets[a:b] for a, b in pairwise(marks)]
    if b"STARTTLS" not in octets.upper():
        whole = happened(kind, [octets])
        assert happened(kind, pieces) == whole
        assert happened(kind, [octets[i : i + 1] for i in range(len(octets))]) == whole


@given(KINDS, st.lists(st.one_of(STREAMS, st.binary(max_size=300)), max_size=6))
def test_nothing_makes_it_raise(kind, pieces):
    """Whatever comes, there is an answer, and every line of it is printable."""
    found = talk(**kind)
    found.say(pieces)
    for line in found.output.split(b"\r\n"):
        assert all(32 <= octet < 127 for octet in line)
        assert len(line) <= 510


@given(st.lists(WORDS, max_size=20))
def test_one_answer_a_letter(words):
    """However letters are mixed with commands, none is taken without its 250."""
    found = greeted(limits={"errors": 1000})
    said = found.say(words)
    assert sum("Accepted" in line for line in said) == len(found.letters)
