"""MTA-STS: a domain says that its mail wants TLS, and which hosts may have it (RFC 8461)."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from attrs import asdict, frozen
from twisted.logger import Logger

from mailtickets.errors import Temporary

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
    """The policies of domains, kept in memory and in a file of the state directory.

    `now` tells seconds since 1970. `texts` asks the DNS, `fetch` gets a policy's file by HTTPS.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], float],
        texts: Callable[[str], Awaitable[list[str]]],
        fetch: Callable[[str], Awaitable[bytes]],
    ) -> None:
        self._path = path
        self._now = now
        self._texts = texts
        self._fetch = fetch
        self._known = _read(path)

    async def of(self, domain: str) -> StsPolicy | None:
        """The policy to follow for mail to `domain`, if it has one. Never raises.

        A known policy holds until its age is over, even if nobody can be asked: who cuts us off
        from the DNS shall not switch TLS off (section 10.2).
        """
        now = self._now()
        kept = self._known.get(domain)
        if kept is not None and now < kept.looked:
            return kept.policy if now < kept.until else None
        held = kept.policy if kept is not None and now < kept.until else None
        until = kept.until if kept is not None else 0.0
        found = await self._look(domain, held)
        if found is None:
            self._keep(domain, _Kept(held, until, now + REST))
            return held
        self._keep(domain, _Kept(found, now + found.max_age, now + FRESH))
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
        changed = self._known.get(domain, _Kept(None, 0, 0)).policy != kept.policy
        self._known[domain] = kept
        while len(self._known) > DOMAINS:
            del self._known[next(iter(self._known))]
        if changed:
            _write(self._path, self._known)


def _write(path: Path, known: dict[str, _Kept]) -> None:
    told = {
        domain: {"until": kept.until, "policy": asdict(kept.policy)}
        for domain, kept in known.items()
        if kept.policy is not None
    }
    beside = path.with_suffix(".new")
    try:
        beside.write_text(json.dumps(told), encoding="utf-8")
        beside.replace(path)
    except OSError:
        _log.warn("{path} cannot be written; policies are kept in memory", path=str(path))


def _read(path: Path) -> dict[str, _Kept]:
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
        return {
            domain: _Kept(
                StsPolicy(
                    Mode(one["policy"]["mode"]),
                    tuple(one["policy"]["mx"]),
                    int(one["policy"]["max_age"]),
                    str(one["policy"]["id"]),
                ),
                float(one["until"]),
                0.0,
            )
            for domain, one in told.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        _log.warn("{path} cannot be read; policies are asked for again", path=str(path))
        return {}
