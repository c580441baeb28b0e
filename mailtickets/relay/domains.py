"""Each domain fares for itself: so many letters at a time, and a dead one is spared.

A letter for a domain that failed again and again waits without being tried, but for a probe now and
then. Else the letters for one that answers nobody would take every turn there is, and those for all
others would wait with them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping

from attrs import define, field
from twisted.internet.interfaces import IReactorTime

from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Deferred, Outcome
from mailtickets.relay.turns import Turns
from mailtickets.retry import Breaker

REMEMBERED = 10_000
"""Domains that failed last, and are remembered for it."""


@define(eq=False)
class _Domain:
    turns: Turns
    breaker: Breaker = field(factory=Breaker)
    trouble: Temporary | None = None


class Domains:
    """Sends to domains, `limit` letters at a time to each."""

    def __init__(self, clock: IReactorTime, limit: int) -> None:
        self._clock = clock
        self._limit = limit
        self._known: OrderedDict[str, _Domain] = OrderedDict()

    async def send(
        self, name: str, sending: Callable[[], Awaitable[Mapping[Mailbox, Outcome]]]
    ) -> Mapping[Mailbox, Outcome]:
        """What `sending` gives. Raises what it raises; Temporary as well while `name` is spared."""
        domain = self._domain(name)
        try:
            await domain.turns.take()
            try:
                return await self._sent(domain, sending)
            finally:
                domain.turns.give()
        finally:
            self._forget(name, domain)

    async def _sent(
        self, domain: _Domain, sending: Callable[[], Awaitable[Mapping[Mailbox, Outcome]]]
    ) -> Mapping[Mailbox, Outcome]:
        if domain.trouble is not None and not domain.breaker.room(self._clock.seconds(), 1):
            told = domain.trouble  # told anew: an exception that is kept gathers its tracebacks
            raise Temporary(told.status, told.text, loud=told.loud)
        try:
            outcomes = await sending()
        except Temporary as why:
            self._failed(domain, why)
            raise
        except Permanent:
            self._answered(domain)
            raise
        troubles = [_about_domain(one) for one in outcomes.values()]
        if troubles and troubles[0] is not None and all(troubles):
            self._failed(domain, troubles[0])
        else:
            self._answered(domain)
        return {one: _placed(outcome) for one, outcome in outcomes.items()}

    def _domain(self, name: str) -> _Domain:
        if name not in self._known:
            self._known[name] = _Domain(Turns(self._clock, self._limit, name))
        return self._known[name]

    def _failed(self, domain: _Domain, why: Temporary) -> None:
        domain.trouble = why
        domain.breaker.failed(self._clock.seconds(), why)

    def _answered(self, domain: _Domain) -> None:
        domain.trouble = None
        domain.breaker.succeeded()

    def _forget(self, name: str, domain: _Domain) -> None:
        """Whoever fared well, and the longest unheard of the others, when there are too many."""
        if domain.trouble is not None:
            self._known.move_to_end(name)
        elif not domain.turns.users:
            self._known.pop(name, None)
        if len(self._known) > REMEMBERED:
            for other, one in self._known.items():
                if not one.turns.users:
                    del self._known[other]
                    break


def _placed(outcome: Outcome) -> Outcome:
    """The outcome, that it may say nothing against other domains."""
    trouble = _about_domain(outcome)
    return outcome if trouble is None else Deferred(trouble, About.PLACE)


def _about_domain(outcome: Outcome) -> Temporary | None:
    """What an outcome says against its domain, if it does."""
    if isinstance(outcome, Deferred) and outcome.about is not About.LETTER:
        return outcome.trouble
    return None
