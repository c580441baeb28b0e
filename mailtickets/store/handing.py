"""Letters that go from hand to hand: leased as they are accepted, and never looked for.

An item that is due at once, with a courier of this gateway at leisure, need not be written as due,
found, leased and read back: the accepting transaction leases it, and the courier is given what the
store has in memory anyhow. On disk it looks as if it had been taken in that moment, so that a crash
does to it what it does to any lease.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import define, field

from mailtickets.mail.envelope import Item
from mailtickets.slips import Submission


@define(eq=False)
class Post:
    """An agent's courier: how many it has room for, and how it is given them."""

    room: Callable[[], int]
    carry: Callable[[Sequence[Item]], None]
    promised: int = 0
    ready: list[Item] = field(factory=list)


class Handing:
    """Promises a courier's room to letters on their way to the disk, and hands them over."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._posts: dict[str, Post] = {}
        self._ready: list[Post] = []

    def to(
        self, agent: str, room: Callable[[], int], carry: Callable[[Sequence[Item]], None]
    ) -> None:
        """Hand an agent's letters to `carry` while `room` says that there is some."""
        post = self._posts.setdefault(agent, Post(room, carry))
        post.room, post.carry = room, carry

    def promise(self, submissions: Sequence[Submission]) -> tuple[bool, ...]:
        """Which of the submissions have a courier's room; empty when none has."""
        if len(submissions) == 1:
            return (True,) if self._promised(submissions[0]) else ()
        promised = tuple([self._promised(one) for one in submissions])
        return promised if any(promised) else ()

    def _promised(self, one: Submission) -> bool:
        post = self._posts.get(one.agent)
        if post is None or one.terminal is not None or one.hold is not None:
            return False
        if post.room() <= post.promised:
            return False
        post.promised += 1
        return True

    def take_back(self, submissions: Iterable[Submission], promised: Sequence[bool]) -> None:
        """Take back what was promised: the letter has come, or will not."""
        for one, was in zip(submissions, promised, strict=False):
            if was:
                self._posts[one.agent].promised -= 1

    def hand(self, item: Item) -> None:
        """Give an item to its courier when the reactor's turn ends: peers are answered first."""
        post = self._posts[item.agent]
        if not post.ready:
            if not self._ready:
                self._reactor.callLater(0, self._hand)
            self._ready.append(post)
        post.ready.append(item)

    def _hand(self) -> None:
        posts, self._ready = self._ready, []
        for post in posts:
            items, post.ready = post.ready, []
            post.carry(items)
