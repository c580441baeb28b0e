"""How far each feed has been read, and which gateway reads it."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select, update

from mailtickets.db.prepared import upserting
from mailtickets.db.schema import feeds
from mailtickets.errors import Temporary
from mailtickets.slips import Advance
from mailtickets.store.clock import StoreClock

LEASE = 15.0
"""Seconds for which a gateway follows a feed without saying so again."""


class Following:
    """Moves cursors, for the gateway that follows the feed."""

    def __init__(self, dialect: str, owner: str, clock: StoreClock) -> None:
        self._dialect = dialect
        self._owner = owner
        self._clock = clock

    def advance(self, connection: Connection, advance: Advance) -> None:
        """Move a feed's cursor. Raises Temporary when another gateway follows it now."""
        moved = connection.execute(
            update(feeds)
            .where(
                feeds.c.feed == advance.feed,
                or_(feeds.c.follower.is_(None), feeds.c.follower == self._owner),
            )
            .values(cursor=advance.cursor)
        )
        if moved.rowcount:
            return
        added = connection.execute(
            upserting(feeds, self._dialect)
            .values(feed=advance.feed, cursor=advance.cursor)
            .on_conflict_do_nothing()
            .returning(feeds.c.feed)
        )
        if added.first() is None:
            raise Temporary("3.0", "Another gateway follows this feed")

    def follow(self, connection: Connection, feed: str) -> bool:
        """Become, or go on being, the one that follows `feed`; False when another one is."""
        now = self._clock.at(connection)
        connection.execute(
            upserting(feeds, self._dialect).values(feed=feed).on_conflict_do_nothing()
        )
        taken = connection.execute(
            update(feeds)
            .where(
                feeds.c.feed == feed,
                or_(
                    feeds.c.follower.is_(None),
                    feeds.c.follower == self._owner,
                    feeds.c.followed_until < now,
                ),
            )
            .values(follower=self._owner, followed_until=now + LEASE)
        )
        return bool(taken.rowcount)

    def renew(self, connection: Connection) -> None:
        """Go on following what we follow, if nobody else does by now."""
        now = self._clock.at(connection)
        connection.execute(
            update(feeds).where(feeds.c.follower == self._owner).values(followed_until=now + LEASE)
        )

    def leave(self, connection: Connection) -> None:
        """Follow nothing any more."""
        connection.execute(
            update(feeds)
            .where(feeds.c.follower == self._owner)
            .values(follower=None, followed_until=None)
        )


def cursor_of(connection: Connection, feed: str) -> str | None:
    """How far a feed has been read; None when it never was."""
    return connection.execute(
        select(feeds.c.cursor).where(feeds.c.feed == feed)
    ).scalar_one_or_none()
