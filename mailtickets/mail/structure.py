"""The parts of a letter (RFC 2046), found as its octets arrive: where each begins and ends.

A boundary can only stand after a line's end and two dashes, so a part is skipped at the speed of
`bytes.find`, and a part that is too large to keep is known by its place in the letter. The nesting,
the number of parts and the size of a head are bounded; what lies beyond is one part as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from os.path import commonprefix

from attrs import define, field, frozen

from mailtickets.mail.fields import Declared, Fields, all_fields, declared, fields_of, text_in
from mailtickets.mail.tnef import Attributes, Stretch
from mailtickets.mail.transfer import Stream

MAX_DEPTH = 60
MAX_PARTS = 1000
HEAD_OCTETS = 256 * 1024
HEADS_OCTETS = 512 * 1024  # of all parts: a field takes many times its octets
TEXT_OCTETS = 2 * 1024 * 1024
BEGINNING = 64 * 1024
LEAST = 4 * 1024
"""How much is kept of a part that is too large: of a text, of another, when too much is kept."""

LINE_OCTETS = 33_000
"""A delimiter is no longer than this (RFC 2046 section 5.1.1 allows 70 characters)."""

_HOLDING = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
"""Parts that have the letter's text in them: as much is kept of one as of all."""

_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_CR = 0x0D
_AFTER = b" \t\r\n-"
"""What may stand behind the words of a delimiter."""

_SHORT = 500  # octets of a part's head that is kept in mind
_EMPTY = re.compile(rb"\n\r{0,2}\n")
_PLAIN = b"text/plain"
_ENCODINGS = {
    **dict.fromkeys(("7bit", "8bit", "binary"), ""),
    **dict.fromkeys(("base-64", "base_64", "b64", "x-base64", "base64-encoded"), "base64"),
    **dict.fromkeys(
        ("quoted/printable", "quoted_printable", "quoted printable", "quotedprintable", "qp"),
        "quoted-printable",
    ),
}


@define(eq=False)
class Node:
    """One part: its head, and its body or its children.

    `start` and `end` are the place of the body in the letter, `body` the octets there; of a body
    that was too large to be kept only the beginning, and then `partial` is true and `size` is how
    many octets it decodes to. A multipart's body is its preamble, and `epilogue` what stands behind
    its parts (RFC 2046 section 5.1.1). `attributes` are those of a large winmail.dat.
    """

    fields: Fields
    type: Declared
    encoding: str
    start: int = 0
    end: int = 0
    body: bytes = b""
    size: int = -1
    partial: bool = False
    children: list[Node] = field(factory=list)
    parent: Node | None = field(default=None, repr=False)
    overflow: bool = False  # a multipart whose parts were not found, or not looked for
    too_deep: bool = False
    epilogue: Node | None = field(default=None, repr=False)
    late: bool = False  # it stands behind the delimiter that closed its multipart
    attributes: list[tuple[int, bytes | Stretch]] | None = field(default=None, repr=False)
    _all_leaves: list[Node] | None = field(default=None, init=False, repr=False)

    @property
    def is_tnef(self) -> bool:
        """Whether it is a winmail.dat, by its type or by its name."""
        if self.type.value in _TNEF or self.type.word("name") == "winmail.dat":
            return True
        return b"winmail.dat" in self.fields.raw(b"content-disposition")[:1000].lower()

    def leaves(self) -> Iterator[Node]:
        """Every part without children, in order."""
        if self._all_leaves is not None:
            return iter(self._all_leaves)
        return self._walk() if self.children else iter((self,))

    def settle(self) -> list[Node]:
        """No more parts will be found in it; its leaves, which it then keeps in mind."""
        self._all_leaves = list(self.leaves())
        return self._all_leaves

    def _walk(self) -> Iterator[Node]:
        return (node for node in self.all() if not node.children)

    def all(self) -> Iterator[Node]:
        """Every part and all that has parts, in order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.children:
                waiting.extend(reversed(node.children))


@frozen
class _Head:
    """What a head's octets say. `ended` is whether they seem to be nothing but fields."""

    fields: Fields
    type: Declared
    encoding: str
    ended: bool

    def node(self, within: Node | None = None) -> Node:
        """An empty part that begins with it."""
        return Node(self.fields, self.type, self.encoding, parent=within)


