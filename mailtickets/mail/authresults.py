"""Authentication-Results fields are read (RFC 8601), and those of a trusted relay are found.

Anybody can write such a field. One counts when the relay that handed us the letter wrote it: it
names a server that the settings trust, and stands above what the letter brought along.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from attrs import evolve, field, frozen

from mailtickets.mail.authentication import ARC, DKIM, DMARC, SPF, Authentication, Result
from mailtickets.mail.canonical import Field
from mailtickets.mail.mailbox import fold_domain

MOST_METHODS = 50
LONGEST = 64 * 1024
FIELD = b"authentication-results"

_TOKENS = re.compile(
    r'\s+|"((?:[^"\\]|\\.)*+)(?:"|\Z)|([;=/])|([^\s;=/"()]+(?:/[^\s;=/"()]+)*)|(\()|(.)', re.DOTALL
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@frozen
class Method:
    """One `method=result`, with what stands behind it. `properties` are as header.d: value."""

    name: str
    result: str
    reason: str = ""
    properties: dict[str, str] = field(factory=dict)


@frozen
class Statement:
    """What one server says it found."""

    authserv_id: str
    methods: tuple[Method, ...] = ()


def statement(value: str) -> Statement | None:
    """The statement in a field's value; None where it is none. Never raises.

    >>> statement("mx.test; spf=pass smtp.mailfrom=a@b.test").methods[0].properties
    {'smtp.mailfrom': 'a@b.test'}
    """
    sections = _sections(value[:LONGEST])
    if not sections or not sections[0] or sections[0][0] in {";", "="}:
        return None
    if len(sections[0]) > 1 and sections[0][1] != "1":
        return None  # a version that nobody knows (section 2.2)
    methods = [_method(one) for one in sections[1 : MOST_METHODS + 1]]
    return Statement(
        fold_domain(sections[0][0]), tuple([one for one in methods if one is not None])
    )


def _sections(value: str) -> list[list[str]]:
    """The words between semicolons, comments left out (RFC 5322 section 3.2.2)."""
    sections: list[list[str]] = [[]]
    place = 0
    while place < len(value):
        match = _TOKENS.match(value, place)
        if match is None:
            break
        place = match.end()
        if match[4]:
            place = _comment_end(value, place)
        elif match[1] is not None:
            sections[-1].append(_ESCAPE.sub(r"\1", match[1]))
        elif match[2] == ";":
            sections.append([])
        elif match[2] or match[3]:
            sections[-1].append(match[2] or match[3])
    return sections


def _comment_end(value: str, place: int) -> int:
    depth = 1
    while place < len(value) and depth:
        if value[place] == "\\":
            place += 1
        elif value[place] == "(":
            depth += 1
        elif value[place] == ")":
            depth -= 1
        place += 1
    return place


def _method(words: list[str]) -> Method | None:
    """`method[/version] = result [reason = value] [ptype.property = value ...]`."""
    if len(words) > 3 and words[1] == "/":  # a version with blanks around its slash
        words = [words[0], *words[3:]]
    if len(words) < 3 or words[1] != "=":
        return None
    name = words[0].partition("/")[0].lower()
    reason = ""
    properties: dict[str, str] = {}
    for place in range(3, len(words) - 2):
        if words[place + 1] != "=":
            continue
        key = words[place].lower()
        if key == "reason":
            reason = words[place + 2]
        elif "." in key:
            properties.setdefault(key, words[place + 2])
    return Method(name, words[2].lower(), reason, properties)


def authentication_of(said: Statement) -> Authentication:
    """What a server found, as our own value. What it says of other methods is left out."""
    found = Authentication(said.authserv_id, relayed=True)
    for one in said.methods:
        try:
            result = Result(one.result)
        except ValueError:
            continue
        if one.name == "spf" and found.spf is None:
            found = evolve(found, spf=_spf(one, result))
        elif one.name == "dkim" and result is not Result.NONE:
            found = evolve(found, dkim=(*found.dkim, _dkim(one, result)))
        elif one.name == "arc" and found.arc is None:
            found = evolve(found, arc=ARC(result, _domain(one, "header.d"), reason=one.reason))
        elif one.name == "dmarc" and found.dmarc is None:
            found = evolve(found, dmarc=_dmarc(one, result))
    return found


def _domain(one: Method, key: str) -> str:
    return fold_domain(one.properties.get(key, "").rpartition("@")[2])


def _spf(one: Method, result: Result) -> SPF:
    helo = "smtp.mailfrom" not in one.properties and "smtp.helo" in one.properties
    return SPF(result, _domain(one, "smtp.helo" if helo else "smtp.mailfrom"), helo, one.reason)


def _dkim(one: Method, result: Result) -> DKIM:
    domain = _domain(one, "header.d") or _domain(one, "header.i")
    get = one.properties.get
    return DKIM(result, domain, get("header.s", ""), get("header.a", ""), one.reason)


def _dmarc(one: Method, result: Result) -> DMARC:
    policy = one.properties.get("policy.dmarc", "").lower() or None
    passed = result is Result.PASS
    return DMARC(
        result, _domain(one, "header.from"), policy, passed, "relay" if passed else "", one.reason
    )


def trusted(head: Sequence[Field], ids: Collection[str], hops: int = 1) -> Authentication | None:
    """What the relay that handed us the letter says of it; None where it says nothing.

    `ids` are the servers trusted, `hops` is how many Received fields they write. Whatever stands
    below those came with the letter and is not looked at; nor is what stands below the first run
    of trusted fields. What is said first of a method counts.
    """
    names = {fold_domain(one) for one in ids}
    said: list[Statement] = []
    received = 0
    for each in head:
        if each.key == b"received":
            received += 1
            if received > hops:
                break
        one = None
        if each.key == FIELD:
            one = statement(each.value.decode("utf-8", "replace"))
        if one is not None and one.authserv_id in names:
            said.append(one)
        elif said:
            break
    if not said:
        return None
    methods = [method for one in said for method in one.methods]
    return authentication_of(Statement(said[0].authserv_id, tuple(methods)))
