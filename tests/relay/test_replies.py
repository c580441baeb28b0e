"""Answers of a next hop are read, and what is none is told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.relay.commands import features
from mailtickets.relay.replies import Answer, AnswerReader, Nonsense


def test_answers_are_read_wherever_they_are_cut():
    """Several answers, of several lines, octet by octet or all at once."""
    octets = b"250-mx.example greets\r\n250-SIZE 100\r\n250 HELP\r\n550 5.1.1 No such\r\n354\r\n"
    expected = [
        Answer(250, "", (b"mx.example greets", b"SIZE 100", b"HELP")),
        Answer(550, "1.1", (b"5.1.1 No such",)),
        Answer(354, "", (b"",)),
    ]
    assert AnswerReader().feed(octets) == expected
    reader = AnswerReader()
    found = [one for octet in octets for one in reader.feed(bytes([octet]))]
    assert found == expected
    assert not reader.pending


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\r\n",
        b"250-one\r\n251 two\r\n",
        b"25 short\r\n",
        b"150 too low\r\n",
        b"x" * 5000,
        b"250-more\r\n" * 300,
    ],
)
def test_nonsense(octets):
    """What is no answer, or has no end, is told apart and never gathered."""
    with pytest.raises(Nonsense):
        AnswerReader().feed(octets)


@given(st.binary(max_size=200))
def test_any_octets(octets):
    """Any octets are answers or nonsense; their words are printable and on one line."""
    try:
        answers = AnswerReader().feed(octets)
    except Nonsense:
        return
    for answer in answers:
        assert answer.words.isprintable()


def test_the_class_must_fit():
    """An enhanced status that contradicts its code is not believed."""
    (answer,) = AnswerReader().feed(b"550 4.2.0 Odd\r\n")
    assert answer.status == ""


def test_features_are_read():
    """Keywords are known in any case; what is no number is no limit."""
    lines = (b"hi", b"size 1000", b"AUTH=LOGIN", b"AUTH PLAIN", b"PIPELINING", b"8BITMIME", b"")
    found = features(Answer(250, "", lines))
    assert found.size == 1000
    assert found.mechanisms == {"LOGIN", "PLAIN"}
    assert "PIPELINING" in found
    assert features(Answer(250, "", (b"hi", "SIZE ١٢".encode()))).size is None
    assert features(Answer(250, "", (b"hi", b"SIZE 0"))).size is None
