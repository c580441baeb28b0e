"""What was found out about a letter's sender: SPF, DKIM, ARC and DMARC, as values.

The words for results are those of RFC 8601 section 2.7. How they are found is told elsewhere; here
they are kept, written as JSON and printed as one Authentication-Results value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from attrs import frozen

One = TypeVar("One", "SPF", "DKIM", "ARC", "DMARC")


class Result(StrEnum):
    """What a method says (RFC 8601 section 2.7). A method knows some of these, none knows all."""

    NONE = "none"
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    POLICY = "policy"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@frozen
class SPF:
    """Whether the peer may send for a domain (RFC 7208).

    `domain` is that of MAIL FROM, or the HELO name when `helo` is true (the null reverse-path).
    """

    result: Result
    domain: str = ""
    helo: bool = False
    reason: str = ""


@frozen
class DKIM:
    """One signature (RFC 6376). `testing` is true where the key says it is not to be relied on."""

    result: Result
    domain: str = ""
    selector: str = ""
    algorithm: str = ""
    reason: str = ""
    testing: bool = False


@frozen
class ARC:
    """The chain of those who handed the letter on (RFC 8617).

    `sealer` is the domain of the latest seal, `sets` how many there are. `trusted` is true when the
    chain holds and the settings trust its latest sealer.
    """

    result: Result
    sealer: str = ""
    sets: int = 0
    reason: str = ""
    trusted: bool = False


@frozen
class DMARC:
    """Whether From's domain stands behind the letter (RFC 7489).

    `domain` is that of From. `policy` is what its owner asks for (none, quarantine or reject), None
    where nothing is published. `aligned` tells whether SPF or DKIM passed for a domain that is in
    alignment with From's, whether or not there is a policy; `by` is the method, or "arc" where a
    trusted sealer said so.
    """

    result: Result
    domain: str = ""
    policy: str | None = None
    aligned: bool = False
    by: str = ""
    reason: str = ""


@frozen
class Authentication:
    """Everything that was found. What was not looked for is None, or empty.

    `authserv_id` names who looked: us, or a relay whose word the settings trust (`relayed`).
    """

    authserv_id: str = ""
    spf: SPF | None = None
    dkim: tuple[DKIM, ...] = ()
    arc: ARC | None = None
    dmarc: DMARC | None = None
    relayed: bool = False

    @property
    def aligned(self) -> bool:
        """Whether From can be believed: its domain has a DMARC policy, and the letter meets it.

        False stands for no, and for no policy.
        """
        return self.dmarc is not None and self.dmarc.result is Result.PASS and self.dmarc.aligned

    @property
    def unknown(self) -> bool:
        """Whether the DNS did not say something that was asked, so that a later try may differ."""
        found = [self.spf, *self.dkim, self.arc, self.dmarc]
        return any(one is not None and one.result is Result.TEMPERROR for one in found)

    def __str__(self) -> str:
        """The value of an Authentication-Results field, on one line (RFC 8601 section 2.2)."""
        said = []
        if self.spf is not None:
            said.append(_spf(self.spf))
        said += [_dkim(one) for one in self.dkim]
        if self.arc is not None:
            said.append(_arc(self.arc))
        if self.dmarc is not None:
            said.append(_dmarc(self.dmarc))
        return "; ".join([_value(self.authserv_id or "localhost"), *(said or ["none"])])


def write_authentication(found: Authentication) -> dict[str, Any]:
    """It as a JSON object: what the store keeps and a desk is told. Defaults are left out.

    `aligned` and `results` (the Authentication-Results value) are for those who read it; reading it
    back takes neither.
    """
    document: dict[str, Any] = {
        "aligned": found.aligned,
        "results": str(found),
        "authserv_id": found.authserv_id,
    }
    if found.relayed:
        document["relayed"] = True
    if found.spf is not None:
        document["spf"] = _document(found.spf)
    if found.dkim:
        document["dkim"] = [_document(one) for one in found.dkim]
    if found.arc is not None:
        document["arc"] = _document(found.arc)
    if found.dmarc is not None:
        document["dmarc"] = _document(found.dmarc) | {"aligned": found.dmarc.aligned}
    return document


def read_authentication(document: object) -> Authentication | None:
    """What `write_authentication` wrote; None for anything else. Never raises."""
    if not isinstance(document, Mapping):
        return None
    dkim = document.get("dkim")
    signatures = [_read(DKIM, one) for one in dkim] if isinstance(dkim, list) else []
    return Authentication(
        authserv_id=_text(document.get("authserv_id")),
        spf=_read(SPF, document.get("spf")),
        dkim=tuple([one for one in signatures if one is not None]),
        arc=_read(ARC, document.get("arc")),
        dmarc=_read(DMARC, document.get("dmarc")),
        relayed=document.get("relayed") is True,
    )


def _document(one: SPF | DKIM | ARC | DMARC) -> dict[str, Any]:
    written: dict[str, Any] = {"result": one.result.value}
    for each in one.__attrs_attrs__:
        value = getattr(one, each.name)
        if each.name != "result" and value != each.default:
            written[each.name] = value
    return written


def _read(kind: type[One], document: object) -> One | None:
    if not isinstance(document, Mapping):
        return None
    try:
        result = Result(str(document.get("result")))
    except ValueError:
        return None
    values: dict[str, Any] = {}
    for each in kind.__attrs_attrs__:
        value = document.get(each.name)
        sort = str if each.default is None else type(each.default)
        if each.name != "result" and type(value) is sort:
            values[each.name] = value
    return kind(result, **values)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


# -- printing. Nothing that came from outside is printed but as a value.

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`{|}~]{1,255}\Z")  # RFC 2045 section 5.1
_LONGEST = 320


def _value(text: str) -> str:
    """A value: a token, or a quoted string of printable ASCII (RFC 8601 section 2.2)."""
    if _TOKEN.match(text):
        return text
    kept = "".join(char if " " <= char <= "~" else "?" for char in text[:_LONGEST])
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(method: str, result: Result, reason: str, **properties: str) -> str:
    words = [f"{method}={result.value}"]
    if reason:
        words.append(f"reason={_quoted(reason)}")
    words += [f"{key.replace('_', '.')}={_value(each)}" for key, each in properties.items() if each]
    return " ".join(words)


def _quoted(text: str) -> str:
    value = _value(text)
    return value if value.startswith('"') else f'"{value}"'


def _spf(one: SPF) -> str:
    key = "smtp_helo" if one.helo else "smtp_mailfrom"
    return _said("spf", one.result, one.reason, **{key: one.domain})


def _dkim(one: DKIM) -> str:
    return _said(
        "dkim",
        one.result,
        one.reason,
        header_d=one.domain,
        header_s=one.selector,
        header_a=one.algorithm,
    )


def _arc(one: ARC) -> str:
    return _said("arc", one.result, one.reason, header_d=one.sealer)


def _dmarc(one: DMARC) -> str:
    return _said(
        "dmarc", one.result, one.reason, header_from=one.domain, policy_dmarc=one.policy or ""
    )
