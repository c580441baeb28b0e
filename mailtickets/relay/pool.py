"""Connections are kept for the next letter, and counted: so many to one next hop, no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import define, field
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from mailtickets.relay.targets import Limits, Target
from mailtickets.relay.turns import Turns
from mailtickets.relay.wire import Wire

LONGEST = 600.0
"""Seconds after which a connection is not used again, however busy it is."""
HOSTS = 1000
"""Next hops remembered; one with nothing open is forgotten first."""


@define(eq=False)
class _Host:
    turns: Turns
    idle: list[tuple[Wire, IDelayedCall]] = field(factory=list)


class Pool:
    """Hands out connections, kept or new."""

    def __init__(
        self,
        clock: IReactorTime,
        limits: Limits,
        connect: Callable[[Target], Awaitable[Wire]],
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._connect = connect
        self._hosts: dict[Target, _Host] = {}
        self._closed = False

    async def take(self, target: Target, *, fresh: bool = False) -> tuple[Wire, bool]:
        """A connection, and whether it carried a letter before. Raises Temporary.

        Waits for one's turn. Whoever takes one gives it back, in whatever state.
        """
        host = self._host(target)
        await host.turns.take()
        try:
            while host.idle:
                wire, call = host.idle.pop()
                call.cancel()
                if wire.idle and not fresh:
                    return wire, True
                wire.quit()
            return await self._connect(target), False
        except BaseException:
            self._leave(target, host)
            raise

    def give(self, target: Target, wire: Wire) -> None:
        """Take a connection back: it is kept while it is of use."""
        host = self._hosts[target]
        old = self._clock.seconds() - wire.opened > LONGEST
        worn = wire.letters >= self._limits.letters
        if self._closed or old or worn or not wire.idle or not self._limits.idle:
            wire.quit()
        else:
            call = self._clock.callLater(self._limits.idle, self._expire, target, wire)
            host.idle.append((wire, call))
        self._leave(target, host)

    def close(self) -> None:
        """Close what is idle, and keep nothing from now on."""
        self._closed = True
        for host in self._hosts.values():
            while host.idle:
                wire, call = host.idle.pop()
                call.cancel()
                wire.quit()

    def _host(self, target: Target) -> _Host:
        if target not in self._hosts:
            if len(self._hosts) >= HOSTS:
                self._forget()
            self._hosts[target] = _Host(Turns(self._clock, self._limits.per_host, str(target)))
        return self._hosts[target]

    def _leave(self, target: Target, host: _Host) -> None:
        host.turns.give()
        if not host.turns.users and not host.idle:
            self._hosts.pop(target, None)

    def _forget(self) -> None:
        """Close what nobody uses, the oldest first, until there is room."""
        for target, host in list(self._hosts.items()):
            if not host.turns.users:
                for wire, call in host.idle:
                    call.cancel()
                    wire.quit()
                del self._hosts[target]
                return

    def _expire(self, target: Target, wire: Wire) -> None:
        host = self._hosts.get(target)
        if host is None:
            return
        host.idle = [(one, call) for one, call in host.idle if one is not wire]
        wire.quit()
        if not host.turns.users and not host.idle:
            del self._hosts[target]
