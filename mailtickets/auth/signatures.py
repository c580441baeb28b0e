"""DKIM signatures are read and verified (RFC 6376; RFC 8301 and 8463 for what may be believed).

Reading a letter's signatures tells which forms of its body are to be hashed; the hashes are made as
the letter streams by, and only then are keys asked for and signatures verified. A signature is
written by anybody: each that is looked at costs bounded time, and nothing here raises for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from mailtickets.auth.keys import ALGORITHMS, PublicKey, Texts, Unusable, find_key
from mailtickets.mail.authentication import DKIM, Result
from mailtickets.mail.canonical import Field
from mailtickets.mail.mailbox import fold_domain
from mailtickets.mail.taglist import BadTags, octets_of, tags, words_of

MOST = 5
"""Signatures of one letter that are verified; those beyond it are not looked at."""
_SIGNATURE = re.compile(rb"((?:\A|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\Z")
MOST_NAMES = 500


@frozen
class Form:
    """A form of the body that a signature is about: simple or relaxed, and how much of it."""

    simple: bool
    length: int | None = None


Bodies = Mapping[Form, bytes]
"""The hashes of the body in each form that was asked for. One that is not there cannot be."""


@frozen
class Signature:
    """A signature's field, taken apart. `form` is that of the body it is about."""

    field: Field
    domain: str
    selector: str
    algorithm: str
    names: tuple[bytes, ...]
    simple_head: bool
    form: Form
    body_hash: bytes
    signature: bytes
    identity: str = ""
    begins: int | None = None
    ends: int | None = None

    def signed(self, head: Sequence[Field]) -> bytes:
        """The octets that were signed: the fields named, and the signature's own (section 3.7)."""
        left: dict[bytes, list[Field]] = {}
        for each in head:
            left.setdefault(each.key, []).append(each)
        pieces = []
        for name in self.names:  # from the last of that name upwards (section 5.4.2)
            of_it = left.get(name)
            if of_it:
                pieces.append(of_it.pop().form(simple=self.simple_head))
        pieces.append(emptied(self.field).form(simple=self.simple_head))
        return b"\r\n".join(pieces)


def emptied(own: Field) -> Field:
    """A signature's field as it was when it was signed: without the signature."""
    return evolve(own, value=_SIGNATURE.sub(rb"\1", own.value, count=1))


def read_signature(own: Field, *, arc: bool = False) -> Signature:
    """The signature in a field DKIM-Signature, or ARC-Message-Signature. Raises Unusable."""
    try:
        found = tags(own.value.decode("utf-8", "replace"))
        if not arc and found.get("v") != "1":
            raise Unusable(Result.NEUTRAL, "it is of another version")
        missing = [name for name in ("a", "b", "bh", "d", "h", "s") if not found.get(name)]
        if missing:
            raise Unusable(Result.NEUTRAL, f"it has no tag {missing[0]}")
        head, _, body = found.get("c", "simple/simple").lower().partition("/")
        body = body or "simple"
        if not {head, body} <= {"simple", "relaxed"}:
            raise Unusable(Result.NEUTRAL, "it has an unknown canonicalization")
        names = [each.encode("utf-8") for each in words_of(found["h"])]
        made = Signature(
            field=own,
            domain=fold_domain(found["d"]),
            selector=found["s"].lower(),
            algorithm=found["a"].lower(),
            names=tuple(names),
            simple_head=head == "simple",
            form=Form(body == "simple", _number(found.get("l"))),
            body_hash=octets_of(found["bh"]),
            signature=octets_of(found["b"]),
            identity="" if arc else found.get("i", ""),
            begins=_number(found.get("t")),
            ends=None if arc else _number(found.get("x")),
        )
    except BadTags as why:
        raise Unusable(Result.NEUTRAL, str(why)) from why
    _check(made, arc=arc)
    return made


def _number(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 20):
        raise BadTags("it has a number that is none")
    return int(value)


def _check(one: Signature, *, arc: bool) -> None:
    """What must be true of a signature before its key is asked for (section 6.1.1)."""
    if one.algorithm == "rsa-sha1":
        raise Unusable(Result.POLICY, "its algorithm is too weak")  # RFC 8301 section 3.1
    if one.algorithm not in ALGORITHMS:
        raise Unusable(Result.NEUTRAL, "it has an unknown algorithm")
    if not (_NAME.match(one.domain) and _NAME.match(one.selector)):
        raise Unusable(Result.NEUTRAL, "it names no domain")
    if len(one.names) > MOST_NAMES:
        raise Unusable(Result.NEUTRAL, "it names too many fields")
    if b"from" not in one.names:
        raise Unusable(Result.NEUTRAL, "it does not sign From")
    if arc and b"arc-seal" in one.names:
        raise Unusable(Result.FAIL, "it signs a seal")  # RFC 8617 section 4.1.2
    if one.identity:
        domain = fold_domain(one.identity.rpartition("@")[2])
        if domain != one.domain and not domain.endswith(f".{one.domain}"):
            raise Unusable(Result.NEUTRAL, "its identity is of another domain")
    if one.begins is not None and one.ends is not None and one.ends <= one.begins:
        raise Unusable(Result.NEUTRAL, "it ends before it begins")


def proved(
    one: Signature, key: PublicKey, head: Sequence[Field], bodies: Bodies, now: float
) -> None:
    """Return if the letter is what was signed. Raises Unusable."""
    if one.ends is not None and now > one.ends:
        raise Unusable(Result.POLICY, "it has expired")
    own = fold_domain(one.identity.rpartition("@")[2])
    if key.exact and one.identity and own != one.domain:
        raise Unusable(Result.PERMERROR, "its key is not for subdomains")
    found = bodies.get(one.form)
    if found is None:
        raise Unusable(Result.FAIL, "the body is shorter than what was signed")
    if found != one.body_hash:
        raise Unusable(Result.FAIL, "the body was altered")
    if not key.verifies(one.signature, one.signed(head)):
        raise Unusable(Result.FAIL, "the signature does not match the head")


def said_of(own: Field, why: Unusable) -> DKIM:
    """What is told of a signature that proves nothing. Nothing in it need be true."""
    try:
        found = tags(own.value.decode("utf-8", "replace"))
    except BadTags:
        found = {}
    domain = fold_domain(found.get("d", ""))
    selector = found.get("s", "")
    return DKIM(
        why.result,
        domain if _NAME.match(domain) else "",
        selector if _NAME.match(selector) else "",
        found.get("a", "").lower() if found.get("a", "").lower() in ALGORITHMS else "",
        why.reason,
    )


def verify(
    names: Texts,
    own: Field,
    head: Sequence[Field],
    bodies: Bodies,
    size: Mapping[bool, int],
    now: float,
    until: float | None = None,
) -> DKIM:
    """What a DKIM-Signature field proves. It blocks while a key is asked for, and never raises.

    `size` is how many octets the body has, by whether its form is simple: a signature of less than
    all is not believed (section 8.2).
    """
    testing = False
    try:
        one = read_signature(own)
        key = find_key(names, one.domain, one.selector, one.algorithm, until)
        testing = key.testing
        proved(one, key, head, bodies, now)
    except Unusable as why:
        return evolve(said_of(own, why), testing=testing)
    made = DKIM(Result.PASS, one.domain, one.selector, one.algorithm, testing=testing)
    if one.form.length is not None and one.form.length < size[one.form.simple]:
        return evolve(made, result=Result.POLICY, reason="it does not sign the whole body")
    return made
