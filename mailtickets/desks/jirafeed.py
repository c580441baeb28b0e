"""What changed in Jira: issues by its search, their comments with our keys, their statuses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from mailtickets.desks.adf import as_text
from mailtickets.desks.answers import document
from mailtickets.desks.api import Api, Query
from mailtickets.desks.hosted import EARLIER, Changes
from mailtickets.desks.jsons import entries, mapping_of, number_of, objects
from mailtickets.desks.once import is_mark
from mailtickets.desks.window import moment_of
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Person, Remote

PROPERTY = "mailtickets"
"""The property of a comment of ours."""
_FIELDS = "summary,status,created,updated,description,attachment"
_WAITING = frozenset({"pending", "on hold", "waiting for customer"})
_SPOKEN = re.compile(r"\A(?:([^\n<>]{1,200}) <([^\s<>]{1,320})>|([^\s<>:]{1,320})):\n")


def status_of(found: Mapping[str, Any]) -> str:
    """A status, as it is called here: by its name, and by Jira's own three kinds."""
    name = str(found.get("name") or found.get("status") or "").lower()
    category = found.get("statusCategory")
    kind = category.get("key") if isinstance(category, Mapping) else category
    if name == "closed":
        return "closed"
    if str(kind).lower() == "done":
        return "resolved"
    return "pending" if name in _WAITING else "open"


