"""ARC chains (RFC 8617): who handed the letter on, and what each found when it came in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import define, frozen

from mailtickets.auth.keys import ALGORITHMS, Texts, Unusable, find_key
from mailtickets.auth.signatures import Bodies, Signature, emptied, proved, read_signature
from mailtickets.mail.authentication import ARC, Result
from mailtickets.mail.canonical import Field
from mailtickets.mail.mailbox import fold_domain
from mailtickets.mail.taglist import BadTags, octets_of, tags

MOST_SETS = 50  # RFC 8617 section 4.2.1
_RESULTS, _MESSAGE, _SEAL = b"arc-authentication-results", b"arc-message-signature", b"arc-seal"
_KINDS = (_RESULTS, _MESSAGE, _SEAL)
_INSTANCE = re.compile(rb"(?:\A|;)[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*([0-9]{1,3})[ \t\r\n]*(?:;|\Z)")


@frozen
class Seal:
    """An ARC-Seal field, taken apart."""

    field: Field
    domain: str
    selector: str
    algorithm: str
    signature: bytes
    said: str  # cv=


@define
class _Set:
    fields: dict[bytes, Field]


@frozen
class Chain:
    """A chain whose form is right: the sets in order, the latest message signature, the seals.

    `stated` is the value of the latest ARC-Authentication-Results, less its instance.
    """

    sets: tuple[Mapping[bytes, Field], ...]
    message: Signature
    seals: tuple[Seal, ...]

    @property
    def stated(self) -> str:
        """What the latest of them found, as an Authentication-Results value."""
        value = self.sets[-1][_RESULTS].value.decode("utf-8", "replace")
        return value.partition(";")[2]


def read_chain(head: Sequence[Field]) -> Chain | None:
    """The chain in a head; None where there is none. Raises Unusable (section 5.2)."""
    found: dict[int, _Set] = {}
    for each in head:
        if each.key not in _KINDS:
            continue
        instance = _INSTANCE.search(each.value)
        number = int(instance[1]) if instance else 0
        if not 1 <= number <= MOST_SETS:
            raise Unusable(Result.FAIL, "it has a set without a number")
        one = found.setdefault(number, _Set({}))
        if each.key in one.fields:
            raise Unusable(Result.FAIL, "it has a field of a set twice")
        one.fields[each.key] = each
    if not found:
        return None
    if sorted(found) != list(range(1, len(found) + 1)) or any(
        len(one.fields) != len(_KINDS) for one in found.values()
    ):
        raise Unusable(Result.FAIL, "its sets are not complete")
    sets = tuple([found[number].fields for number in sorted(found)])
    seals = tuple([_seal(one[_SEAL]) for one in sets])
    if seals[-1].said == "fail":
        raise Unusable(Result.FAIL, "it was broken before it came here")
    for number, seal in enumerate(seals):
        if seal.said != ("pass" if number else "none"):
            raise Unusable(Result.FAIL, "its seals do not say that it held")
    return Chain(sets, read_signature(sets[-1][_MESSAGE], arc=True), seals)


def _seal(own: Field) -> Seal:
    try:
        found = tags(own.value.decode("utf-8", "replace"))
        if "h" in found or not all(found.get(name) for name in ("a", "b", "cv", "d", "s")):
            raise Unusable(Result.FAIL, "it has a seal that is none")  # section 4.1.3
        seal = Seal(
            own,
            fold_domain(found["d"]),
            found["s"].lower(),
            found["a"].lower(),
            octets_of(found["b"]),
            found["cv"].lower(),
        )
    except BadTags as why:
        raise Unusable(Result.FAIL, "it has a seal that is none") from why
    if seal.algorithm not in ALGORITHMS:
        raise Unusable(Result.FAIL, "it has a seal of an unknown algorithm")
    return seal


def verify_chain(
    names: Texts,
    chain: Chain,
    head: Sequence[Field],
    bodies: Bodies,
    now: float,
    until: float | None = None,
) -> ARC:
    """Whether the chain holds (section 5.2, steps 4 to 6). It blocks, and never raises."""
    sealer, sets = chain.seals[-1].domain, len(chain.sets)
    try:
        message = chain.message
        key = find_key(names, message.domain, message.selector, message.algorithm, until)
        proved(message, key, head, bodies, now)
        for number in range(sets, 0, -1):
            seal = chain.seals[number - 1]
            key = find_key(names, seal.domain, seal.selector, seal.algorithm, until)
            if not key.verifies(seal.signature, _sealed(chain, number)):
                return ARC(Result.FAIL, sealer, sets, "a seal does not match")
    except Unusable as why:
        result = Result.TEMPERROR if why.result is Result.TEMPERROR else Result.FAIL
        return ARC(result, sealer, sets, why.reason)
    return ARC(Result.PASS, sealer, sets)


def _sealed(chain: Chain, number: int) -> bytes:
    """What the seal of a set was made over: every set up to it, relaxed (section 5.1.1)."""
    pieces = []
    for index in range(number):
        one = chain.sets[index]
        for kind in _KINDS:
            field = one[kind]
            if kind == _SEAL and index == number - 1:
                field = emptied(field)
            pieces.append(field.form(simple=False))
    return b"\r\n".join(pieces)
