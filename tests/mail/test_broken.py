"""What breaks the rules of a letter's form, by scripts that do not know them."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from mailtickets.mail.message import Message, read, read_stream
from mailtickets.mail.octets import InMemory

_HEAD = "From: Ann <ann@x.example>\nTo: help@y.example\nSubject: Printer\n"
_MIXED = _HEAD + "Content-Type: multipart/mixed; boundary=b\n\n"
_BASE64 = _HEAD + "Content-Transfer-Encoding: base64\n\n"
_PICTURE = "--b\nContent-Type: image/png\n\nxx\n--b--\n"


def _now(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of what never waits."""
    results: list[Any] = []
    Deferred.fromCoroutine(coroutine).addCallback(results.append)
    return results[0]


def _both(letter: str, end: str) -> Message:
    """The letter, which reads the same when it is streamed."""
    octets = letter.replace("\n", end).encode()
    message = read(octets)
    streamed = _now(read_stream(InMemory(octets)))
    assert (streamed.subject, streamed.text) == (message.subject, message.text)
    return message


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("letter", "text"),
    [
        (_HEAD + "Hello,\nit burns.\n", "Hello,\nit burns."),
        (_HEAD + "Hello,\nit burns.\n\nAnn", "Hello,\nit burns.\n\nAnn"),
        (_HEAD + "Hello,\nTo: be sure.\n\nAnn", "Hello,\nTo: be sure.\n\nAnn"),
        (_HEAD + "X-Y: z\nFoo: bar\nit burns.\n\nAnn", "it burns.\n\nAnn"),
        (_HEAD + " \t\nHello,\nit burns.\n", "Hello,\nit burns."),
        (_HEAD + "  \nHello,\nit burns.\n\nAnn", "Hello,\nit burns.\n\nAnn"),
        (
            _HEAD + "  \nHello, see\nFrom: bob@z.example\nSubject: old\nwords\n\nAnn",
            "Hello, see\nFrom: bob@z.example\nSubject: old\nwords\n\nAnn",
        ),
        (_HEAD + "  \nDate: Mon, 3 Jun 2024 10:00:00 +0000\n\nHello", "Hello"),
        ("this is rubbish\n" + _HEAD + "\nHello", "Hello"),
        (_HEAD.replace("To:", "rubbish\nTo:") + "\nHello", "Hello"),
        (_MIXED + "--b\nHello there\nyou\n\nmore\n--b--\n", "Hello there\nyou\n\nmore"),
        (_MIXED + "--b\nHello: you\n\nmore\n--b--\n", "Hello: you\n\nmore"),
        (_MIXED + "--b\nContent-Type: text/plain\nHello\n--b--\n", "Hello"),
        (_MIXED + "--b\nContent-Type: text/plain\n \nHello\n\nmore\n--b--\n", "Hello\n\nmore"),
    ],
)
def test_a_head_that_no_empty_line_ends_loses_no_word(letter: str, text: str, end: str) -> None:
    """A script that forgets the line between head and text, or writes a blank into it, is read."""
    message = _both(letter, end)
    assert message.text == text
    assert message.subject == "Printer"
    assert message.author.address == "ann@x.example"


def test_words_without_any_head_are_the_text() -> None:
    """What has no field that letters have is all text, though a line of it may look like one."""
    assert _both("Hello: there,\nit burns\n\nAnn", "\n").text == "Hello: there,\nit burns\n\nAnn"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("letter", "text"),
    [
        (_MIXED + "It burns.\n" + _PICTURE, "It burns."),
        (_MIXED + _PICTURE + "It burns.\n", "It burns."),
        (_MIXED + "It burns.\n" + _PICTURE + "And smokes.", "It burns.\n\nAnd smokes."),
        (_MIXED + "This is a multi-part message in MIME format.\n" + _PICTURE, ""),
        (_MIXED + "It burns.\n--b\n\nHello\n--b--\nFooter", "Hello"),
    ],
)
def test_words_around_the_parts_are_read_where_there_are_no_others(
    letter: str, text: str, end: str
) -> None:
    """A script that writes before the first part, or behind the last, is understood."""
    assert _both(letter, end).text == text


def test_a_part_behind_the_closing_delimiter_is_kept() -> None:
    """A program that appends a file to a finished letter appends it for whoever reads that."""
    part = "\n--b\nContent-Type: text/plain; name=a.txt\n\nyy\n--b--\n"
    message = _both(_MIXED + "--b\n\nHello\n--b--\n" + part, "\r\n")
    assert message.text == "Hello"
    assert [(one.name, one.octets) for one in message.attachments] == [("a.txt", InMemory(b"yy"))]


def test_a_part_of_the_outer_of_two_with_one_boundary_stays_its_own() -> None:
    """What follows an inner multipart that closed is not an alternative of its text."""
    inner = "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nHello\n--b--\n"
    html = "--b\nContent-Type: text/html\n\n<p>And this.</p>\n--b--\n"
    assert _both(_MIXED + inner + html, "\n").text == "Hello\n\nAnd this."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Hello there,\nit burns.\n", "Hello there,\nit burns."),
        ("Hello,\nit burns\nand smokes.\n", "Hello,\nit burns\nand smokes."),
        ("日本\n語\n", "日本\n語"),
        ("Thanks\n", "Thanks"),
        ("SGVsbG8=\n", "Hello"),
        ("SGVsbG8h\n", "Hello!"),
        ("SGVsbG8h\nSGVsbG8h \n", "Hello!Hello!"),
        ("> SGVsbG8h\n> SGVsbG8h\n", "Hello!Hello!"),
        (
            "SGVsbG8gdGhlcmUs\nIGl0IGJ1cm5zLg==\n\n________\nusers mailing list\nusers@x.example\n",
            "Hello there, it burns.\n________\nusers mailing list\nusers@x.example",
        ),
    ],
)
def test_a_text_that_only_says_it_is_base64_is_read_as_it_stands(body: str, text: str) -> None:
    """Words under the wrong Content-Transfer-Encoding, or added below base64, are shown."""
    assert _both(_BASE64 + body, "\n").text == text


def test_a_streamed_letter_of_an_old_machine_is_read() -> None:
    """Lines that end by CR alone have a head and a text, and a large part keeps its octets."""
    letter = _MIXED + "--b\n\nHello\n--b\nContent-Type: image/png\n\n" + "x" * 300_000 + "\n--b--\n"
    octets = letter.replace("\n", "\r").encode()
    message = _now(read_stream(InMemory(octets)))
    assert (message.subject, message.text) == ("Printer", "Hello")

    async def content() -> bytes:
        return b"".join([each async for each in message.attachments[0].octets.chunks()])

    assert _now(content()) == b"x" * 300_000
