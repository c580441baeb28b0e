"""What lies in an opaque S/MIME signature (RFC 8551 section 3.5.2): read, not verified."""

from __future__ import annotations

from attrs import define

MAX_DEPTH = 20
MAX_STEPS = 20_000

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2 (RFC 5652 section 5.1)
_DATA = bytes.fromhex("2a864886f70d010701")  # 1.2.840.113549.1.7.1 (RFC 5652 section 4)

_SEQUENCE, _OCTETS, _IDENTIFIER, _CONTEXT_0 = 0x30, 0x04, 0x06, 0xA0
_CONSTRUCTED = 0x20


@define
class _Ber:
    """Octets of BER; `cut` says that more of them followed. So many elements are looked at."""

    octets: bytes
    cut: bool
    steps: int = MAX_STEPS


Element = tuple[int, int, int, int]  # its tag, where its content begins and ends, where it ends


def signed_content(octets: bytes, *, cut: bool = False) -> bytes | None:
    """The octets that a PKCS #7 SignedData carries, None when this is none, or it carries none.

    BER of indefinite length and octet strings in pieces are read as well. Where `octets` are `cut`
    they are only the beginning, and so is what they carry. Never raises.
    """
    try:
        return _content(_Ber(octets, cut))
    except (IndexError, RecursionError, ValueError):
        return None


def _content(ber: _Ber) -> bytes | None:
    octets = ber.octets
    outer = _children(ber, _element(ber, 0, len(octets)))
    if len(outer) < 2 or octets[outer[0][1] : outer[0][2]] != _SIGNED_DATA:
        return None
    (signed,) = _children(ber, outer[1])[:1]
    for one in _children(ber, signed):
        if one[0] != _SEQUENCE:
            continue
        inner = _children(ber, one)
        if inner and inner[0][0] == _IDENTIFIER and octets[inner[0][1] : inner[0][2]] == _DATA:
            if len(inner) < 2 or inner[1][0] != _CONTEXT_0:
                return None
            return b"".join(_strings(ber, string, 0) for string in _children(ber, inner[1]))
    return None


def _element(ber: _Ber, place: int, limit: int) -> Element:
    """The element at `place`. Raises ValueError where there is none."""
    octets = ber.octets
    ber.steps -= 1
    if ber.steps < 0 or place + 2 > limit:
        raise ValueError("no element, or too many of them")
    tag, length = octets[place], octets[place + 1]
    begin = place + 2
    if tag & 0x1F == 0x1F:
        raise ValueError("no tag of this kind is in a signature")
    if length == 0x80:  # indefinite: up to two octets of zero
        at = begin
        while octets[at : at + 2] != b"\x00\x00":
            if ber.cut and at + 2 > limit:
                return tag, begin, limit, limit
            at = _element(ber, at, limit)[3]
        return tag, begin, at, at + 2
    if length > 0x80:
        count = length - 0x80
        if count > 8:
            raise ValueError("a length that cannot be")
        length = int.from_bytes(octets[begin : begin + count], "big")
        begin += count
    end = begin + length
    if end > limit:
        if not ber.cut or limit < len(octets) or begin > limit:
            raise ValueError("an element is longer than what holds it")
        end = limit
    return tag, begin, end, end


def _children(ber: _Ber, parent: Element) -> list[Element]:
    found: list[Element] = []
    place = parent[1]
    while place < parent[2]:
        if ber.cut and place + 2 > parent[2]:
            break
        found.append(_element(ber, place, parent[2]))
        place = found[-1][3]
    return found


def _strings(ber: _Ber, one: Element, depth: int) -> bytes:
    """An octet string, put together from its pieces when it comes in pieces."""
    if not one[0] & _CONSTRUCTED:
        return ber.octets[one[1] : one[2]] if one[0] == _OCTETS else b""
    if depth > MAX_DEPTH:
        return b""
    return b"".join(_strings(ber, piece, depth + 1) for piece in _children(ber, one))
