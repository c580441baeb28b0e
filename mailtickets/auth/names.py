"""The DNS, asked by dnspython in threads: within time limits, and with a bounded memory.

Everything here blocks and is called in threads. A name that is not there, one that cannot be and
one without such records are the same to those who ask: no records. When nobody answers, or the
answer is a failure, `Unanswered` is raised, and the name is not asked for again for a while.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from attrs import frozen

from mailtickets.mail.mailbox import fold_domain

LONGEST, SHORTEST = 3600.0, 30.0
"""Seconds an answer is believed, whatever its TTL says."""
SILENCE = 15.0
"""Seconds during which a name that nobody answered for is not asked for again."""
ENTRIES = 10_000
RECORDS = 200
"""Records of one answer that are looked at."""

Record = Any
"""A and AAAA: text; TXT: a tuple of octets; MX: (preference, host); PTR: a host."""


class Unanswered(Exception):
    """The DNS does not say: time ran out, or the servers failed."""


@frozen
class _Kept:
    until: float
    records: tuple[Record, ...] | None  # None: unanswered


class Names:
    """Asks `servers` ((address, port) each), else those of the machine's resolv.conf.

    `seconds` is the longest that one question may take.
    """

    def __init__(
        self,
        servers: Sequence[tuple[str, int]] = (),
        *,
        seconds: float = 3.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._servers = tuple(servers)
        self._seconds = seconds
        self._now = now
        self._resolver: dns.resolver.Resolver | None = None
        self._cache: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._lock = Lock()

    def query(self, name: str, kind: str, until: float | None = None) -> tuple[Record, ...]:
        """The records of a name, of `kind` A, AAAA, TXT, MX or PTR.

        It ends by `until`, which counts seconds as `time.monotonic` does. Raises Unanswered.
        """
        key = fold_domain(name).rstrip("."), kind
        now = self._now()
        with self._lock:
            kept = self._cache.get(key)
            if kept is not None:
                self._cache.move_to_end(key)
        if kept is None or kept.until <= now:
            left = self._seconds if until is None else min(self._seconds, until - now)
            if left <= 0:
                raise Unanswered(key[0])
            kept = self._ask(*key, left, now)
            # A question that had less than its time says nothing about the server.
            if kept.records is not None or left == self._seconds:
                self._keep(key, kept)
        if kept.records is None:
            raise Unanswered(key[0])
        return kept.records

    def texts(self, name: str, until: float | None = None) -> list[str]:
        """The TXT records of a name, each in one piece. Raises Unanswered."""
        return [
            b"".join(each).decode("utf-8", "replace") for each in self.query(name, "TXT", until)
        ]

    def _ask(self, name: str, kind: str, seconds: float, now: float) -> _Kept:
        try:
            whole = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return _Kept(now + SHORTEST, ())  # no such name can be
        try:
            answer = self._asking().resolve(
                whole, kind, lifetime=seconds, raise_on_no_answer=False, search=False
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
            return _Kept(now + SHORTEST, ())
        except Exception:  # refused, server failure, silence, an answer nobody can read
            return _Kept(now + SILENCE, None)
        found = list(answer.rrset or ())[:RECORDS]
        ttl = float(answer.rrset.ttl) if answer.rrset is not None else SHORTEST
        records = tuple([_record(each, kind) for each in found])
        return _Kept(now + min(LONGEST, max(SHORTEST, ttl)), records)

    def _asking(self) -> dns.resolver.Resolver:
        """Made when it is first needed: a machine without resolv.conf is no reason not to start."""
        if self._resolver is None:
            resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                resolver.nameservers = [
                    dns.nameserver.Do53Nameserver(address, port) for address, port in self._servers
                ]
            resolver.timeout = max(
                0.5, self._seconds / 2
            )  # of one server, before the next is asked
            resolver.use_edns(0, 0, 1232)
            self._resolver = resolver
        return self._resolver

    def _keep(self, key: tuple[str, str], kept: _Kept) -> None:
        with self._lock:
            self._cache[key] = kept
            self._cache.move_to_end(key)
            while len(self._cache) > ENTRIES:
                self._cache.popitem(last=False)


def _record(record: Any, kind: str) -> Record:
    if kind == "TXT":
        return tuple(record.strings)
    if kind == "MX":
        return record.preference, record.exchange.to_text(omit_final_dot=True)
    if kind == "PTR":
        return record.target.to_text(omit_final_dot=True)
    return record.address
