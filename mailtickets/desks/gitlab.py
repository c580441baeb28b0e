"""GitLab's issues by its REST API (v4): by contract, not run against the real thing.

Issues are opened confidential. Our mark and the requester stand in a hidden first line of what we
write; internal comments are internal notes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mailtickets.desks.answers import document, loud
from mailtickets.desks.api import Access, Api
from mailtickets.desks.calls import TOTAL
from mailtickets.desks.hosted import Changes, HostedDesk, access_of
from mailtickets.desks.jsons import mapping_of, number_of
from mailtickets.desks.marks import read_mark, with_mark
from mailtickets.desks.shared import is_number
from mailtickets.desks.window import moment_of, text_of
from mailtickets.desks.wording import Wording, naming
from mailtickets.errors import SettingsError
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Person, Receipt, Ticket

URL = "https://gitlab.com/api/v4"
WORDING = Wording(subject=255, text=900_000)
"""A description has 1,048,576 characters at most."""
_STATES = {"closed": "closed", "reopened": "open", "opened": "open"}


def signed(token: str) -> Mapping[str, str]:
    """GitLab's form of an access token."""
    return {"PRIVATE-TOKEN": token}


def make(settings: Mapping[str, Any], needs: Needs) -> HostedDesk:
    """A desk of kind `gitlab`. Settings: project, token or token_file, url, every.

    Raises SettingsError.
    """
    project = str(settings.get("project", ""))
    if not project.strip("/"):
        raise SettingsError("project", "GROUP/NAME as its address ends, or its number")
    access, journal, every = access_of(settings, needs, signed, url=URL)
    return HostedDesk(needs.reactor, GitLab(needs.reactor, access, project), journal, every=every)


class GitLab:
    """The issues of one project. See `hosted.Hosted`."""

    overlap = 60_000

    def __init__(
        self,
        reactor: Any,
        access: Access,
        project: str,
        *,
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.api = Api(reactor, access, now, seconds)
        self._project = ("projects", project)
        self._path = (*self._project, "issues")
        self._name = ""

    def names(self, key: str) -> bool:
        """Whether this may be the number of an issue in its project."""
        return is_number(key)

    async def _ourselves(self) -> str:
        if not self._name:
            self._name = str(mapping_of(await self.api.get("user")).get("username") or "")
        return self._name

    async def _seen(self) -> None:
        """Raise Temporary, loud, where the project is not to be seen."""
        if await self.api.found(*self._project) is None:
            raise loud("GitLab shows us no such project; may the token read it?", undone=True)

    async def make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        """As `once.Make`. Files are named in the text, and stay with the letter."""
        text = naming(WORDING.text_of(intent), WORDING.files_of(intent))
        told: dict[str, Any]
        if isinstance(intent, OpenTicket):
            body = with_mark(text, mark, intent.requester)
            told = {
                "title": WORDING.subject_of(intent),
                "description": body,
                "confidential": True,
            }
            issue = mapping_of(await self.api.made("POST", *self._path, told=told))
            return Receipt(str(number_of(issue.get("iid"))), url=str(issue.get("web_url")))
        told = {"body": with_mark(text, mark), "internal": not intent.public}
        answer = await self.api.write("POST", *self._path, intent.ticket, "notes", told=told)
        if not answer.good:
            if answer.status == 404:
                await self._seen()  # a token without rights is answered with 404 as well
            raise self.api.trouble(answer, named=True)
        return Receipt(intent.ticket, str(number_of(mapping_of(document(answer)).get("id"))))

    async def marked(
        self, intent: OpenTicket | AddComment, mark: str, since: int
    ) -> Receipt | None:
        """What bears the mark, by listing."""
        us = await self._ourselves()
        if isinstance(intent, AddComment):
            async for one in self._notes(intent.ticket):
                if _login(one) == us and read_mark(str(one.get("body") or "")).mark == mark:
                    return Receipt(intent.ticket, str(number_of(one.get("id"))))
            return None
        async for one in self._listed(since, "asc"):
            if _login(one) == us and read_mark(str(one.get("description") or "")).mark == mark:
                return Receipt(str(number_of(one.get("iid"))), url=str(one.get("web_url")))
        return None

    def _notes(self, ticket: str) -> Any:
        query = [("sort", "asc"), ("order_by", "created_at")]
        return self.api.pages(*self._path, ticket, "notes", query=query)

    def _listed(self, since: int, sort: str) -> Any:
        """Issues changed after a time."""
        query = [("scope", "all"), ("order_by", "updated_at"), ("sort", sort)]
        return self.api.pages(
            *self._path, query=[*query, ("updated_after", text_of(max(0, since - 1000)))]
        )

    async def ticket(self, key: str) -> Ticket | None:
        """The issue of this number."""
        found = await self.api.found(*self._path, key)
        if found is None:
            await self._seen()
            return None
        issue = mapping_of(found)
        if str(issue.get("iid")) != key:
            raise loud("The desk answered with another ticket than it was asked for")
        person = None
        if _login(issue) == await self._ourselves():
            person = read_mark(str(issue.get("description") or "")).requester
        return Ticket(
            key=key,
            subject=str(issue.get("title") or ""),
            requester=person or Person(_login(issue), ""),
            status=_STATES.get(str(issue.get("state")), "open"),
            url=str(issue.get("web_url")),
        )

    async def latest(self) -> int:
        """When an issue changed last."""
        async for one in self._listed(0, "desc"):
            return moment_of(one.get("updated_at"))
        return 0

    async def changed(self, since: int) -> Changes:
        """Issues, notes and changes of state of the issues that changed since."""
        us = await self._ourselves()
        found: list[Event] = []
        async for issue in self._listed(since, "asc"):
            ticket = str(number_of(issue.get("iid")))
            found.append(_told(issue, us, ticket, opening=True))
            found += [
                _told(one, us, ticket, opening=False)
                async for one in self._notes(ticket)
                if one.get("system") is not True
            ]
            states = self.api.pages(*self._path, ticket, "resource_state_events")
            found += [
                Event(
                    id=f"s{number_of(one.get('id'))}",
                    cursor="",
                    kind=Kind.STATUS_CHANGED,
                    ticket=ticket,
                    status=_STATES.get(str(one.get("state")), "open"),
                    created=str(one.get("created_at")),
                )
                async for one in states
            ]
        return Changes(found)

    async def check(self) -> Sequence[str]:
        """What is wrong: the token and the project."""
        await self._ourselves()
        await self._seen()
        await self.latest()
        return []


def _login(found: Mapping[str, Any]) -> str:
    return str(mapping_of(found.get("author") or {}).get("username") or "")


def _told(found: Mapping[str, Any], us: str, ticket: str, *, opening: bool) -> Event:
    """An issue or a note as an event; only what we wrote can bear our mark."""
    body, login = str(found.get("description" if opening else "body") or ""), _login(found)
    read = read_mark(body) if login == us else None
    number = number_of(found.get("iid" if opening else "id"))
    return Event(
        id=f"{'i' if opening else 'n'}{number}",
        cursor="",
        kind=Kind.TICKET_OPENED if opening else Kind.COMMENT_ADDED,
        ticket=ticket,
        author=Person(login, "") if login else None,
        comment_id=f"i{number}" if opening else str(number),
        text=body if read is None else read.text,
        # `confidential` is the older name of `internal`.
        public=opening or not (found.get("internal") or found.get("confidential")),
        origin_key=None if read is None else read.mark,
        created=str(found.get("created_at")),
    )
