"""GitHub's issues in memory, by contract: not the real thing.

Written for GitHub's REST API, and its table compared by a program with GitHub's own OpenAPI
description (npm @octokit/openapi 23.0.2, api.github.com): paths, parameters, statuses, members and
their types. The operations: issues/create, issues/get, issues/list-for-repo, issues/update,
issues/create-comment, issues/list-comments, issues/list-comments-for-repo,
issues/list-events-for-repo, repos/get, users/get-authenticated. Limits are from "Rate limits for
the REST API".
"""

from __future__ import annotations

from typing import Any, ClassVar

from tests.desks.vendors.serving import Asked, Exchange, Told, Vendor, page_of, stamp

REPOSITORY = "/repos/octo/help"
OURS = "mailtickets-bot"
_DOCS = "https://docs.github.com/rest"


class GitHubServer(Vendor):
    """One private repository and its issues."""

    signature: ClassVar = {"authorization": "Bearer sesame"}
    routes = (
        ("GET", "/user", "user"),
        ("GET", REPOSITORY, "repository"),
        ("POST", f"{REPOSITORY}/issues", "open"),
        ("GET", f"{REPOSITORY}/issues", "issues"),
        ("GET", f"{REPOSITORY}/issues/comments", "all_comments"),
        ("GET", f"{REPOSITORY}/issues/events", "all_events"),
        ("GET", rf"{REPOSITORY}/issues/(\d+)", "issue"),
        ("PATCH", rf"{REPOSITORY}/issues/(\d+)", "change"),
        ("POST", rf"{REPOSITORY}/issues/(\d+)/comments", "comment"),
        ("GET", rf"{REPOSITORY}/issues/(\d+)/comments", "comments"),
    )

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.private = True
        self.all: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def unsigned(self) -> Told:
        """As the documents say."""
        return Told(
            401, {"message": "Bad credentials", "documentation_url": _DOCS, "status": "401"}
        )

    def missing(self) -> Told:
        """As the documents say."""
        return Told(404, {"message": "Not Found", "documentation_url": _DOCS, "status": "404"})

    def user(self, asked: Asked) -> Told:
        """users/get-authenticated."""
        return Told(200, {"login": OURS, "id": 1, "type": "User"})

    def repository(self, asked: Asked) -> Told:
        """repos/get."""
        rights = {"admin": False, "push": False, "triage": True, "pull": True}
        told = {"name": "help", "private": self.private, "has_issues": True, "permissions": rights}
        return Told(200, told)

    def opened(self, title: str, body: str, login: str = OURS) -> dict[str, Any]:
        """A new issue."""
        number = len(self.all) + 1
        self.all.append(
            {
                "id": 1000 + number,
                "number": number,
                "title": title,
                "body": body,
                "state": "open",
                "user": {"login": login},
                "html_url": f"https://github.com/octo/help/issues/{number}",
                "created_at": stamp(),
                "updated_at": stamp(),
            }
        )
        return self.all[-1]

    def open(self, asked: Asked) -> Told:
        """issues/create."""
        told = asked.told
        if not told.get("title") or len(told["title"]) > 256 or len(told.get("body", "")) > 65536:
            errors = [{"resource": "Issue", "field": "title", "code": "missing_field"}]
            return Told(422, {"message": "Validation Failed", "errors": errors})
        return Told(201, self.opened(told["title"], told.get("body", "")))

    def issues(self, asked: Asked) -> Told:
        """issues/list-for-repo."""
        name = {"updated": "updated_at"}.get(asked.query.get("sort", ""), "created_at")
        since, state = asked.query.get("since", ""), asked.query.get("state", "open")
        found = [
            one for one in self.all if one["updated_at"] >= since and state in {"all", one["state"]}
        ]
        down = asked.query.get("direction", "desc") == "desc"
        found.sort(key=lambda one: (one[name], one["number"]), reverse=down)
        return page_of(asked, found, self.url)

    def issue(self, asked: Asked, number: str) -> Told:
        """issues/get."""
        if not 0 < int(number) <= len(self.all):
            return self.missing()
        return Told(200, self.all[int(number) - 1])

    def change(self, asked: Asked, number: str) -> Told:
        """issues/update."""
        if not 0 < int(number) <= len(self.all):
            return self.missing()
        issue = self.all[int(number) - 1]
        state = asked.told.get("state", issue["state"])
        if state != issue["state"]:
            self.events.insert(
                0,
                {
                    "id": 5000 + len(self.events),
                    "event": "closed" if state == "closed" else "reopened",
                    "actor": {"login": "ann"},
                    "created_at": stamp(),
                    "issue": {"number": int(number)},
                },
            )
        issue.update(state=state, updated_at=stamp())
        return Told(200, issue)

    def wrote(self, number: str, body: str, login: str) -> dict[str, Any]:
        """A new comment."""
        page = f"https://github.com/octo/help/issues/{number}"
        self.said.append(
            {
                "id": 70001 + 7 * len(self.said),
                "body": body,
                "user": {"login": login},
                "html_url": f"{page}#issuecomment-1",
                "issue_url": f"{self.url}{REPOSITORY}/issues/{number}",
                "created_at": stamp(),
                "updated_at": stamp(),
            }
        )
        self.all[int(number) - 1]["updated_at"] = stamp()
        return self.said[-1]

    def comment(self, asked: Asked, number: str) -> Told:
        """issues/create-comment."""
        if not 0 < int(number) <= len(self.all):
            return self.missing()
        if not asked.told.get("body") or len(asked.told["body"]) > 65536:
            return Told(422, {"message": "Validation Failed", "errors": []})
        return Told(201, self.wrote(number, asked.told["body"], OURS))

    def of(self, number: str) -> list[dict[str, Any]]:
        """The comments of an issue."""
        return [one for one in self.said if one["issue_url"].endswith(f"/{number}")]

    def comments(self, asked: Asked, number: str) -> Told:
        """issues/list-comments."""
        if not 0 < int(number) <= len(self.all):
            return self.missing()
        since = asked.query.get("since", "")
        found = [one for one in self.of(number) if one["updated_at"] >= since]
        return page_of(asked, found, self.url)

    def all_comments(self, asked: Asked) -> Told:
        """issues/list-comments-for-repo."""
        since = asked.query.get("since", "")
        return page_of(asked, [o for o in self.said if o["updated_at"] >= since], self.url)

    def all_events(self, asked: Asked) -> Told:
        """issues/list-events-for-repo: the latest first."""
        return page_of(asked, self.events, self.url)


