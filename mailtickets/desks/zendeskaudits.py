"""What Zendesk's audits tell: comments, changes of status, and the key of what we wrote. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailtickets.desks.jsons import entries, number_of
from mailtickets.desks.once import is_mark
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Person, Remote

KEY = "mailtickets"
"""The name of our key in an audit's metadata; the requester's, where Zendesk knows none."""
REQUESTER = "mailtickets_requester"
_STATES = {"solved": "resolved", "hold": "pending", "new": "open"}


def apart(text: str) -> str:
    """The text with double braces held apart, for Zendesk fills in what stands between them.

    What parts them is not seen, and not there any more once `together` has read it.
    """
    return text.replace("{{", "{\u2060{").replace("{%", "{\u2060%")


def together(text: str) -> str:
    """What was held apart."""
    return text.replace("{\u2060", "{")


def status_of(found: object) -> str:
    """A status, as it is called here."""
    status = str(found or "open").lower()
    return _STATES.get(status, status)


def custom(audit: Mapping[str, Any], name: str = KEY) -> Any:
    """What we wrote into the metadata of an audit."""
    metadata = audit.get("metadata")
    custom = metadata.get("custom") if isinstance(metadata, Mapping) else None
    return custom.get(name) if isinstance(custom, Mapping) else None


def comment_of(audit: Mapping[str, Any]) -> str | None:
    """The comment that came with an audit: there is one at most."""
    for one in entries(audit, "events"):
        if one.get("type") == "Comment":
            return str(number_of(one.get("id")))
    return None


def told(audit: Mapping[str, Any], ticket: str, us: int, author: Person | None) -> list[Event]:
    """What an audit tells: a comment, another status."""
    found: list[Event] = []
    key = custom(audit) if audit.get("author_id") == us else None
    created = str(audit.get("created_at"))
    events = entries(audit, "events")
    opening = any(one.get("type") == "Create" for one in events)
    for one in events:
        number = str(number_of(one.get("id")))
        if one.get("type") == "Comment":
            found.append(
                Event(
                    id=f"c{number}",
                    cursor="",
                    kind=Kind.TICKET_OPENED if opening else Kind.COMMENT_ADDED,
                    ticket=ticket,
                    author=author,
                    comment_id=number,
                    text=together(str(one.get("plain_body") or one.get("body") or "")),
                    html=None if key else _html(one),
                    public=one.get("public") is True,
                    origin_key=key if is_mark(key) else None,
                    attachments=tuple(_remote(file) for file in entries(one, "attachments")),
                    created=created,
                )
            )
        elif (one.get("type"), one.get("field_name")) == ("Change", "status"):
            found.append(
                Event(
                    id=f"s{number}",
                    cursor="",
                    kind=Kind.STATUS_CHANGED,
                    ticket=ticket,
                    status=status_of(one.get("value")),
                    created=created,
                )
            )
    return found


def _html(found: Mapping[str, Any]) -> str | None:
    html = found.get("html_body")
    return html if isinstance(html, str) and html else None


def _remote(found: Mapping[str, Any]) -> Remote:
    return Remote(
        str(number_of(found.get("id"))),
        str(found.get("file_name") or "attachment"),
        str(found.get("content_type") or "application/octet-stream").lower(),
        number_of(found.get("size") or 0),
    )
