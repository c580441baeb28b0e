"""A letter is read as far as its sender's signatures need it: its head, and its body's hashes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from attrs import evolve, field, frozen

from mailtickets.auth.chain import Chain, read_chain
from mailtickets.auth.keys import Unusable
from mailtickets.auth.signatures import MOST, Bodies, Form, read_signature
from mailtickets.mail.authentication import ARC, Result
from mailtickets.mail.canonical import HEAD_OCTETS, Body, Field, fields
from mailtickets.mail.fields import fields_of
from mailtickets.mail.octets import Octets

AT_ONCE = 64 * 1024
"""Octets up to which a body is hashed in the reactor's thread: it costs less than changing it."""
_HEAD_END = re.compile(rb"\n\r?\n")

Aside = Callable[..., Awaitable[Any]]
"""Calls a function with arguments in a thread."""


@frozen
class Wanted:
    """What is looked for in a head."""

    dkim: bool = True
    arc: bool = True


@frozen
class Reading:
    """A letter as far as it is needed: its fields, and its body's hashes.

    `authors` are the values of From, by every way to read the head: no two readers of a hostile
    letter shall see two authors.
    """

    head: tuple[Field, ...] = ()
    authors: tuple[bytes, ...] = ()
    signatures: tuple[Field, ...] = ()
    chain: Chain | ARC | None = None
    bodies: Bodies = field(factory=dict, eq=False)
    sizes: dict[bool, int] = field(factory=dict, eq=False)


async def read(octets: Octets, wanted: Wanted, aside: Aside) -> Reading:
    """Read the letter once. Nothing of it is kept but its head. Raises Temporary when it cannot."""
    reading, bodies = Reading(), dict[bool, Body]()
    gathered: bytes | None = b""
    async for chunk in octets.chunks():
        if gathered is None:
            await _feed(bodies, chunk, aside)
            continue
        gathered += chunk
        end = gathered.find(b"\r\n\r\n")
        if end < 0 and len(gathered) < HEAD_OCTETS:
            continue
        reading = _reading(gathered, wanted)
        bodies = _bodies(reading)
        if not bodies:
            return reading
        if 0 <= end <= HEAD_OCTETS:
            await _feed(bodies, gathered[end + 4 :], aside)
        gathered = None
    if gathered is not None:  # a head without an end
        reading = _reading(gathered, wanted)
        bodies = _bodies(reading)
    found: dict[Form, bytes] = {}
    for simple, body in bodies.items():
        found.update({Form(simple, length): each for length, each in body.finish().items()})
    sizes = {simple: body.size for simple, body in bodies.items()}
    return evolve(reading, bodies=found, sizes=sizes)


async def _feed(bodies: dict[bool, Body], piece: bytes, aside: Aside) -> None:
    for body in bodies.values():
        if len(piece) <= AT_ONCE:
            body.feed(piece)
        else:
            await aside(body.feed, piece)


def _reading(beginning: bytes, wanted: Wanted) -> Reading:
    reading = taken(beginning[:HEAD_OCTETS])
    if wanted.dkim:
        signatures = [one for one in reading.head if one.key == b"dkim-signature"][:MOST]
        reading = evolve(reading, signatures=tuple(signatures))
    if wanted.arc:
        reading = evolve(reading, chain=_chain(reading.head))
    return reading


def _chain(head: Sequence[Field]) -> Chain | ARC | None:
    try:
        return read_chain(head)
    except Unusable as why:
        return ARC(Result.FAIL, reason=why.reason)


def _bodies(reading: Reading) -> dict[bool, Body]:
    """The hashes of the body that the signatures ask for."""
    forms: set[Form] = set()
    for one in reading.signatures:
        try:
            forms.add(read_signature(one).form)
        except Unusable:
            continue
    if isinstance(reading.chain, Chain):
        forms.add(reading.chain.message.form)
    return {
        simple: Body(simple=simple, lengths=[one.length for one in forms if one.simple is simple])
        for simple in (True, False)
        if any(one.simple is simple for one in forms)
    }


def taken(beginning: bytes) -> Reading:
    """The head in what a letter begins with, as signatures see it and as readers do."""
    end = beginning.find(b"\r\n\r\n")
    signed = fields(beginning[:end] if end >= 0 else beginning)
    shown = beginning.lstrip(b"\r\n")
    blank = _HEAD_END.search(shown)
    every = fields_of(shown[: blank.start() + 1] if blank else shown).every(b"from")
    values = [one.value for one in signed if one.key == b"from"]
    return Reading(tuple(signed), tuple(dict.fromkeys([*values, *every])))


async def head_of(octets: Octets) -> bytes:
    """What a letter begins with, its head at least, bounded. Raises Temporary."""
    gathered = b""
    async for chunk in octets.chunks():
        gathered += chunk
        if b"\r\n\r\n" in gathered or len(gathered) >= HEAD_OCTETS:
            break
    return gathered[:HEAD_OCTETS]