_ISSUE = {"id": int, "number": 1, "title": str, "state": "open", "created_at": str, "html_url": str}
EXCHANGES = (
    Exchange(("GET", "/user"), 401, body={"message": "Bad credentials"}, signed=False),
    Exchange(("GET", "/user"), 200, body={"login": str, "id": int}),
    Exchange(("GET", REPOSITORY), 200, body={"private": bool, "has_issues": bool}),
    Exchange(("GET", "/repos/octo/none"), 404, body={"message": "Not Found"}),
    Exchange(
        ("POST", f"{REPOSITORY}/issues"), 201, {"title": "Found a bug", "body": "Trouble."}, _ISSUE
    ),
    Exchange(
        ("POST", f"{REPOSITORY}/issues"), 422, {"body": "x"}, {"message": "Validation Failed"}
    ),
    Exchange(("GET", f"{REPOSITORY}/issues/1"), 200, body=_ISSUE),
    Exchange(("GET", f"{REPOSITORY}/issues/99"), 404, body={"message": "Not Found"}),
    Exchange(("GET", f"{REPOSITORY}/issues?state=all&per_page=100&page=1"), 200, body=[_ISSUE]),
    Exchange(
        ("POST", f"{REPOSITORY}/issues/1/comments"),
        201,
        {"body": "Me too"},
        {"id": int, "body": "Me too", "user": {"login": str}, "issue_url": str, "created_at": str},
    ),
    Exchange(("POST", f"{REPOSITORY}/issues/99/comments"), 404, {"body": "x"}),
    Exchange(("GET", f"{REPOSITORY}/issues/1/comments"), 200, body=[{"body": "Me too"}]),
    Exchange(("GET", f"{REPOSITORY}/issues/comments?sort=updated"), 200, body=[{"id": int}]),
    Exchange(("PATCH", f"{REPOSITORY}/issues/1"), 200, {"state": "closed"}, {"state": "closed"}),
    Exchange(
        ("GET", f"{REPOSITORY}/issues/events"),
        200,
        body=[{"id": int, "event": "closed", "actor": {"login": str}, "issue": {"number": 1}}],
    ),
)
