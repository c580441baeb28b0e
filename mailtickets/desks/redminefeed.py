"""Redmine's feed: issues by the time of their last change, and each one's journals by number."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from mailtickets.desks.answers import loud
from mailtickets.desks.gaps import Seen
from mailtickets.desks.jsons import entries, mapping_of, number_of, objects
from mailtickets.desks.polling import Page
from mailtickets.errors import Temporary
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Person, Remote

PER_PAGE = 100
MOST_PAGES = 200
"""Pages of changed issues that are read in one go: 20,000 issues."""
OVERLAP = 2.0
"""Seconds: times are whole seconds, and an issue may be seen a moment after its time."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_KEY = re.compile(r"[0-9a-f]{64}\Z")

Ask = Callable[..., Awaitable[Any]]
"""GET, by the segments of a path and `query=`; the JSON. Raises Temporary."""


@frozen
class Place:
    """How far the feed was read: the latest change, the issues and the journals told."""

    since: str = ""
    issues: Seen = Seen()
    journals: Seen = Seen()

    @classmethod
    def read(cls, cursor: str | None) -> Place:
        """What a cursor means; None is the beginning. Raises Temporary, loud."""
        if cursor is None:
            return cls()
        since, _, rest = cursor.partition("/")
        issues, _, journals = rest.partition("/")
        if since and not _TIME.match(since):
            raise Temporary("3.5", "The feed's cursor is not one of this desk's", loud=True)
        return cls(since, Seen.read(issues or "0"), Seen.read(journals or "0"))

    @property
    def text(self) -> str:
        """As a cursor."""
        return f"{self.since}/{self.issues.text}/{self.journals.text}"


@frozen
class _Change:
    """Something that happened: the opening of an issue, or one of its journals."""

    at: str
    journal: int
    issue: Mapping[str, Any]
    entry: Mapping[str, Any] | None = None

    @property
    def order(self) -> tuple[str, int, int]:
        """By time, an opening before what follows in its second."""
        return (self.at, self.journal, number_of(self.issue.get("id")))


