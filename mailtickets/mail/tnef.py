"""The files that Outlook put into a winmail.dat (TNEF, [MS-OXTNEF])."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from attrs import define, frozen

MAX_OCTETS = 32 * 1024 * 1024
MAX_KEPT = 4 * 1024 * 1024
"""Of a stream that comes in pieces, so many octets are kept of all but the files."""

MAX_FILES = 500
MAX_ATTRIBUTES = 10_000

_SIGNATURE = 0x223E9F78
_ATTACH_BEGINS, _ATTACH_TITLE, _ATTACH_DATA, _ATTACH_PROPS = 0x9002, 0x8010, 0x800F, 0x9005
_BODY, _PROPS, _CODEPAGE = 0x800C, 0x9003, 0x9007
_DATA_PROP, _LONG_NAME, _NAME, _MIME = 0x3701, 0x3707, 0x3704, 0x370E
_BODY_PROP, _HTML_PROP, _RICH_PROP = 0x1000, 0x1013, 0x1009

# The size in octets of property types of fixed length ([MS-OXCDATA] section 2.11.1), padded to 4.
_FIXED = {1: 4, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x1E, 0x1F, 0x102, 0x0D})


@frozen
class Stretch:
    """Octets that stay where they are: `size` of them from `start` on in the TNEF stream."""

    start: int
    size: int


@define
class _Open:
    name: bytes = b""
    long_name: str = ""
    type: str = ""
    octets: bytes | Stretch = b""


@frozen
class Packed:
    """One file: its name, its media type if it is told, its octets or where they are."""

    name: str
    type: str
    octets: bytes | Stretch


@frozen
class Unpacked:
    """What was in the winmail.dat; `text` and `html` are the body, where it is there as such.

    `rich` is the body as compressed rich text.
    """

    files: tuple[Packed, ...] = ()
    text: str = ""
    html: bytes = b""
    rich: bytes = b""


class Attributes:
    """The attributes of a TNEF stream, which comes in pieces: `feed` what arrives, then `close`.

    Of a file that has more than `keep` octets only the place is kept; no `keep` keeps all.
    """

    def __init__(self, keep: int | None = None) -> None:
        self.found: list[tuple[int, bytes | Stretch]] = []
        self._keep = keep
        self._left = MAX_OCTETS if keep is None else MAX_KEPT
        self._buffer = b""
        self._at = 0  # what comes before it in the buffer is done with
        self._place = 0  # of the buffer's first octet in the stream
        self._skip = 0
        self._over = False

    def feed(self, piece: bytes) -> None:
        """Take the next octets."""
        skipped = min(self._skip, len(piece))
        self._skip -= skipped
        self._buffer = self._buffer[self._at :] + piece[skipped:]
        self._place += self._at + skipped
        self._at = 0
        if not self._place and not self._begin():
            return
        while not self._over and not self._skip and self._attribute():
            pass
        if self._over:
            self._at = len(self._buffer)

    def close(self) -> list[tuple[int, bytes | Stretch]]:
        """The attributes, without one that the stream breaks off in; none if it is no TNEF."""
        whole = self._place + len(self._buffer)
        return [
            (identity, data)
            for identity, data in self.found
            if isinstance(data, bytes) or data.start + data.size <= whole
        ]

    def _begin(self) -> bool:
        if len(self._buffer) < 6:
            return False
        self._over = struct.unpack_from("<I", self._buffer)[0] != _SIGNATURE
        self._at = 6
        return True

    def _attribute(self) -> bool:
        """Take one attribute; whether it was there."""
        begin = self._at + 9
        if len(self._buffer) < begin:
            return False
        identity, length = struct.unpack_from("<II", self._buffer, self._at + 1)
        identity &= 0xFFFF
        large = self._keep is not None and identity == _ATTACH_DATA and length > self._keep
        if large or length > self._left:
            self.found.append((identity, Stretch(self._place + begin, length)))
        elif len(self._buffer) < begin + length:
            return False
        else:
            self.found.append((identity, self._buffer[begin : begin + length]))
            self._left -= length
        after = begin + length + 2  # a checksum follows
        self._at = min(after, len(self._buffer))
        self._skip = after - self._at
        self._over = len(self.found) >= MAX_ATTRIBUTES
        return True


def unpacked(octets: bytes) -> Unpacked | None:
    """What is in the TNEF stream `octets`, None when it is none. Damaged ones as far as they go."""
    if len(octets) < 6 or len(octets) > MAX_OCTETS:
        return None
    if struct.unpack_from("<I", octets)[0] != _SIGNATURE:
        return None
    attributes = Attributes()
    attributes.feed(octets)
    return unpacked_of(attributes.close())


def unpacked_of(attributes: Sequence[tuple[int, bytes | Stretch]]) -> Unpacked:
    """What is in these attributes of a TNEF stream."""
    files: list[_Open] = []
    text, html, rich = "", b"", b""
    body = b""
    codepage = "cp1252"
    for identity, data in attributes:
        if identity == _ATTACH_BEGINS and len(files) < MAX_FILES:
            files.append(_Open())
        elif isinstance(data, Stretch):
            if files and identity == _ATTACH_DATA:
                files[-1].octets = data
        elif identity == _CODEPAGE and len(data) >= 4:
            codepage = f"cp{struct.unpack_from('<I', data)[0]}"
        elif identity == _BODY:
            body = data
        elif identity == _PROPS:
            props = _properties(data)
            text = text or _words(props.get(_BODY_PROP), codepage)
            html = html or props.get(_HTML_PROP, (0, b""))[1]
            rich = rich or props.get(_RICH_PROP, (0, b""))[1]
        elif files:
            _attached(files[-1], identity, data, codepage)
    text = _decoded(body, codepage) or text
    found = [
        Packed(one.long_name or _decoded(one.name, codepage), one.type, one.octets) for one in files
    ]
    return Unpacked(tuple(one for one in found if one.octets), text, html, rich)


def _attached(file: _Open, identity: int, data: bytes, codepage: str) -> None:
    if identity == _ATTACH_TITLE:
        file.name = data
    elif identity == _ATTACH_DATA:
        file.octets = data
    elif identity == _ATTACH_PROPS:
        props = _properties(data)
        name = props.get(_LONG_NAME) or props.get(_NAME)
        file.long_name = _words(name, codepage) or file.long_name
        file.type = _words(props.get(_MIME), codepage) or file.type
        file.octets = file.octets or props.get(_DATA_PROP, (0, b""))[1]


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """Property id -> its type and first value. Stops at the first that makes no sense."""
    out: dict[int, tuple[int, bytes]] = {}
    if len(data) < 4:
        return out
    count = min(struct.unpack_from("<I", data)[0], 2000)
    place = 4
    try:
        for _ in range(count):
            kind, identity = struct.unpack_from("<HH", data, place)
            place += 4
            if identity >= 0x8000:
                place = _after_name(data, place)
            several = bool(kind & 0x1000)
            kind &= 0xEFFF
            values = 1
            if several or kind in _VARIABLE:
                (values,) = struct.unpack_from("<I", data, place)
                place += 4
            for index in range(min(values, 1000)):
                value, place = _value(data, place, kind)
                if index == 0:
                    out.setdefault(identity, (kind, value))
    except (struct.error, ValueError):
        pass
    return out


def _after_name(data: bytes, place: int) -> int:
    """Past the name of a named property ([MS-OXTNEF] section 2.1.3.4)."""
    (kind,) = struct.unpack_from("<I", data, place + 16)
    place += 20
    if kind == 0:
        return place + 4
    length: int = struct.unpack_from("<I", data, place)[0]
    return place + 4 + length + (-length % 4)


def _value(data: bytes, place: int, kind: int) -> tuple[bytes, int]:
    if kind in _VARIABLE:
        (length,) = struct.unpack_from("<I", data, place)
        begin = place + 4
        end = begin + length
        if end > len(data):
            raise ValueError("a value is longer than its attribute")
        return data[begin:end], end + (-length % 4)
    if kind not in _FIXED:
        raise ValueError("a property of an unknown type")
    end = place + _FIXED[kind]
    if end > len(data):
        raise ValueError("a value is longer than its attribute")
    return data[place:end], end


def _words(found: tuple[int, bytes] | None, codepage: str) -> str:
    if found is None:
        return ""
    kind, data = found
    if kind == 0x1F:
        return data.decode("utf-16-le", "replace").rstrip("\x00")
    return _decoded(data, codepage)


def _decoded(data: bytes, codepage: str) -> str:
    from mailtickets.mail.charsets import text_of  # noqa: PLC0415 - only for the few that come so

    return text_of(data.rstrip(b"\x00"), codepage)
