"""Redmine 5 and later, by its REST API; its feed is `mailtickets.desks.redminefeed`.

Redmine has no requester and no keys for notes. Three custom fields of issues stand in: our key of
the issue, the requester's address, and the key of the latest note, whose change Redmine writes into
the very journal that holds the note. A PUT answers 204 whatever became of it, so it is read back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.desks.answers import Answer, document, loud, trouble
from mailtickets.desks.bodies import Plain, as_json
from mailtickets.desks.calls import TOTAL, Caller, checked_url
from mailtickets.desks.files import AtDesk
from mailtickets.desks.http import token_of
from mailtickets.desks.jsons import entries, mapping_of, number_of, objects
from mailtickets.desks.once import SETTLED, Once
from mailtickets.desks.polling import EVERY, Polling
from mailtickets.desks.redminecheck import lacking
from mailtickets.desks.redminefeed import RedmineFeed, marked, value_of
from mailtickets.desks.shared import is_number, names_of, seconds_of
from mailtickets.desks.wording import Wording, naming
from mailtickets.errors import Permanent, SettingsError, Trouble
from mailtickets.interfaces import (
    IChecks,
    IDesk,
    IFeed,
    IJournal,
    ILooksUp,
    INudged,
    ITakesAttachments,
)
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=255)
"""A longer subject is refused with 422."""


@frozen
class RedmineSettings:
    """How Redmine is set up: our queues' projects, the tracker, and the custom fields by number.

    `projects` maps a queue's name here to a project's identifier; `project` serves for the others.
    """

    key_field: int
    requester_field: int
    entry_field: int
    project: str = "support"
    projects: Mapping[str, str] = field(factory=dict)
    tracker: int | None = None
    every: float = EVERY
    settled: float = SETTLED

    def project_of(self, queue: str) -> str:
        """The project of a queue of ours."""
        return self.projects.get(queue, self.project)

    @property
    def fields(self) -> Mapping[str, int]:
        """The custom fields, by what the settings call them."""
        return {
            "key_field": self.key_field,
            "requester_field": self.requester_field,
            "entry_field": self.entry_field,
        }

    @property
    def names(self) -> frozenset[str]:
        """The projects that are ours."""
        return frozenset({*self.projects.values(), self.project})


def make(settings: Mapping[str, Any], needs: Needs) -> RedmineDesk:
    """A desk of kind `redmine`. Settings: url, token or token_file, those of `RedmineSettings`.

    Raises SettingsError.
    """
    fields = {}
    for name in ("key_field", "requester_field", "entry_field", "tracker"):
        value = settings.get(name)
        if value is None and name == "tracker":
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError(f"{name} = {value!r}", "its number, as its address in Redmine ends")
        fields[name] = value
    project, projects = names_of(settings, "project", "projects", "support")
    if needs.journal is None:
        raise SettingsError("redmine", "this desk needs a journal")
    redmine = RedmineSettings(
        **fields, project=project, projects=projects, every=seconds_of(settings, "every", EVERY)
    )
    url = checked_url(str(settings.get("url", "")))
    return RedmineDesk(
        needs.reactor, url, token_of(settings), redmine, needs.journal, user_agent=needs.user_agent
    )


@implementer(IDesk, IFeed, ILooksUp, IChecks, ITakesAttachments, INudged)
class RedmineDesk:
    """One Redmine. `url` is where its pages begin; `token` gives an API access key of a user."""

    def __init__(
        self,
        reactor: Any,
        url: str,
        token: Callable[[], str],
        settings: RedmineSettings,
        journal: IJournal,
        *,
        user_agent: str = "mailtickets",
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._token = token
        self._settings = settings
        self._user_agent = user_agent
        self._now = now
        self._log = Logger(namespace="mailtickets.desks")
        self._caller = Caller(reactor, url, self._headers, seconds)
        self._once = Once(journal, self._make, self._find, now, settings.settled)
        self._feed = RedmineFeed(
            self._json, settings.names, settings.key_field, settings.entry_field
        )
        self._polling = Polling(reactor, self._feed.page, settings.every)

    def _headers(self) -> Mapping[str, str]:
        try:
            token = self._token()
        except SettingsError:
            raise loud("The desk's token cannot be read", undone=True) from None
        return {"X-Redmine-API-Key": token, "User-Agent": self._user_agent}

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()

    async def _json(self, *path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        """What GET tells. Raises Temporary."""
        answer = await self._caller.call("GET", *path, query=query)
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        return document(answer)

    # -- IDesk

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`. Raises Permanent or Temporary."""
        if isinstance(intent, AddComment) and not is_number(intent.ticket):
            raise Permanent("1.1", "The desk has no such ticket")
        return await self._once.submit(intent, key)

    async def _make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        uploads, refused = await self._uploaded(WORDING.files_of(intent))
        text = naming(WORDING.text_of(intent), refused)
        if isinstance(intent, OpenTicket):
            return await self._opened(intent, mark, text, uploads)
        return await self._noted(intent, mark, text, uploads)

    async def _opened(
        self, intent: OpenTicket, mark: str, text: str, uploads: Sequence[Mapping[str, str]]
    ) -> Receipt:
        told: dict[str, Any] = {
            "project_id": self._settings.project_of(intent.queue),
            "subject": WORDING.subject_of(intent),
            "description": text,
            "custom_fields": [
                {"id": self._settings.key_field, "value": mark},
                {"id": self._settings.requester_field, "value": intent.requester.address[:255]},
            ],
            "uploads": list(uploads),
        }
        if self._settings.tracker is not None:
            told["tracker_id"] = self._settings.tracker
        answer = await self._caller.call("POST", "issues.json", body=as_json({"issue": told}))
        if not answer.good:
            raise refusal(answer, self._now(), named=False)
        issue = mapping_of(mapping_of(document(answer)).get("issue"))
        number = str(number_of(issue.get("id")))
        if answer.status != 201:
            raise loud("The desk does not say which ticket it made")
        if value_of(issue, self._settings.key_field) != mark:
            # It is made all the same, and the journal has it: to fail would make another.
            self._log.error(
                "Redmine does not keep our keys: is custom field {field} one of project {project} "
                "and of its tracker, and may we write it?",
                field=self._settings.key_field,
                project=told["project_id"],
            )
        return Receipt(number, url=self._page(number))

    async def _noted(
        self, intent: AddComment, mark: str, text: str, uploads: Sequence[Mapping[str, str]]
    ) -> Receipt:
        told: dict[str, Any] = {
            "notes": text,
            "private_notes": not intent.public,
            "custom_fields": [{"id": self._settings.entry_field, "value": mark}],
            "uploads": list(uploads),
        }
        body = as_json({"issue": told})
        answer = await self._caller.call("PUT", "issues", f"{intent.ticket}.json", body=body)
        if not answer.good:
            raise refusal(answer, self._now(), named=True)
        if answer.status != 204 and not (answer.status == 200 and not answer.is_page):
            raise loud(f"The desk answers what nobody can read ({answer.status})")
        found = await self._find(intent, mark)
        return found or await self._unmarked(intent, text)

    async def _unmarked(self, intent: AddComment, text: str) -> Receipt:
        """The latest note with this text: it is there, though our key beside it is not."""
        issue = await self._issue(intent.ticket)
        for one in reversed([] if issue is None else entries(issue, "journals")):
            if str(one.get("notes") or "").split() == text.split():
                self._log.error(
                    "Redmine does not keep the keys of notes: may we write custom field {field}?",
                    field=self._settings.entry_field,
                )
                entry = str(number_of(one.get("id")))
                return Receipt(intent.ticket, entry, self._page(intent.ticket))
        raise loud("The desk says that it kept a note, and there is none", undone=True)

    async def _uploaded(
        self, files: Sequence[Attachment]
    ) -> tuple[list[Mapping[str, str]], list[Attachment]]:
        """The files that Redmine took, as it wants them named, and those that it refused."""
        taken: list[Mapping[str, str]] = []
        refused: list[Attachment] = []
        for one in files:
            answer = await self._caller.call(
                "POST",
                "uploads.json",
                query=[("filename", one.name)],
                body=[Plain(one.octets)],
                type="application/octet-stream",
            )
            if answer.status in {413, 422} and not answer.is_page:
                refused.append(one)
                continue
            if not answer.good:
                raise refusal(answer, self._now(), named=False)
            upload = mapping_of(mapping_of(document(answer)).get("upload"))
            token = upload.get("token")
            if not isinstance(token, str) or not token:
                raise loud("The desk does not say where it put a file")
            taken.append({"token": token, "filename": one.name, "content_type": one.type})
        return taken, refused

    def _page(self, ticket: str) -> str:
        return f"{self._url}/issues/{ticket}"

    async def _find(self, intent: OpenTicket | AddComment, mark: str) -> Receipt | None:
        """What bears the mark; the oldest, should there be several."""
        if isinstance(intent, AddComment):
            issue = await self._issue(intent.ticket)
            for one in [] if issue is None else entries(issue, "journals"):
                if marked(one, self._settings.entry_field) == mark:
                    entry = _noted_with(issue or {}, one)
                    return Receipt(intent.ticket, entry, self._page(intent.ticket))
            return None
        name = f"cf_{self._settings.key_field}"
        # The long form: the short one takes some characters of a value for operators.
        query = [
            ("set_filter", "1"),
            ("f[]", "status_id"),
            ("op[status_id]", "*"),
            ("f[]", name),
            (f"op[{name}]", "="),
            (f"v[{name}][]", mark),
            ("sort", "id"),
        ]
        for one in entries(await self._json("issues.json", query=query), "issues"):
            if value_of(one, self._settings.key_field) == mark:
                number = str(number_of(one.get("id")))
                return Receipt(number, url=self._page(number))
        # A wrong key of the API, too, is answered with an empty list.
        await self._ourselves()
        return None

    async def _ourselves(self) -> Mapping[str, Any]:
        """The user we are. Raises Temporary when we are none."""
        found = mapping_of(await self._json("users", "current.json"))
        return mapping_of(found.get("user"))

    async def _issue(self, ticket: str) -> Mapping[str, Any] | None:
        """An issue with its journals and attachments; None when there is none that we may see."""
        query = [("include", "journals,attachments")]
        answer = await self._caller.call("GET", "issues", f"{ticket}.json", query=query)
        if answer.status in {403, 404} and not answer.is_page:
            await self._ourselves()
            return None
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        issue = mapping_of(mapping_of(document(answer)).get("issue"))
        if str(issue.get("id")) != ticket:
            raise loud("The desk answered with another ticket than it was asked for")
        return issue

    # -- ILooksUp

    async def find(self, key: str) -> Ticket | None:
        """The issue of this number, or None when no project of ours has it."""
        issue = await self._issue(key) if is_number(key) else None
        if issue is None or not await self._feed.ours(issue):
            return None
        return Ticket(
            key=key,
            subject=str(issue.get("subject", "")),
            requester=Person("", value_of(issue, self._settings.requester_field)),
            status=await self._feed.status_of(mapping_of(issue.get("status")).get("id")),
            url=self._page(key),
        )

    # -- IFeed, INudged, ITakesAttachments

    async def events(self, after: str | None, wait: float) -> Sequence[Event]:
        """The events after a cursor; waits up to `wait` seconds for one."""
        return await self._polling.events(after, wait)

    async def end(self) -> str | None:
        """The cursor of now."""
        return await self._feed.end()

    def nudge(self) -> None:
        """Ask Redmine for news now."""
        self._polling.nudge()

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:  # noqa: ARG002
        """The octets of an attachment that an event named; read from the desk as they are read."""
        path = ("attachments", "download", attachment.id, attachment.name)
        return AtDesk(self._caller, path, attachment.size)

    # -- IChecks

    async def check(self) -> Sequence[str]:
        """What is wrong, a sentence each with its cure: key, projects, rights, custom fields."""
        found: list[str] = []
        tracker = self._settings.tracker
        try:
            await self._ourselves()
            for name in sorted(self._settings.names):
                answer = await self._caller.call(
                    "GET", "projects", f"{name}.json", query=[("include", "trackers")]
                )
                if answer.status in {403, 404}:
                    cure = "make it, and make our user a member of it"
                    found.append(f"{self._url}: there is no project {name} that we may see; {cure}")
                elif not answer.good:
                    raise trouble(answer, self._now(), named=False)
                else:
                    project = mapping_of(mapping_of(document(answer)).get("project"))
                    number = number_of(project.get("id"))
                    missing = await lacking(
                        self._json, name, number, self._settings.fields, tracker
                    )
                    found += [f"{self._url}: {one}" for one in missing]
            if not found:
                await self._feed.end()
        except Trouble as why:
            return [*found, f"{self._url}: {why.text}"]
        return found


def refusal(answer: Answer, now: float, *, named: bool) -> Trouble:
    """What an answer that is not good means. Redmine's 422 lists what is wrong with our values.

    That is about our settings, or about a field somebody made mandatory: a person mends it.
    """
    if answer.status == 422 and answer.is_json:
        return loud(
            "The desk refuses a value (422): is a field mandatory there, or a value of "
            "ours none of its own?",
            undone=True,
        )
    return trouble(answer, now, named=named)


def _noted_with(issue: Mapping[str, Any], marked_: Mapping[str, Any]) -> str:
    """The journal of the note: Redmine splits a private one from the change beside it."""
    if marked_.get("notes"):
        return str(number_of(marked_.get("id")))
    near = number_of(marked_.get("id"))
    for one in objects(issue.get("journals"), "journals"):
        number = number_of(one.get("id"))
        if abs(number - near) == 1 and one.get("notes") and one.get("private_notes"):
            return str(number)
    return str(near)
