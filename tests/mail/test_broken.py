"""What breaks the rules of a letter's form, by scripts that do not know them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
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
        (
            _HEAD + "It is\ndown.\nError: disk\n\nAnn",
            "It is\ndown.\nError: disk\n\nAnn",
        ),
        (_HEAD + "Hello,\nhttps://x.example/a\n\nAnn", "Hello,\nhttps://x.example/a\n\nAnn"),
        (
            _HEAD + "See\nDate: Mon\nPlace: here\n\nAnn",
            "See\nDate: Mon\nPlace: here\n\nAnn",
        ),
        (_HEAD + " \nError: disk full\n\nAnn", "Error: disk full\n\nAnn"),
        (_HEAD + "Content-Type: text/plain;\ncharset=utf-8\n\nHello", "Hello"),
        (_HEAD + ">From ann@x.example Mon Jun 3\n\nHello", "Hello"),
        (_HEAD + "Foo: bar\n\nHello", "Hello"),
        (_MIXED + "--b\nX_Scanner: 1\n\nHello\n--b--\n", "Hello"),
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
        (_MIXED + "--NextPart\nContent-Type: text/plain\n-------\n" + _PICTURE, ""),
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


@pytest.mark.parametrize("kind", ["mixed", "signed", "alternative"])
def test_a_text_behind_the_closing_delimiter_is_a_file(kind: str) -> None:
    """Nobody takes it for what the writer wrote, or signed; what is there already comes once."""
    first, late = "--b\n\nHello\n--b--\n", "\n--b\n\nAdded.\n--b--\n"
    message = _both(_MIXED.replace("mixed", kind) + first + late + first, "\n")
    assert message.text == "Hello"
    assert [one.octets for one in message.attachments] == [InMemory(b"Added.")]


def test_a_large_late_part_is_kept_though_it_begins_like_another() -> None:
    """Of a streamed part only the beginning is at hand, and that says not what follows."""
    parts = [f"--b\nContent-Type: image/png\n\n{'x' * 400_000}{end}\n--b--\n" for end in "12"]
    message = _now(read_stream(InMemory((_MIXED + "".join(parts)).encode())))
    assert [one.octets.size for one in message.attachments] == [400_001, 400_001]


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
        ("SGVs bG8h SGVs bG8h\n", "Hello!Hello!"),
        ("SGkA\n", "Hi\0"),
        (
            "SGVsbG8gdGhlcmUs\nIGl0IGJ1cm5zLg==\n\n________\nusers mailing list\nusers@x.example\n",
            "Hello there, it burns.\n________\nusers mailing list\nusers@x.example",
        ),
    ],
)
def test_a_text_that_only_says_it_is_base64_is_read_as_it_stands(body: str, text: str) -> None:
    """Words under the wrong Content-Transfer-Encoding, or added below base64, are shown."""
    assert _both(_BASE64 + body, "\n").text == text


def test_words_behind_base64_take_nothing_from_it() -> None:
    """What stands behind its padding is no reason to show it as it stands."""
    letter = _BASE64 + "SGVsbG8hSGVsbG8hLg== ignored\n"
    assert read(letter.encode()).text.startswith("Hello!Hello!.")


def test_what_is_wide_and_has_a_footer_is_read() -> None:
    """Base64 of UTF-16 is none the less base64, though half its octets are nought."""
    head = _BASE64.replace("\n\n", "\nContent-Type: text/plain; charset=utf-16le\n\n")
    letter = head + "TQD8AGwAbABlAHIA\n__________________\nusers mailing list of many\n"
    assert read(letter.encode()).text.startswith("Müller")


@pytest.mark.parametrize("cut", [1, 20, 22, 30, 50])
def test_a_first_piece_may_end_anywhere(cut: int) -> None:
    """Between CR and LF, too: what a line ends with is told by what follows."""
    octets = b"Subject: hello there\r\n\r\nfirst line\r\nsecond line\r\n"

    class Pieces:
        size = len(octets)

        async def chunks(self) -> AsyncIterator[bytes]:
            for at in range(0, len(octets), cut):
                yield octets[at : at + cut]

    message = _now(read_stream(Pieces()))
    assert (message.subject, message.text) == ("hello there", "first line\nsecond line")


def test_a_streamed_letter_of_an_old_machine_is_read() -> None:
    """Lines that end by CR alone have a head and a text, and a large part keeps its octets."""
    letter = _MIXED + "--b\n\nHello\n--b\nContent-Type: image/png\n\n" + "x" * 300_000 + "\n--b--\n"
    octets = letter.replace("\n", "\r").encode()
    message = _now(read_stream(InMemory(octets)))
    assert (message.subject, message.text) == ("Printer", "Hello")

    async def content() -> bytes:
        return b"".join([each async for each in message.attachments[0].octets.chunks()])

    assert _now(content()) == b"x" * 300_000
