"""What lies in an opaque S/MIME signature (RFC 8551 section 3.5.2): read, not verified."""

from __future__ import annotations

MAX_DEPTH = 20
MAX_STEPS = 20_000

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2 (RFC 5652 section 5.1)
_DATA = bytes.fromhex("2a864886f70d010701")  # 1.2.840.113549.1.7.1 (RFC 5652 section 4)

_SEQUENCE, _OCTETS, _IDENTIFIER, _CONTEXT_0 = 0x30, 0x04, 0x06, 0xA0
_CONSTRUCTED = 0x20

Element = tuple[int, int, int, int]  # its tag, where its content begins and ends, where it ends


def signed_content(octets: bytes) -> bytes | None:
    """The octets that a PKCS #7 SignedData carries, None when this is none, or it carries none.

    BER of indefinite length and octet strings in pieces are read as well. Never raises.
    """
    try:
        return _content(octets)
    except (IndexError, RecursionError, ValueError):
        return None


def _content(octets: bytes) -> bytes | None:
    budget = [MAX_STEPS]
    outer = _children(octets, _element(octets, 0, len(octets), budget), budget)
    if len(outer) < 2 or octets[outer[0][1] : outer[0][2]] != _SIGNED_DATA:
        return None
    (signed,) = _children(octets, outer[1], budget)[:1]
    for one in _children(octets, signed, budget):
        if one[0] != _SEQUENCE:
            continue
        inner = _children(octets, one, budget)
        if inner and inner[0][0] == _IDENTIFIER and octets[inner[0][1] : inner[0][2]] == _DATA:
            if len(inner) < 2 or inner[1][0] != _CONTEXT_0:
                return None
            return b"".join(
                _strings(octets, string, budget, 0)
                for string in _children(octets, inner[1], budget)
            )
    return None


def _element(octets: bytes, place: int, limit: int, budget: list[int]) -> Element:
    """The element at `place`. Raises ValueError where there is none."""
    budget[0] -= 1
    if budget[0] < 0 or place + 2 > limit:
        raise ValueError("no element, or too many of them")
    tag, length = octets[place], octets[place + 1]
    begin = place + 2
    if tag & 0x1F == 0x1F:
        raise ValueError("no tag of this kind is in a signature")
    if length == 0x80:  # indefinite: up to two octets of zero
        at = begin
        while octets[at : at + 2] != b"\x00\x00":
            at = _element(octets, at, limit, budget)[3]
        return tag, begin, at, at + 2
    if length > 0x80:
        count = length - 0x80
        if count > 8:
            raise ValueError("a length that cannot be")
        length = int.from_bytes(octets[begin : begin + count], "big")
        begin += count
    if begin + length > limit:
        raise ValueError("an element is longer than what holds it")
    return tag, begin, begin + length, begin + length


def _children(octets: bytes, parent: Element, budget: list[int]) -> list[Element]:
    found: list[Element] = []
    place = parent[1]
    while place < parent[2]:
        found.append(_element(octets, place, parent[2], budget))
        place = found[-1][3]
    return found


def _strings(octets: bytes, one: Element, budget: list[int], depth: int) -> bytes:
    """An octet string, put together from its pieces when it comes in pieces."""
    if not one[0] & _CONSTRUCTED:
        return octets[one[1] : one[2]] if one[0] == _OCTETS else b""
    if depth > MAX_DEPTH:
        return b""
    pieces = _children(octets, one, budget)
    return b"".join(_strings(octets, piece, budget, depth + 1) for piece in pieces)
