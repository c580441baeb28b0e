"""GitHub's issues by its REST API (2022-11-28): by contract, not run against the real thing.

An issue has neither requester nor key nor internal comments. Our mark and the requester stand in
a hidden first line of what we write; what is internal begins with /internal, and is written to
private repositories alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mailtickets.desks.answers import document, loud
from mailtickets.desks.api import Access, Api, bearer
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

URL = "https://api.github.com"
WORDING = Wording(subject=256, text=60_000)
"""A body has 65,536 characters at most; our first line takes some."""
GAP = 1.0
"""Seconds between two writes, as GitHub asks."""
INTERNAL = "/internal"
_STATES = {"closed": "closed", "reopened": "open"}


def make(settings: Mapping[str, Any], needs: Needs) -> HostedDesk:
    """A desk of kind `github`. Settings: repository, token or token_file, url, every.

    Raises SettingsError.
    """
    owner, _, name = str(settings.get("repository", "")).partition("/")
    if not owner or not name or "/" in name:
        raise SettingsError("repository", "OWNER/NAME, as its address on GitHub ends")
    access, journal, every = access_of(settings, needs, bearer, url=URL, gap=GAP)
    system = GitHub(needs.reactor, access, (owner, name))
    return HostedDesk(needs.reactor, system, journal, every=every)


class GitHub:
    """The issues of one repository. See `hosted.Hosted`."""

    overlap = 60_000

    def __init__(
        self,
        reactor: Any,
        access: Access,
        repository: tuple[str, str],
        *,
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.api = Api(reactor, access, now, seconds)
        self._path = ("repos", *repository)
        self._login = ""

    def names(self, key: str) -> bool:
        """Whether this may be the number of an issue."""
        return is_number(key)

    async def _ourselves(self) -> str:
        """The account whose token we have."""
        if not self._login:
            self._login = str(mapping_of(await self.api.get("user")).get("login") or "")
        return self._login

    async def _repository(self) -> Mapping[str, Any]:
        """The repository. Raises Temporary, loud, where it is not to be seen or has no issues."""
        found = await self.api.found(*self._path)
        if found is None:
            raise loud("GitHub shows us no such repository; may the token read it?", undone=True)
        told = mapping_of(found)
        if told.get("has_issues") is False:
            raise loud("The repository's issues are switched off", undone=True)
        return told

    async def make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        """As `once.Make`. Files cannot be uploaded by the API: the text names them."""
        text = naming(WORDING.text_of(intent), WORDING.files_of(intent))
        if isinstance(intent, OpenTicket):
            told = {
                "title": WORDING.subject_of(intent),
                "body": with_mark(text, mark, intent.requester),
            }
            answer = await self.api.write("POST", *self._path, "issues", told=told)
            if not answer.good:
                raise self.api.trouble(answer, named=False)
            issue = mapping_of(document(answer))
            return Receipt(str(number_of(issue.get("number"))), url=_page(issue))
        if not intent.public:
            if not (await self._repository()).get("private"):
                raise loud(
                    "GitHub has no internal comments, and this repository is public", undone=True
                )
            text = f"{INTERNAL}\n\n{text}"
        answer = await self.api.write(
            "POST",
            *self._path,
            "issues",
            intent.ticket,
            "comments",
            told={"body": with_mark(text, mark)},
        )
        if not answer.good:
            if answer.status in {404, 410}:
                await self._repository()  # a token without rights is answered with 404 as well
            raise self.api.trouble(answer, named=True)
        return _commented(intent.ticket, mapping_of(document(answer)))

    async def marked(
        self, intent: OpenTicket | AddComment, mark: str, since: int
    ) -> Receipt | None:
        """What bears the mark, by listing: GitHub's search lags behind."""
        us = await self._ourselves()
        query = [("since", text_of(since)), ("sort", "created"), ("direction", "asc")]
        if isinstance(intent, AddComment):
            path = (*self._path, "issues", intent.ticket, "comments")
            async for one in self.api.pages(*path, query=query[:1]):
                if _login(one) == us and read_mark(str(one.get("body") or "")).mark == mark:
                    return _commented(intent.ticket, one)
            return None
        async for one in self.api.pages(*self._path, "issues", query=[("state", "all"), *query]):
            if _login(one) == us and read_mark(str(one.get("body") or "")).mark == mark:
                return Receipt(str(number_of(one.get("number"))), url=_page(one))
        return None

    async def ticket(self, key: str) -> Ticket | None:
        """The issue of this number; a pull request is none."""
        found = await self.api.found(*self._path, "issues", key)
        if found is None:
            await self._repository()
            return None
        issue = mapping_of(found)
        if str(issue.get("number")) != key:
            raise loud("The desk answered with another ticket than it was asked for")
        if "pull_request" in issue:
            return None
        person = None
        if _login(issue) == await self._ourselves():
            person = read_mark(str(issue.get("body") or "")).requester
        return Ticket(
            key=key,
            subject=str(issue.get("title") or ""),
            requester=person or Person(_login(issue), ""),
            status=str(issue.get("state") or "open"),
            url=_page(issue),
        )

    async def latest(self) -> int:
        """When an issue changed last."""
        query = [("state", "all"), ("sort", "updated"), ("direction", "desc")]
        async for one in self.api.pages(*self._path, "issues", query=query):
            return moment_of(one.get("updated_at"))
        return 0

    async def changed(self, since: int) -> Changes:
        """Issues, comments and closings since a time."""
        us = await self._ourselves()
        query = [("since", text_of(since)), ("sort", "updated"), ("direction", "asc")]
        issues = self.api.pages(*self._path, "issues", query=[("state", "all"), *query])
        found = [
            _told(one, us, str(number_of(one.get("number"))), opening=True)
            async for one in issues
            if "pull_request" not in one
        ]
        if not found:
            return Changes(())  # whatever happens to an issue changes the issue
        async for one in self.api.pages(*self._path, "issues", "comments", query=query):
            if "/pull/" not in str(one.get("html_url")):
                ticket = str(one.get("issue_url")).rpartition("/")[2]
                found.append(_told(one, us, str(number_of(ticket)), opening=False))
        async for one in self.api.pages(*self._path, "issues", "events"):
            if moment_of(one.get("created_at")) < since:
                break  # the latest come first
            issue = mapping_of(one.get("issue") or {})
            status = _STATES.get(str(one.get("event")))
            if status is not None and issue and "pull_request" not in issue:
                found.append(
                    Event(
                        id=f"e{number_of(one.get('id'))}",
                        cursor="",
                        kind=Kind.STATUS_CHANGED,
                        ticket=str(number_of(issue.get("number"))),
                        author=Person(str(mapping_of(one.get("actor") or {}).get("login")), ""),
                        status=status,
                        created=str(one.get("created_at")),
                    )
                )
        return Changes(found)

    async def check(self) -> Sequence[str]:
        """What is wrong: token, repository, issues switched off, readable by everybody."""
        await self._ourselves()
        told = await self._repository()
        found = []
        if not told.get("private"):
            found.append(
                f"The repository {'/'.join(self._path[1:])} is public, so requesters' letters and "
                f"addresses would be; make it private"
            )
        rights = mapping_of(told.get("permissions") or {})
        if rights and not (rights.get("triage") or rights.get("push") or rights.get("pull")):
            found.append("The token may not read the repository; give it Issues: read and write")
        return found