class RedmineFeed:
    """Reads what changed in some projects."""

    def __init__(
        self, ask: Ask, projects: Collection[str], key_field: int, entry_field: int
    ) -> None:
        self._ask = ask
        self._projects = frozenset(projects)
        self._key_field = key_field
        self._entry_field = entry_field
        self._ids: dict[str, int] = {}
        self._statuses: dict[int, tuple[str, bool]] = {}

    async def ours(self, issue: Mapping[str, Any]) -> bool:
        """Whether an issue is in a project of ours."""
        project = number_of(mapping_of(issue.get("project")).get("id"))
        for name in self._projects - self._ids.keys():
            found = mapping_of(await self._ask("projects", f"{name}.json"))
            self._ids[name] = number_of(mapping_of(found.get("project")).get("id"))
        return project in self._ids.values()

    async def status_of(self, number: Any) -> str:
        """A status in our words: closed, or as Redmine names it."""
        known = number_of(number)
        if known not in self._statuses:
            for one in entries(await self._ask("issue_statuses.json"), "issue_statuses"):
                name = str(one.get("name", "")).lower()
                self._statuses[number_of(one.get("id"))] = (name, bool(one.get("is_closed")))
        name, closed = self._statuses.get(known, ("open", False))
        return "closed" if closed else name

    async def end(self) -> str:
        """The cursor of now."""
        latest, journal, issue = "", 0, 0
        for project in sorted(self._projects):
            found = await self._listed(project, "", "updated_on:desc", 0, 25)
            for one in found:
                whole = await self._whole(one)
                at, numbers = _time(one.get("updated_on")), self._journals(whole)
                latest, journal = max(latest, at), max([journal, *numbers])
                if at < latest:
                    break
            newest = await self._listed(project, "", "id:desc", 0, 1)
            issue = max([issue, *(number_of(one.get("id")) for one in newest)])
        return Place(latest, Seen(issue), Seen(journal)).text

    def _journals(self, issue: Mapping[str, Any]) -> list[int]:
        return [number_of(one.get("id")) for one in objects(issue.get("journals"), "journals")]

    async def page(self, after: str | None) -> Page:
        """What came after a cursor, all of it: journals of one poll are told in their order."""
        place = Place.read(after)
        changes: list[_Change] = []
        latest = place.since
        for project in sorted(self._projects):
            for number in range(MOST_PAGES):
                found = await self._listed(
                    project, place.since, "updated_on,id", number * PER_PAGE, PER_PAGE
                )
                for one in found:
                    latest = max(latest, _time(one.get("updated_on")))
                    changes += self._changes(await self._whole(one), place)
                if len(found) < PER_PAGE:
                    break
        events = []
        for change in sorted(changes, key=lambda one: one.order):
            place = self._after(place, change, latest)
            event = await self._event(change, place.text)
            if event is not None:
                events.append(event)
        return Page(events, place.text)

    def _after(self, place: Place, change: _Change, latest: str) -> Place:
        """The place after a change. Its time moves on with the last change's, not further."""
        since = max(place.since, min(change.at, latest))
        if change.entry is None:
            number = number_of(change.issue.get("id"))
            return Place(since, place.issues.told(number), place.journals)
        return Place(since, place.issues, place.journals.told(change.journal))

    def _changes(self, issue: Mapping[str, Any], place: Place) -> list[_Change]:
        """What is new in an issue."""
        number = number_of(issue.get("id"))
        made: list[_Change] = []
        if place.issues.new([number]):
            made.append(_Change(_time(issue.get("created_on")), 0, issue))
        journals = {number_of(one.get("id")): one for one in objects(issue.get("journals"))}
        made += [
            _Change(_time(journals[one].get("created_on")), one, issue, journals[one])
            for one in place.journals.new(journals)
        ]
        return made

    async def _event(self, change: _Change, cursor: str) -> Event | None:
        ticket = str(number_of(change.issue.get("id")))
        entry = change.entry
        if entry is None:
            return Event(
                id=f"i{ticket}",
                cursor=cursor,
                kind=Kind.TICKET_OPENED,
                ticket=ticket,
                author=_person(change.issue.get("author")),
                comment_id=f"i{ticket}",
                text=str(change.issue.get("description") or ""),
                public=True,
                origin_key=value_of(change.issue, self._key_field) or None,
                attachments=self._files(change.issue, _first_files(change.issue)),
                created=change.at,
            )
        notes = str(entry.get("notes") or "")
        status = _status_in(entry)
        files = _files_in(entry)
        if not notes and not files:
            if status is None:
                return None
            return Event(
                id=f"j{change.journal}",
                cursor=cursor,
                kind=Kind.STATUS_CHANGED,
                ticket=ticket,
                author=_person(entry.get("user")),
                status=await self.status_of(status),
                created=change.at,
            )
        mark = marked(entry, self._entry_field)
        return Event(
            id=f"j{change.journal}",
            cursor=cursor,
            kind=Kind.COMMENT_ADDED,
            ticket=ticket,
            author=_person(entry.get("user")),
            comment_id=str(change.journal),
            text=notes,
            public=not entry.get("private_notes"),
            origin_key=mark or None,
            attachments=self._files(change.issue, files),
            created=change.at,
        )

    def _files(self, issue: Mapping[str, Any], wanted: Collection[int]) -> tuple[Remote, ...]:
        return tuple(
            Remote(
                str(number_of(one.get("id"))),
                str(one.get("filename") or "attachment"),
                str(one.get("content_type") or "application/octet-stream"),
                number_of(one.get("filesize")),
            )
            for one in objects(issue.get("attachments") or [], "attachments")
            if number_of(one.get("id")) in wanted
        )

    async def _listed(
        self, project: str, since: str, sort: str, offset: int, limit: int
    ) -> list[Mapping[str, Any]]:
        """Issues of a project, changed at or after a time."""
        query = [
            ("project_id", project),
            ("subproject_id", "!*"),
            ("status_id", "*"),
            ("sort", sort),
            ("offset", str(offset)),
            ("limit", str(limit)),
        ]
        if since:
            query.append(("updated_on", f">={_earlier(since)}"))
        return entries(await self._ask("issues.json", query=query), "issues")

    async def _whole(self, issue: Mapping[str, Any]) -> Mapping[str, Any]:
        """An issue with its journals and attachments."""
        number = number_of(issue.get("id"))
        query = [("include", "journals,attachments")]
        found = mapping_of(await self._ask("issues", f"{number}.json", query=query))
        return mapping_of(found.get("issue"))


def value_of(issue: Mapping[str, Any], number: int) -> str:
    """The value of a custom field, or empty."""
    for one in objects(issue.get("custom_fields") or [], "custom_fields"):
        if one.get("id") == number and isinstance(one.get("value"), str):
            return str(one["value"])
    return ""


def marked(journal: Mapping[str, Any], entry_field: int) -> str:
    """The key that a journal writes into the entry field, or empty."""
    for one in objects(journal.get("details") or [], "details"):
        if one.get("property") == "cf" and str(one.get("name")) == str(entry_field):
            value = str(one.get("new_value") or "")
            return value if _KEY.match(value) else ""
    return ""


def _status_in(journal: Mapping[str, Any]) -> Any:
    for one in objects(journal.get("details") or [], "details"):
        if one.get("property") == "attr" and one.get("name") == "status_id":
            return one.get("new_value")
    return None


def _files_in(journal: Mapping[str, Any]) -> frozenset[int]:
    return frozenset(
        number_of(one.get("name"))
        for one in objects(journal.get("details") or [], "details")
        if one.get("property") == "attachment" and one.get("new_value")
    )


def _first_files(issue: Mapping[str, Any]) -> frozenset[int]:
    """The files that came with the issue itself, and not with a journal."""
    later = [_files_in(one) for one in objects(issue.get("journals") or [], "journals")]
    every = [number_of(one.get("id")) for one in objects(issue.get("attachments") or [])]
    return frozenset(every).difference(*later)


def _person(found: Any) -> Person | None:
    name = mapping_of(found).get("name") if found is not None else None
    return Person(name, "") if isinstance(name, str) and name else None


def _time(found: Any) -> str:
    """A time as Redmine tells it. Raises Temporary, loud."""
    if not isinstance(found, str) or not _TIME.match(found):
        raise loud("The desk's answer cannot be understood: a time is none")
    return found


def _earlier(since: str) -> str:
    moment = datetime.fromisoformat(since) - timedelta(seconds=OVERLAP)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
