"""Pages as HTML: Jinja2 templates that escape whatever they are given, under a strict policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.feed import FeedDoor
from mailtickets.helpdesk.guard import Guard
from mailtickets.helpdesk.problems import Problem
from mailtickets.interfaces import ILedger, ISpool
from mailtickets.outcomes import State

# Nothing from elsewhere, nothing inline: what a letter says cannot run, load or send anything.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LONGEST_SHOWN = 200_000
"""Characters of a comment that a page shows; the API has all of them."""


@frozen
class Surroundings:
    """What the pages show, and how they are guarded; see `mailtickets.helpdesk.site.site`."""

    book: Book | None
    feed: FeedDoor | None
    spool: ISpool
    ledger: ILedger | None
    guard: Guard
    banners: Callable[[], Sequence[str]]
    relay_set: bool
    feeds: tuple[str, ...]
    embedded: str


class Paper:
    """Fills templates in."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._has = surroundings
        self._templates = Environment(
            loader=PackageLoader("mailtickets.helpdesk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(when=when, octets=octets, shown=shown)

    async def page(
        self, request: Request, template: str, session: str | None, **values: Any
    ) -> bytes:
        """A page, with what every page has: where one is, what is wrong, what is held."""
        tally: Mapping[State, int] = {}
        if session is not None:
            tally = await self._has.spool.tally()
        return self.bare(
            request,
            template,
            signed_in=session is not None,
            form_token="" if session is None else self._has.guard.form_token(session),
            banners=list(self._has.banners()) if session is not None else [],
            held=tally.get(State.HELD, 0),
            tally=tally,
            **values,
        )

    def bare(self, request: Request, template: str, **values: Any) -> bytes:
        """A template's page as it stands."""
        common = {
            "desk": self._has.book is not None,
            "open_access": self._has.guard.open_access,
            "path": request.path.decode("ascii", "replace"),
        }
        text = self._templates.get_template(template).render(common | values)
        body = text.encode("utf-8", "replace")
        request.setHeader(b"content-type", b"text/html; charset=utf-8")
        request.setHeader(b"content-length", str(len(body)).encode())
        request.setHeader(b"content-security-policy", POLICY.encode())
        return body

    def problem(self, request: Request, problem: Problem) -> bytes:
        """A page that says what went wrong."""
        request.setResponseCode(problem.status)
        return self.bare(
            request,
            "problem.html",
            signed_in=False,
            form_token="",
            banners=[],
            held=0,
            problem=problem,
        )


def when(seconds: float | None) -> Markup:
    """A time, for people: UTC, which the page's script makes local."""
    if seconds is None:
        return Markup("")
    then = datetime.fromtimestamp(seconds, UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(
        then.isoformat(timespec="seconds"), then.strftime("%Y-%m-%d %H:%M")
    )


def octets(number: int) -> str:
    """A size, for people.

    >>> octets(5), octets(2048), octets(3_500_000)
    ('5 B', '2.0 KiB', '3.3 MiB')
    """
    if number < 1024:
        return f"{number} B"
    if number < 1024 * 1024:
        return f"{number / 1024:.1f} KiB"
    return f"{number / 1024 / 1024:.1f} MiB"


def shown(text: str) -> str:
    """As much of a text as a page shows."""
    if len(text) <= LONGEST_SHOWN:
        return text
    return text[:LONGEST_SHOWN] + "\n\n[The API has the rest of this text.]"