def _login(found: Mapping[str, Any]) -> str:
    return str(mapping_of(found.get("user") or {}).get("login") or "")


def _page(found: Mapping[str, Any]) -> str | None:
    url = found.get("html_url")
    return url if isinstance(url, str) and url else None


def _commented(ticket: str, found: Mapping[str, Any]) -> Receipt:
    return Receipt(ticket, str(number_of(found.get("id"))), _page(found))


def _told(found: Mapping[str, Any], us: str, ticket: str, *, opening: bool) -> Event:
    """An issue or a comment as an event; only what we wrote can bear our mark."""
    body, login = str(found.get("body") or ""), _login(found)
    read = read_mark(body) if login == us else None
    text = body if read is None else read.text
    number = number_of(found.get("number" if opening else "id"))
    internal = not opening and text.startswith(INTERNAL)
    return Event(
        id=f"{'i' if opening else 'c'}{number}",
        cursor="",
        kind=Kind.TICKET_OPENED if opening else Kind.COMMENT_ADDED,
        ticket=ticket,
        author=Person(login, "") if login else None,
        comment_id=f"i{number}" if opening else str(number),
        text=text.removeprefix(INTERNAL).lstrip("\n") if internal else text,
        public=not internal,
        origin_key=None if read is None else read.mark,
        created=str(found.get("created_at")),
    )
