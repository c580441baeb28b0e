"""GitLab's issues in memory, by contract: not the real thing.

Written from docs.gitlab.com: "Issues API" (list with updated_after, confidential), "Notes API"
(internal, system) and "Resource state events API" (the first state is not among them). The user,
the project and the words of refusals are from general knowledge.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tests.desks.vendors.serving import Asked, Exchange, Told, Vendor, page_of, stamp

PROJECT = "/projects/octo%2Fhelp"
ISSUES = f"{PROJECT}/issues"
OURS = "mailtickets-bot"


class GitLabServer(Vendor):
    """One project and its issues."""

    signature: ClassVar = {"private-token": "sesame"}
    routes = (
        ("GET", "/user", "user"),
        ("GET", PROJECT, "project"),
        ("POST", ISSUES, "open"),
        ("GET", ISSUES, "issues"),
        ("GET", rf"{ISSUES}/(\d+)", "issue"),
        ("PUT", rf"{ISSUES}/(\d+)", "change"),
        ("POST", rf"{ISSUES}/(\d+)/notes", "note"),
        ("GET", rf"{ISSUES}/(\d+)/notes", "notes"),
        ("GET", rf"{ISSUES}/(\d+)/resource_state_events", "states"),
    )

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.all: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.past: list[dict[str, Any]] = []

    def unsigned(self) -> Told:
        """As the documents say."""
        return Told(401, {"message": "401 Unauthorized"})

    def missing(self) -> Told:
        """As the documents say."""
        return Told(404, {"message": "404 Not found"})

    def user(self, asked: Asked) -> Told:
        """The user of the token."""
        return Told(200, {"id": 1, "username": OURS, "state": "active"})

    def project(self, asked: Asked) -> Told:
        """One project."""
        return Told(200, {"id": 3, "path_with_namespace": "octo/help", "visibility": "private"})

    def open(self, asked: Asked) -> Told:
        """A new issue."""
        told, number = asked.told, len(self.all) + 1
        if not told.get("title"):
            return Told(400, {"message": {"title": ["can't be blank"]}})
        self.all.append(
            {
                "id": 80 + number,
                "iid": number,
                "title": told["title"],
                "description": told.get("description", ""),
                "confidential": told.get("confidential", False),
                "state": "opened",
                "author": {"username": OURS},
                "web_url": f"https://gitlab.com/octo/help/-/issues/{number}",
                "created_at": stamp(),
                "updated_at": stamp(),
            }
        )
        return Told(201, self.all[-1])

    def issues(self, asked: Asked) -> Told:
        """Those changed after a time."""
        since = asked.query.get("updated_after", "")
        found = [one for one in self.all if one["updated_at"] > since]
        down = asked.query.get("sort", "desc") == "desc"
        found.sort(key=lambda one: (one["updated_at"], one["iid"]), reverse=down)
        return page_of(asked, found, self.url)

    def known(self, number: str) -> bool:
        """Whether there is such an issue."""
        return 0 < int(number) <= len(self.all)

    def issue(self, asked: Asked, number: str) -> Told:
        """One issue."""
        return Told(200, self.all[int(number) - 1]) if self.known(number) else self.missing()

    def change(self, asked: Asked, number: str) -> Told:
        """Close or reopen."""
        state = {"close": "closed", "reopen": "reopened"}[asked.told["state_event"]]
        told = {"id": len(self.past) + 142, "state": state, "resource_type": "Issue"}
        self.past.append({**told, "resource_id": int(number), "created_at": stamp()})
        issue = self.all[int(number) - 1]
        issue.update(state=state.replace("re", ""), updated_at=stamp())
        return Told(200, issue)

    def wrote(self, number: str, body: str, login: str, *, internal: bool) -> dict[str, Any]:
        """A new note."""
        told = {"id": 301 + 3 * len(self.said), "body": body, "author": {"username": login}}
        more = {"system": False, "internal": internal, "noteable_iid": int(number)}
        self.said.append({**told, **more, "created_at": stamp(), "updated_at": stamp()})
        self.all[int(number) - 1]["updated_at"] = stamp()
        return self.said[-1]

    def note(self, asked: Asked, number: str) -> Told:
        """A new note."""
        if not self.known(number):
            return self.missing()
        if not asked.told.get("body"):
            return Told(400, {"message": '400 Bad request - Note {:note=>["can\'t be blank"]}'})
        internal = asked.told.get("internal", False)
        return Told(201, self.wrote(number, asked.told["body"], OURS, internal=internal))

    def of(self, number: str) -> list[dict[str, Any]]:
        """The notes of an issue."""
        return [one for one in self.said if str(one["noteable_iid"]) == number]

    def notes(self, asked: Asked, number: str) -> Told:
        """The notes of an issue."""
        return page_of(asked, self.of(number), self.url) if self.known(number) else self.missing()

    def states(self, asked: Asked, number: str) -> Told:
        """The changes of state of an issue."""
        found = [one for one in self.past if str(one["resource_id"]) == number]
        return page_of(asked, found, self.url)


_ISSUE = {"id": int, "iid": 1, "title": str, "state": "opened", "web_url": str, "created_at": str}
_NOTE = {"id": int, "body": "hi", "author": {"username": str}, "system": False, "internal": True}
EXCHANGES = (
    Exchange(("GET", "/user"), 401, body={"message": "401 Unauthorized"}, signed=False),
    Exchange(("GET", "/user"), 200, body={"id": int, "username": str}),
    Exchange(("GET", PROJECT), 200, body={"id": int, "visibility": str}),
    Exchange(("GET", "/projects/none"), 404, body={"message": str}),
    Exchange(("POST", ISSUES), 201, {"title": "Bug", "description": "x"}, _ISSUE),
    Exchange(("POST", ISSUES), 400, {"description": "x"}, {"message": dict}),
    Exchange(("GET", f"{ISSUES}/1"), 200, body=_ISSUE),
    Exchange(("GET", f"{ISSUES}/99"), 404, body={"message": str}),
    Exchange(("GET", f"{ISSUES}?scope=all&order_by=updated_at&sort=asc"), 200, body=[_ISSUE]),
    Exchange(("POST", f"{ISSUES}/1/notes"), 201, {"body": "hi", "internal": True}, _NOTE),
    Exchange(("POST", f"{ISSUES}/99/notes"), 404, {"body": "hi"}),
    Exchange(("GET", f"{ISSUES}/1/notes?sort=asc&order_by=created_at"), 200, body=[_NOTE]),
    Exchange(("PUT", f"{ISSUES}/1"), 200, {"state_event": "close"}, {"state": "closed"}),
    Exchange(
        ("GET", f"{ISSUES}/1/resource_state_events"),
        200,
        body=[{"id": int, "state": "closed", "created_at": str}],
    ),
)
