"""MTA-STS: a domain says that its mail wants TLS, and which hosts may have it (RFC 8461)."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from attrs import asdict, frozen
from twisted.logger import Logger

from mailtickets.errors import Temporary
from mailtickets.registers import IRegister

SHELF = "mta-sts"
POLICY_OCTETS = 64 * 1024
LONGEST = 31557600  # RFC 8461 section 3.2
REST = 300.0
"""Seconds after which a policy that could not be had is asked for again (section 5.1)."""
FRESH = 3600.0
"""Seconds for which a known policy is used without looking at the DNS again."""
DOMAINS = 10_000
_FIELD = re.compile(r"\s*([A-Za-z0-9_.-]{1,64})\s*:\s*(\S{1,255})\s*\Z")
_ID = re.compile(r"v=STSv1\s*;\s*(?:.*;)?\s*id=([A-Za-z0-9]{1,32})\s*(?:;|\Z)")
_log = Logger()


class Mode(StrEnum):
    """How much a policy means (RFC 8461 section 5)."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@frozen
class StsPolicy:
    """What a domain asks of those who send to it. `id` is that of the DNS record."""

    mode: Mode
    mx: tuple[str, ...]
    max_age: int
    id: str = ""

    def allows(self, host: str) -> bool:
        """Whether the policy names this host (section 4.1).

        >>> StsPolicy(Mode.ENFORCE, ("*.x.org",), 1).allows("mx.x.org")
        True
        """
        host = host.lower().rstrip(".")
        parent = host.partition(".")[2]
        return any(
            pattern == host or (pattern.startswith("*.") and pattern[2:] == parent)
            for pattern in self.mx
        )


def policy_id(texts: list[str]) -> str | None:
    """The id of the one TXT record that says there is a policy (section 3.1)."""
    ours = [one for one in texts if one.startswith("v=STSv1")]
    found = _ID.match(ours[0]) if len(ours) == 1 else None
    return found[1] if found else None


def policy(octets: bytes, id_: str) -> StsPolicy | None:
    """The policy that a file is (section 3.2); None when it is none."""
    fields: dict[str, list[str]] = {}
    for line in octets.decode("utf-8", "replace").splitlines()[:1000]:
        found = _FIELD.match(line)
        if found:
            fields.setdefault(found[1].lower(), []).append(found[2])
    mode = fields.get("mode", [""])[0]
    age = fields.get("max_age", [""])[0]
    mx = tuple(one.lower() for one in fields.get("mx", ()))
    if fields.get("version") != ["STSv1"] or mode not in set(Mode) or not age.isdecimal():
        return None
    if mode != Mode.NONE and not mx:
        return None
    return StsPolicy(Mode(mode), mx, min(int(age), LONGEST), id_)


@frozen
class _Kept:
    policy: StsPolicy | None
    until: float
    looked: float


class Policies:
    """The policies of domains, kept in memory and in the register that gateways share.

    `now` tells seconds since 1970. `texts` asks the DNS, `fetch` gets a policy's file by HTTPS.
    Without a register they are kept in memory alone.
    """

    def __init__(
        self,
        register: IRegister | None,
        now: Callable[[], float],
        texts: Callable[[str], Awaitable[list[str]]],
        fetch: Callable[[str], Awaitable[bytes]],
    ) -> None:
        self._register = register
        self._now = now
        self._texts = texts
        self._fetch = fetch
        self._known: OrderedDict[str, _Kept] = OrderedDict()

    async def of(self, domain: str) -> StsPolicy | None:
        """The policy to follow for mail to `domain`, if it has one. Never raises.

        A known policy holds until its age is over, even if nobody can be asked: who cuts us off
        from the DNS shall not switch TLS off (section 10.2).
        """
        now = self._now()
        kept = self._known.get(domain)
        if kept is None or now >= kept.looked:
            kept = await self._shared(domain) or kept  # another gateway may have looked meanwhile
        if kept is not None and now < kept.looked:
            self._known[domain] = kept
            return kept.policy if now < kept.until else None
        held = kept.policy if kept is not None and now < kept.until else None
        until = kept.until if kept is not None else 0.0
        found = await self._look(domain, held)
        if found is None:
            self._keep(domain, _Kept(held, until, now + REST))
            return held
        fresh = _Kept(found, now + found.max_age, now + FRESH)
        self._keep(domain, fresh)
        await self._share(domain, fresh)
        return found

    async def _look(self, domain: str, held: StsPolicy | None) -> StsPolicy | None:
        try:
            id_ = policy_id(await self._texts(f"_mta-sts.{domain}"))
            if id_ is None or (held is not None and held.id == id_):
                return held if id_ else None
            found = policy(await self._fetch(domain), id_)
        except Temporary:
            return None
        except Exception:
            _log.failure("the MTA-STS policy of {domain} cannot be had", domain=domain)
            return None
        if found is None:
            _log.warn("the MTA-STS policy of {domain} cannot be read", domain=domain)
        return found

    def _keep(self, domain: str, kept: _Kept) -> None:
        self._known[domain] = kept
        self._known.move_to_end(domain)
        while len(self._known) > DOMAINS:
            self._known.popitem(last=False)

    async def _shared(self, domain: str) -> _Kept | None:
        """What the register knows; a register that cannot be read knows nothing."""
        if self._register is None:
            return None
        try:
            return _read(await self._register.read(SHELF, domain))
        except Exception:
            _log.failure("the MTA-STS policies that gateways share cannot be read")
            return None

    async def _share(self, domain: str, kept: _Kept) -> None:
        if self._register is None:
            return
        written = json.dumps(asdict(kept))
        try:
            await self._register.change(SHELF, domain, lambda _: written)
        except Exception:
            _log.failure("an MTA-STS policy is kept in memory alone")


def _read(value: str | None) -> _Kept | None:
    """What was kept; None for what cannot be read, which is then asked for again."""
    if value is None:
        return None
    try:
        one: Any = json.loads(value)
        told = one["policy"]
        mx = tuple(str(each) for each in told["mx"])
        found = StsPolicy(Mode(told["mode"]), mx, int(told["max_age"]), str(told["id"]))
        return _Kept(found, float(one["until"]), float(one["looked"]))
    except (ValueError, KeyError, TypeError):
        return None
