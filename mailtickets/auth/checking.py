"""Who sent this letter? SPF, DKIM, ARC and DMARC are asked together, in threads, by a deadline.

The letter is read once, piece by piece: its head, and the hashes of its body that signatures need.
Then three questions wait for the DNS side by side: may the peer send for the sender's domain, do
the signatures hold, what does From's domain want. What has no answer by the deadline is
`temperror`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, TypeVar

from attrs import evolve, frozen
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from mailtickets.auth import dmarc
from mailtickets.auth.chain import Chain, verify_chain
from mailtickets.auth.keys import Unusable
from mailtickets.auth.names import Names, Unanswered
from mailtickets.auth.reading import Reading, Wanted, head_of, read, taken
from mailtickets.auth.signatures import (
    said_of,
    verify,
)
from mailtickets.auth.spf import check_spf
from mailtickets.interfaces import IAuthenticates, IMeter
from mailtickets.mail.authentication import ARC, DKIM, DMARC, SPF, Authentication, Result
from mailtickets.mail.authresults import statement, trusted
from mailtickets.mail.envelope import Envelope, Letter
from mailtickets.mail.mailbox import printed
from mailtickets.outcomes import Accept, Postpone, Refuse, Verdict

LATE = "there was no answer in time"
One = TypeVar("One")

Network = IPv4Network | IPv6Network
OnePolicy = dmarc.Policy | Unanswered | None


@frozen
class Options:
    """What the settings ask for (docs/authentication.md). Times are in seconds."""

    authserv_id: str
    spf: bool = True
    dkim: bool = True
    arc: bool = True
    dmarc: bool = True
    timeout: float = 10.0
    postpone: bool = False
    dmarc_reject: bool = False
    trusted_ids: tuple[str, ...] = ()
    trusted_relays: tuple[Network, ...] = ()
    relay_hops: int = 1
    sealers: frozenset[str] = frozenset()
    unasked: tuple[Network, ...] = ()


@implementer(IAuthenticates)
class Authenticator:
    """See `mailtickets.interfaces.IAuthenticates`."""

    def __init__(
        self,
        options: Options,
        *,
        names: Names,
        suffixes: dmarc.Suffixes,
        reactor: Any,
        pool: ThreadPool,
        meter: IMeter,
        log: Logger,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._options = options
        self._names = names
        self._suffixes = suffixes
        self._reactor = reactor
        self._pool = pool
        self._meter = meter
        self._log = log
        self._now = now
        # A connection's letters come from one peer.
        self._trusted = lru_cache(maxsize=256)(partial(_within, networks=options.trusted_relays))
        self._asks = lru_cache(maxsize=256)(partial(_asked, unasked=options.unasked))
        self._wanted = Wanted(dkim=options.dkim, arc=options.arc)

    async def authenticate(self, letter: Letter) -> Authentication | None:
        """What is found out by the deadline; None where nobody looks."""
        options, peer = self._options, letter.envelope.peer
        relay = self._trusted(peer.address)
        if options.trusted_ids and relay:
            found = await self._relayed(letter)
            if found is not None:
                return found
        if peer.user is not None or not self._asks(peer.address):
            return None
        if not (options.spf or options.dkim or options.arc or options.dmarc):
            return None
        began = self._reactor.seconds()
        found = await self._checked(letter, relay=relay)
        self._meter.observe("authentication_seconds", self._reactor.seconds() - began)
        if found.dmarc is not None:
            self._meter.count("authenticated", dmarc=found.dmarc.result.value)
        return found

    def judge(self, authentication: Authentication) -> Verdict:
        """Accept, Refuse (5.7.26) or Postpone (4.4.3), as the settings ask."""
        found = authentication.dmarc
        if authentication.relayed or (found is not None and found.result is Result.PASS):
            return Accept()
        if found is not None and found.result is Result.FAIL and found.policy == "reject":
            if self._options.dmarc_reject:
                # RFC 7372 section 3.2 gives the status to whom no check passes.
                return Refuse(
                    "The domain in From asks for this letter to be refused (DMARC)", "7.26"
                )
        elif self._options.postpone and _undecided(authentication):
            return Postpone("The DNS does not say now who sent this letter", "4.3")
        return Accept()

    # -- a relay's word

    async def _relayed(self, letter: Letter) -> Authentication | None:
        reading = taken(await head_of(letter.octets))
        found = trusted(reading.head, self._options.trusted_ids, self._options.relay_hops)
        if found is None or found.dmarc is None:
            return found
        if dmarc.authors(reading.authors) != [found.dmarc.domain]:
            return evolve(found, dmarc=None)  # it speaks of another author than the letter does
        return found

    # -- our own checks

    async def _checked(self, letter: Letter, *, relay: bool) -> Authentication:
        options = self._options
        until = time.monotonic() + options.timeout
        reading = await read(letter.octets, self._wanted, self._in_thread)
        envelope = letter.envelope
        nobody: SPF | None = None
        asking_spf = options.spf and not relay
        spf_job = (
            self._aside(SPF(Result.TEMPERROR, reason=LATE), until, self._spf, envelope, until)
            if asking_spf
            else _given(nobody)
        )
        dkim_late = tuple([said_of(one, _LATE) for one in reading.signatures])
        dkim_job = self._aside(dkim_late, until, self._dkim, reading, until)
        arc_job = (
            self._aside(
                ARC(Result.TEMPERROR, reason=LATE), until, self._arc, reading.chain, reading, until
            )
            if isinstance(reading.chain, Chain)
            else _given(reading.chain)
        )
        authors = dmarc.authors(reading.authors)[: dmarc.MOST_AUTHORS + 1]
        unanswered: list[OnePolicy] = [Unanswered("")] * len(authors)
        policies_job = (
            self._aside(unanswered, until, self._policies, authors, until)
            if options.dmarc and len(authors) <= dmarc.MOST_AUTHORS
            else _given([])
        )
        found = Authentication(
            options.authserv_id,
            spf=await spf_job,
            dkim=await dkim_job,
            arc=self._trust(await arc_job),
        )
        policies = await policies_job
        if not options.dmarc:
            return found
        return evolve(found, dmarc=self._dmarc(authors, policies, found, reading))

    def _aside(
        self, late: One, until: float, call: Callable[..., One], *arguments: Any
    ) -> Deferred[One]:
        """Run `call` in a thread; `late` when it has not ended in time, or went wrong."""
        running: Deferred[One] = deferToThreadPool(self._reactor, self._pool, call, *arguments)
        running.addTimeout(max(0.1, until - time.monotonic()) + 0.2, self._reactor)

        def wrong(why: Any) -> One:
            if not why.check(DeferredTimeoutError):
                self._log.failure("a sender could not be checked", failure=why)
            return late

        running.addErrback(wrong)
        return running

    def _in_thread(self, call: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        return deferToThreadPool(self._reactor, self._pool, call, *arguments)

    def _spf(self, envelope: Envelope, until: float) -> SPF:
        return check_spf(
            self._names,
            address=envelope.peer.address,
            helo=envelope.peer.helo,
            sender=printed(envelope.sender),
            receiver=self._options.authserv_id,
            until=until,
        )

    def _dkim(self, reading: Reading, until: float) -> tuple[DKIM, ...]:
        now = self._now()
        return tuple(
            [
                verify(self._names, one, reading.head, reading.bodies, reading.sizes, now, until)
                for one in reading.signatures
            ]
        )

    def _arc(self, chain: Chain, reading: Reading, until: float) -> ARC:
        return verify_chain(self._names, chain, reading.head, reading.bodies, self._now(), until)

    def _trust(self, arc: ARC | None) -> ARC | None:
        if arc is None or arc.result is not Result.PASS:
            return arc
        return evolve(arc, trusted=arc.sealer in self._options.sealers)

    def _policies(self, authors: Sequence[str], until: float) -> list[OnePolicy]:
        found: list[OnePolicy] = []
        for domain in authors:
            try:
                found.append(dmarc.find_policy(self._names, self._suffixes, domain, until))
            except Unanswered as why:
                found.append(why)
        return found

    def _dmarc(
        self,
        authors: Sequence[str],
        policies: Sequence[OnePolicy],
        found: Authentication,
        reading: Reading,
    ) -> DMARC:
        if not authors:
            return DMARC(Result.NONE, reason="no author is named")
        if len(authors) > dmarc.MOST_AUTHORS:
            return DMARC(Result.PERMERROR, authors[0], reason="From names too many domains")
        known = dmarc.Found(found.spf, found.dkim)
        each = [
            dmarc.decide(self._suffixes, domain, policy, known)
            for domain, policy in zip(authors, policies, strict=True)
        ]
        one = dmarc.worst(each)
        vouched = (
            one.result is Result.FAIL and len(authors) == 1 and self._vouched(one, found, reading)
        )
        if not vouched:
            return one
        return evolve(
            one, result=Result.PASS, aligned=True, by="arc", reason="a trusted sealer found it so"
        )

    def _vouched(self, one: DMARC, found: Authentication, reading: Reading) -> bool:
        """Whether a trusted sealer saw this author pass, before it altered the letter."""
        if found.arc is None or not found.arc.trusted or not isinstance(reading.chain, Chain):
            return False
        said = statement(reading.chain.stated)
        return said is not None and any(
            method.name == "dmarc"
            and method.result == "pass"
            and method.properties.get("header.from", "").lower() == one.domain
            for method in said.methods
        )


def _undecided(authentication: Authentication) -> bool:
    """Whether a later try may find otherwise where it matters; DMARC has looked at the rest."""
    if authentication.dmarc is None:
        return authentication.unknown
    return authentication.dmarc.result is Result.TEMPERROR


_LATE = Unusable(Result.TEMPERROR, LATE)


async def _as_given(value: One) -> One:
    return value


def _given(value: One) -> Deferred[One]:
    return ensureDeferred(_as_given(value))


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        literal = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    literal = getattr(literal, "ipv4_mapped", None) or literal
    return any(literal.version == one.version and literal in one for one in networks)


def _asked(address: str, unasked: tuple[Network, ...]) -> bool:
    """Whether the DNS is asked about a letter from there: not for a socket, nor on loopback."""
    try:
        ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return not _within(address, unasked)