class JiraFeed:
    """Reads the issues of one project."""

    def __init__(self, api: Api, project: str) -> None:
        self._api = api
        self._project = project

    async def issues(
        self, what: str, since: int, key_field: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Issues whose time `what` is since a time, the earliest first; some earlier ones, too.

        JQL knows minutes, and absolute times in the user's own zone; so it is asked for an age.
        """
        age = (self._api.clock - since + EARLIER) // 60_000 + 1
        aged = f" AND {what} >= -{age}m" if since > 0 else ""
        query = [
            ("jql", f'project = "{self._project}"{aged} ORDER BY {what} ASC'),
            ("fields", f"{_FIELDS},{key_field}"),
            ("maxResults", "100"),
        ]
        pages = self._api.walk("rest", "api", "3", "search", "jql", query=query, following=_next)
        async for page in pages:
            for one in entries(page, "issues"):
                yield one

    async def comments(
        self, issue: str, us: str
    ) -> AsyncIterator[tuple[Mapping[str, Any], str | None]]:
        """The comments of a request, each with the key by which we wrote it; none of no request."""
        path = ("rest", "servicedeskapi", "request", issue, "comment")
        query = [("expand", "attachment,renderedBody"), ("limit", "100")]
        pages = self._api.walk(*path, query=query, following=following)
        async for page in pages:
            told = entries(page, "values")
            if not told:
                return
            asked = {"ids": [number_of(one.get("id")) for one in told]}
            listed = await self._api.write(
                "POST",
                *("rest", "api", "3", "comment", "list"),
                query=[("expand", "properties")],
                told=asked,
            )
            if not listed.good:
                raise self._api.trouble(listed, named=False)
            kept = {str(one.get("id")): one for one in entries(document(listed), "values")}
            for one in told:
                more = kept.get(str(one.get("id")), {})
                author = mapping_of(one.get("author") or {})
                key = _key_of(more) if author.get("accountId") == us else None
                yield {**one, "document": more.get("body")}, key

    async def changed(self, since: int, key_field: str, us: str) -> Changes:
        """As `hosted.Hosted.changed`."""
        found: list[Event] = []
        reached = 0
        async for one in self.issues("updated", since, key_field):
            issue, fields = str(one.get("key")), mapping_of(one.get("fields"))
            updated = moment_of(fields.get("updated"))
            reached = max(reached, updated)
            key = fields.get(key_field)
            if updated < since or not is_mark(key):
                continue
            number = issue.rpartition("-")[2]
            if moment_of(fields.get("created")) >= since:
                found.append(_opening(number, fields, str(key)))
            async for said, mark in self.comments(issue, us):
                found.append(_commented(number, said, mark))
            found += await self._statuses(issue, number)
        return Changes(found, reached)

    async def _statuses(self, issue: str, ticket: str) -> list[Event]:
        """Every status that a request has had, but for its first."""
        path = ("rest", "servicedeskapi", "request", issue, "status")
        told = [
            one
            async for page in self._api.walk(*path, following=following)
            for one in entries(page, "values")
        ]
        timed = sorted(
            (_created(one.get("statusDate")), number, one) for number, one in enumerate(told)
        )
        return [
            Event(
                id=f"s{ticket}-{moment_of(at)}",
                cursor="",
                kind=Kind.STATUS_CHANGED,
                ticket=ticket,
                status=status_of(one),
                created=at,
            )
            for at, _, one in timed[1:]
        ]

    def requester(self, fields: Mapping[str, Any], *, ours: bool) -> Person:
        """Who wrote a request; one that we raised ourselves begins with its requester."""
        reporter = mapping_of(fields.get("reporter") or {})
        if ours:
            spoken = _SPOKEN.match(as_text(fields.get("description")))
            if spoken is not None:
                return Person(spoken[1] or "", spoken[2] or spoken[3])
        name, address = reporter.get("displayName"), str(reporter.get("emailAddress") or "")
        return Person("" if name == address else str(name or ""), address)


def _next(page: Mapping[str, Any]) -> Query | None:
    token = page.get("nextPageToken")
    return [("nextPageToken", str(token))] if token and page.get("isLast") is not True else None


def following(page: Mapping[str, Any]) -> Query | None:
    """The service desk's pages."""
    if page.get("isLastPage") is not False:
        return None
    return [("start", str(number_of(page.get("start")) + number_of(page.get("size"))))]


def _created(found: object) -> str:
    """A time of the service desk's."""
    return str(mapping_of(found).get("iso8601"))


def _key_of(comment: Mapping[str, Any]) -> str | None:
    """The key in a comment's property."""
    for one in objects(comment.get("properties") or [], "properties"):
        value = one.get("value")
        if one.get("key") == PROPERTY and isinstance(value, Mapping) and is_mark(value.get("key")):
            return str(value["key"])
    return None


def _opening(ticket: str, fields: Mapping[str, Any], key: str) -> Event:
    created = moment_of(fields.get("created"))
    files = objects(fields.get("attachment") or [], "files")
    return Event(
        id=f"i{ticket}",
        cursor="",
        kind=Kind.TICKET_OPENED,
        ticket=ticket,
        comment_id=f"i{ticket}",
        text=as_text(fields.get("description")),
        public=True,
        origin_key=key,
        attachments=tuple(
            _remote(one) for one in files if moment_of(one.get("created")) <= created + 5000
        ),
        created=str(fields.get("created")),
    )


def _commented(ticket: str, found: Mapping[str, Any], key: str | None) -> Event:
    """A comment as an event; only what we wrote can bear our key."""
    number = str(number_of(found.get("id")))
    author = mapping_of(found.get("author") or {})
    rendered = mapping_of(found.get("renderedBody") or {}).get("html")
    files = mapping_of(found.get("attachments") or {}).get("values")
    said = found.get("document")
    return Event(
        id=f"c{number}",
        cursor="",
        kind=Kind.COMMENT_ADDED,
        ticket=ticket,
        author=Person(str(author.get("displayName") or ""), "") if author else None,
        comment_id=number,
        text=as_text(said if said is not None else found.get("body")),
        html=rendered if isinstance(rendered, str) and rendered and key is None else None,
        public=found.get("public") is True,
        origin_key=key,
        attachments=tuple(_remote(one) for one in objects(files or [], "files")),
        created=_created(found.get("created")),
    )


def _remote(found: Mapping[str, Any]) -> Remote:
    """A file, as the platform names it, or as the service desk does, by its address alone."""
    links = mapping_of(found.get("_links") or {})
    number = found.get("id") or str(links.get("jiraRest")).rpartition("/")[2]
    return Remote(
        str(number_of(number)),
        str(found.get("filename") or "attachment"),
        str(found.get("mimeType") or "application/octet-stream").lower(),
        number_of(found.get("size") or 0),
    )