def _head_of(head: bytes, *, digest: bool = False) -> _Head:
    fields = fields_of(head)
    default = b"message/rfc822" if digest else _PLAIN  # RFC 2046 section 5.1.5
    kind = declared(fields.raw(b"content-type") or default)
    if "/" not in kind.value:
        short = kind.value == "text"  # seen in old mail: Content-Type: text
        kind = Declared("text/plain" if short else default.decode(), kind.parameters, kind.charsets)
    words = fields.word(b"content-transfer-encoding").split("(")[0].strip(" ;\"'")
    return _Head(fields, kind, _ENCODINGS.get(words, words), all_fields(head, fields))


def _place_in(written: bytes, place: int) -> int:
    """Where in a head as it was written a place is that was found without its NULs."""
    at = written.find(b"\0")
    while 0 <= at <= place:
        place += 1
        at = written.find(b"\0", at + 1)
    return place


# A program begins the parts of all its letters with the same few heads.
_known_head = lru_cache(maxsize=512)(_head_of)


class Scanner:
    """Takes a letter's octets in any pieces and finds its parts.

    `keep` is how many octets of one body are kept, and of all of them sixteen times as many; of a
    larger one its beginning is kept, and its place. Call `feed` with each piece, then `close` for
    the root of the parts.
    """

    def __init__(self, keep: int | None = None) -> None:
        self._keep = keep
        self._buffer = b""
        self._pos = 0  # what comes before it in the buffer is done with
        self._base = 0  # the place of the buffer's first octet in the letter
        self._node: Node | None = None  # the part whose body is being read; None within a head
        self._open: list[tuple[bytes, Node]] = []  # the delimiters in force, the innermost last
        self._closings: tuple[bytes, ...] = ()
        self._depths: dict[bytes, int] = {}  # what a delimiter line says -> its place in _open
        self._needle = b""  # what every delimiter in force begins with, a line's end before it
        self._root: Node | None = None
        self._pieces: list[bytes] = []
        self._taken = 0
        self._kept = 0  # of all bodies
        self._stream: Stream | None = None
        self._sieve: Attributes | None = None
        self._line_start = True  # whether a line begins at _pos
        self._parts = 0
        self._heads = 0  # octets of the parts' heads
        self._looked = 0  # how far behind _pos no end of a head was found
        self._ended = 0  # how often a closing delimiter was met

    def feed(self, piece: bytes) -> None:
        """Take the next octets."""
        self._base += self._pos
        self._buffer = self._buffer[self._pos :] + piece
        self._pos = 0
        while self._step(final=False):
            pass

    def close(self) -> Node:
        """The end of the letter: the root of its parts."""
        while self._step(final=True):
            pass
        self._end_body()
        root = self._root or _known_head(b"").node()
        for node in root.settle():  # a multipart without a part in it is text, for all we know
            node.overflow = node.overflow or node.type.value.startswith("multipart/")
        return root

    def _step(self, *, final: bool) -> bool:
        """Do one thing; whether there is more to do with the octets at hand."""
        going = self._head(final=final) if self._node is None else self._body(final=final)
        return going and (self._pos < len(self._buffer) or self._node is None)

    # The head of a part.

    def _head(self, *, final: bool) -> bool:
        if self._root is None and self._blank_lines(final=final):
            return False
        found = self._head_end(final=final)
        if found is None:
            return False
        end, body = found
        within = self._open[-1][1] if self._open else None
        head = written = self._buffer[self._pos : end]
        if b"\0" in head:  # it is in no head (RFC 5322 section 2.2)
            head = head.replace(b"\0", b"")
        digest = within is not None and within.type.value == "multipart/digest"
        known = within is not None and len(head) <= _SHORT
        said = _known_head(head, digest=digest) if known else _head_of(head, digest=digest)
        if not said.ended and (text := text_in(head)) < len(head):
            said = _head_of(head[:text], digest=digest)
            body = self._pos + _place_in(written, text)
        node = said.node(within)
        if within is not None:
            node.late = within.epilogue is not None
            within.children.append(node)
        else:
            self._root = node
        self._parts += 1
        self._heads += len(head)
        self._looked = 0
        self._pos = body
        self._begin_body(node)
        return True

    def _blank_lines(self, *, final: bool) -> bool:
        """Skip the line ends before the first field; whether there is nothing else so far."""
        buffer, pos = self._buffer, self._pos
        while buffer[pos : pos + 1] in (b"\r", b"\n"):
            pos += 1
        self._pos = pos
        return pos == len(buffer) and not final

    def _head_end(self, *, final: bool) -> tuple[int, int] | None:
        """Where the head ends and where the body begins, None when that is not known yet."""
        buffer = self._buffer
        place, limit = self._pos + self._looked, self._pos + HEAD_OCTETS
        if not self._looked and buffer[place : place + 1].isalnum():
            dashes = buffer.find(b"\n--", place, limit)
            empty = _EMPTY.search(buffer, place, limit if dashes < 0 else dashes)
            if empty is not None:
                return empty.start() + 1, empty.end()  # as nearly all heads are
        while True:
            end = buffer.find(b"\n", place, limit)
            if end < 0:
                break
            if end == place or (end <= place + 2 and not buffer[place:end].strip(b"\r")):
                return place, end + 1
            if buffer.startswith(b"--", place) and self._which(buffer[place:end]):
                return place, place  # a part without a body, not even a blank line
            place = end + 1
        if len(buffer) >= limit:
            return limit, limit
        self._looked = place - self._pos
        return (len(buffer), len(buffer)) if final else None

    # Its body.

    def _begin_body(self, node: Node) -> None:
        self._node = node
        node.start = self._base + self._pos
        self._pieces = []
        self._taken = 0
        self._stream = None
        self._line_start = True
        if node.type.value.startswith("multipart/"):
            boundary = node.type.parameters.get("boundary", b"").rstrip()
            if boundary and len(boundary) < LINE_OCTETS - 10 and len(self._open) < MAX_DEPTH:
                self._open.append((b"--" + boundary, node))
                self._index()
            else:
                node.overflow = True
                node.too_deep = bool(boundary)

    def _index(self) -> None:
        delimiters = [delimiter for delimiter, _ in self._open]
        self._closings = tuple([delimiter + b"--" for delimiter in delimiters])
        self._depths = {delimiter: depth for depth, delimiter in enumerate(delimiters)}
        shared = delimiters[0] if delimiters else b""
        if len(delimiters) > 1:
            shared = commonprefix(delimiters) or b""  # noqa: RUF071 - octets, not paths
        self._needle = b"\n" + shared if delimiters else b""

    def _which(self, line: bytes) -> tuple[int, bool] | None:
        """Which multipart's delimiter `line` is, and whether it is the closing one."""
        line = line.rstrip(b" \t\r")
        depth = self._depths.get(line)
        if depth is not None:
            return depth, False
        if b"--" not in line[3:] or not line.startswith(self._closings):
            return None
        if line.endswith(b"--"):
            depth = self._depths.get(line[:-2])
            if depth is not None:
                return depth, True
        for depth in range(len(self._open) - 1, -1, -1):  # something follows the closing dashes
            if line.startswith(self._open[depth][0] + b"--"):
                return depth, True
        return None

    def _body(self, *, final: bool) -> bool:
        buffer = self._buffer
        if not self._needle:
            self._take(len(buffer))
            return False
        begin = self._pos
        if self._line_start and not final and len(buffer) - begin < len(self._needle):
            return False
        at_start = self._line_start and buffer.startswith(self._needle[1:], begin)
        while True:
            line = begin if at_start else buffer.find(self._needle, begin) + 1
            if line == 0 and not at_start:
                break
            at_start = False
            behind = line + len(self._needle) - 1
            if len(self._open) == 1 and behind < len(buffer) and buffer[behind] not in _AFTER:
                begin = behind  # it only begins like the delimiter
                continue
            end = buffer.find(b"\n", line, line + LINE_OCTETS)
            if end < 0:
                if not final and len(buffer) - line < LINE_OCTETS:
                    self._take(max(line - 2, self._pos))
                    return False
                end = min(len(buffer), line + LINE_OCTETS)
            found = self._which(buffer[line:end])
            if found is not None:
                self._meet(line, min(end + 1, len(buffer)), found)
                return True
            begin = max(end - 1, line)
        held = 0 if final else len(self._needle)
        self._take(max(len(buffer) - held, self._pos))
        return False

    def _meet(self, line: int, after: int, found: tuple[int, bool]) -> None:
        """A delimiter stands at `line`: the body before it ends, a part or the epilogue begins."""
        end = line
        if end > self._pos:  # the line's end before it is the delimiter's (RFC 2046 section 5.1.1)
            end -= 1
            if end > self._pos and self._buffer[end - 1] == _CR:
                end -= 1
        self._take(end)
        self._end_body()
        self._pos = after
        depth, closing = found
        parent = self._open[depth][1]
        # Some write a part behind the closing delimiter: it stays, unless it is an outer one's.
        shared = closing and any(self._open[depth][0] == one for one, _ in self._open[:depth])
        kept = depth + (not shared)
        if kept < len(self._open):
            del self._open[kept:]
            self._index()
        self._ended += closing
        if closing and self._ended <= MAX_PARTS:
            epilogue = _known_head(b"").node()
            parent.epilogue = parent.epilogue or epilogue
            self._begin_body(epilogue)
        elif closing or self._parts >= MAX_PARTS or self._heads >= HEADS_OCTETS:
            rest = _head_of(b"Content-Type: application/octet-stream\n").node(parent)
            rest.overflow = True
            parent.children.append(rest)
            self._open.clear()
            self._index()
            self._begin_body(rest)

    def _take(self, end: int) -> None:
        """The octets of the buffer up to `end` belong to the body being read."""
        if end <= self._pos or self._node is None:
            return
        piece = self._buffer[self._pos : end]
        self._pos = end
        self._line_start = False
        self._taken += len(piece)
        if self._keep is None:
            self._pieces.append(piece)
            return
        if self._stream is None:
            self._pieces.append(piece)
            kind = self._node.type.value
            text = kind.startswith("text/") or kind in _HOLDING
            spent = self._kept + self._taken > 16 * self._keep
            most = 16 * self._keep if kind in _HOLDING else TEXT_OCTETS if text else self._keep
            if self._taken <= most and not spent:
                return
            self._stream = Stream(self._node.encoding)
            self._sieve = Attributes(self._keep) if self._node.is_tnef else None
            self._node.size, self._node.partial = 0, True
            piece = b"".join(self._pieces)
            kept = TEXT_OCTETS if text else BEGINNING
            if spent:  # of what has the letter's text in it still as much as says something
                kept = BEGINNING if kind in _HOLDING and self._taken > most else LEAST
            self._pieces = [piece[:kept]]
        self._decoded(self._node, self._stream.feed(piece))

    def _decoded(self, node: Node, octets: bytes) -> None:
        node.size += len(octets)
        if self._sieve is not None:
            self._sieve.feed(octets)

    def _end_body(self) -> None:
        node, self._node = self._node, None
        if node is None:
            return
        node.end = node.start + self._taken
        if self._stream is not None:
            self._decoded(node, self._stream.close())
            node.attributes = self._sieve.close() if self._sieve is not None else None
        node.body = b"".join(self._pieces)
        self._kept += len(node.body)
        self._pieces = []


def scanned(octets: bytes) -> Node:
    """The parts of a letter that is at hand."""
    scanner = Scanner()
    scanner.feed(octets)
    return scanner.close()
