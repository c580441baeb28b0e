"""A large letter is read where it lies."""

from __future__ import annotations

import base64
import random
import tracemalloc
from collections.abc import AsyncIterator

import pytest
import pytest_twisted
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Temporary
from mailtickets.mail.message import read, read_stream
from mailtickets.mail.octets import InMemory, Octets, whole
from mailtickets.mail.structure import Node, Scanner, scanned
from mailtickets.mail.transfer import Stream, transferred
from tests.mail import hostile
from tests.mail.ordinary import letter

MIB = 1024 * 1024


@frozen
class Pieces:
    """Octets in pieces, each made as it is asked for."""

    head: bytes
    piece: bytes = field(repr=False)
    count: int
    tail: bytes

    @property
    def size(self) -> int:
        return len(self.head) + self.count * len(self.piece) + len(self.tail)

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self.head
        for _ in range(self.count):
            yield self.piece
        yield self.tail


@frozen
class Cut:
    """Octets in pieces of so many."""

    octets: bytes = field(repr=False)
    step: int

    @property
    def size(self) -> int:
        return len(self.octets)

    async def chunks(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self.octets), self.step):
            yield self.octets[at : at + self.step]


DATA = random.Random(1).randbytes(57 * 13_000)
LARGE = Pieces(
    b"From: nic@ferrier\r\nSubject: large\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n--b\r\n"
    b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    base64.encodebytes(DATA).replace(b"\n", b"\r\n"),
    26,
    b"--b\r\nContent-Type: text/plain; name=b.txt\r\n\r\nsmall\r\n--b--\r\n",
)


@pytest_twisted.ensureDeferred
async def test_a_large_part_stays_where_the_letter_lies() -> None:
    """25 MB are read within 30 MB, and an attachment's octets are those that were sent."""
    assert LARGE.size > 25 * MIB
    tracemalloc.start()
    message = await read_stream(LARGE)
    large, small = message.attachments
    read_again = 0
    async for chunk in large.octets.chunks():
        place = read_again % len(DATA)
        assert chunk[: len(DATA) - place] == DATA[place : place + len(chunk)]
        assert len(chunk) <= MIB
        read_again += len(chunk)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30 * MIB
    assert read_again == large.octets.size == 26 * len(DATA)
    assert (message.text, large.name, small.octets.size) == ("See attached.", "a.pdf", 5)


@pytest_twisted.ensureDeferred
async def test_a_small_letter_is_read_alike_either_way() -> None:
    """Reading as it streams and reading at once find the same."""
    chance = random.Random(3)
    for _ in range(100):
        octets, _ = letter(chance)
        streamed, at_once = await read_stream(InMemory(octets)), read(octets)
        assert streamed == at_once


@pytest_twisted.ensureDeferred
async def test_what_takes_long_is_done_aside() -> None:
    """The callable that is handed in runs the work."""
    done: list[str] = []

    async def aside(call: object, *args: object) -> object:
        assert callable(call)
        done.append(getattr(call, "__name__", ""))
        return call(*args)

    message = await read_stream(InMemory(b"Subject: x\n\nHello"), aside)
    assert message.text == "Hello"
    assert done == ["feed", "_finished"]


@frozen
class Unreadable:
    """Octets of a store that does not answer."""

    size: int = 100

    async def chunks(self) -> AsyncIterator[bytes]:
        yield b"From: a@b\n"
        raise Temporary("3.0", "The store does not answer")


@pytest_twisted.ensureDeferred
async def test_a_store_that_fails_is_not_the_letters_fault() -> None:
    """A failure of the store is told; it makes no message."""
    octets: Octets = Unreadable()
    with pytest.raises(Temporary):
        await read_stream(octets)
    with pytest.raises(Temporary):
        await whole(octets, 1000)


def _shape(node: Node) -> object:
    children = [_shape(one) for one in node.children]
    return node.type.value, node.start, node.end, node.body, children


LINES = st.lists(
    st.sampled_from(
        [
            *(
                b"--b",
                b"--b--",
                b"--c",
                b"--c--",
                b"--",
                b"",
                b"x",
                b"--bx",
                b"Subject: x",
                b"\t",
                b" ",
            ),
            *(b"Content-Type: multipart/mixed; boundary=c", b"Content-Type: text/html"),
        ]
    ),
    max_size=25,
)


@given(LINES, st.lists(st.integers(1, 40), min_size=1, max_size=10), st.booleans())
def test_how_a_letter_is_cut_makes_no_difference(
    lines: list[bytes], cuts: list[int], crlf: bool
) -> None:
    """The parts are the same, however the octets come, and each lies where it is said to lie."""
    head = [b"Content-Type: multipart/mixed; boundary=b", b""]
    octets = (b"\r\n" if crlf else b"\n").join(head + lines)
    scanner, place, index = Scanner(), 0, 0
    while place < len(octets):
        step = cuts[index % len(cuts)]
        scanner.feed(octets[place : place + step])
        place, index = place + step, index + 1
    found, at_once = scanner.close(), scanned(octets)
    assert _shape(found) == _shape(at_once)
    for node in at_once.leaves():
        assert octets[node.start : node.end] == node.body


@given(
    st.sampled_from(["base64", "quoted-printable", ""]),
    st.text("QUJD=+/\r\n \t-az0", max_size=200),
    st.integers(1, 30),
)
def test_decoding_in_pieces_is_decoding_at_once(encoding: str, body: str, step: int) -> None:
    """An attachment that is read piece by piece has the octets of one that is read at once."""
    octets = body.encode()
    stream = Stream(encoding)
    pieces = [stream.feed(octets[at : at + step]) for at in range(0, len(octets), step)]
    assert b"".join(pieces) + stream.close() == transferred(octets, encoding)


def test_blanks_that_never_end_are_not_gathered() -> None:
    """A part of blanks is decoded in time and memory that do not depend on how it arrives."""
    stream = Stream("quoted-printable")
    said = stream.feed(b"words")
    for _ in range(400):
        said += stream.feed(b" " * 4096)
        assert len(stream._rest) <= 64 * 1024
    assert (said + stream.feed(b"\r\nmore") + stream.close()).split() == [b"words", b"more"]


def test_a_head_that_arrives_in_drops_is_looked_at_once() -> None:
    """A head of many lines takes no longer for coming in small pieces."""
    octets = b"A:\r\n" * 60_000 + b"Subject: x\r\n\r\ny"

    def in_drops() -> None:
        scanner = Scanner()
        for at in range(0, len(octets), 256):
            scanner.feed(octets[at : at + 256])
        assert scanner.close().body.endswith(b"y")

    assert hostile.spent(in_drops, 2) < 2


@pytest_twisted.ensureDeferred
@pytest.mark.parametrize("chunk", [1000, 70_000, 1_000_000])
async def test_old_line_ends_are_told_by_the_same_octets(chunk: int) -> None:
    """Whether lines end as on old machines does not depend on how the letter arrives."""
    octets = b"Subject: x\r\r" + b"a\r" * 40_000 + b"--\nline\nend\r"
    streamed = await read_stream(Cut(octets, chunk))
    assert streamed.subject == read(octets).subject == "x"
    assert streamed.text == read(octets).text
    assert streamed.text.startswith("a\na\n")
