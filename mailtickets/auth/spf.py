"""SPF (RFC 7208): may this peer send for that domain? pyspf decides, we ask the DNS for it.

pyspf is from 2020 and asks by a function of its module, without our resolver or a deadline. Its
`dns` method is the one door to the DNS, and is replaced here; the limits of section 4.6.4 (ten
terms that ask, two void look-ups, ten MX) stay its own and are counted for it.
"""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Protocol

import spf  # type: ignore[import-untyped]

from mailtickets.auth.names import Record, Unanswered
from mailtickets.mail.authentication import SPF, Result

_REASONS = {
    Result.FAIL: "this host may not send for the domain",
    Result.PERMERROR: "the domain's SPF record cannot be used",
    Result.TEMPERROR: "the DNS does not answer",
}
POINTERS = 10
VOID = 2
"""Look-ups that find nothing, at most (RFC 7208 section 4.6.4)."""


class Asked(Protocol):
    """Who is asked about names: `mailtickets.auth.names.Names`."""

    def query(self, name: str, kind: str, until: float | None = None) -> tuple[Record, ...]:
        """The records of a name. Raises Unanswered."""


class Query(spf.query):  # type: ignore[misc]
    """pyspf's question, with our way to the DNS."""

    def __init__(self, names: Asked, until: float | None, **given: Any) -> None:
        super().__init__(**given)
        self._names = names
        self._until = until

    def dns(
        self,
        name: str,
        qtype: str,
        cnames: Any = None,  # noqa: ARG002
        ignore_void: bool = False,
    ) -> list[Any]:
        """pyspf's: the records of a name. Raises pyspf's errors."""
        name = str(name).removesuffix(".").lower()
        if not name or not all(0 < len(label) < 64 for label in name.split(".")):
            return []
        try:
            found = self._names.query(name, qtype, self._until)
        except Unanswered as why:
            raise spf.TempError("DNS") from why
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > VOID:
                raise spf.PermError("void look-ups")
        return list(found)

    def validated_ptrs(self) -> list[str]:
        """pyspf's: the names of the peer that lead back to it (RFC 7208 section 5.5).

        A name that nobody answers for is passed over; pyspf would give up for it.
        """
        found: list[str] = []
        try:
            for name in self.dns_ptr(self.i)[:POINTERS]:
                with suppress(spf.TempError):
                    if self.cidrmatch(self.dns_a(name, self.A), self.cidrmax):
                        found.append(name)
        except spf.TempError:
            return []
        return found


def check_spf(
    names: Asked, *, address: str, helo: str, sender: str, receiver: str, until: float | None = None
) -> SPF:
    """Whether the peer at `address` may send for `sender`, or for `helo` where it is empty.

    It blocks. It never raises: what nobody foresaw in a record is `permerror`.
    """
    null = not sender
    domain = helo if null else sender.rpartition("@")[2]
    if null and (not domain or "." not in domain or domain.startswith("[")):
        return SPF(Result.NONE, domain, helo=True)
    try:
        ip_address(address)
        query = Query(names, until, i=address, s=sender, h=helo or "unknown", receiver=receiver)
        said, _, _ = query.check()
        result = Result(said)
    except Exception:  # a record that pyspf stumbles over
        result = Result.PERMERROR
    return SPF(result, domain, helo=null, reason=_REASONS.get(result, ""))
