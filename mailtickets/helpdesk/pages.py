"""The pages about tickets: the list, one ticket with its answer form, and the way in and out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.errors import Permanent
from mailtickets.helpdesk.answering import parameter, send_octets
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.paper import POLICY, Paper, Surroundings
from mailtickets.helpdesk.problems import Problem, problem_of
from mailtickets.helpdesk.reading import Wanted
from mailtickets.helpdesk.values import STATUSES, Change, Head, NoSuchTicket, Remark
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.record import lines_of, read_record
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Person

PAGE = 50
MOST_REMARKS = 200
LONGEST_WORDS = 500
_STATIC = {
    "style.css": b"text/css; charset=utf-8",
    "live.js": b"text/javascript; charset=utf-8",
    "icon.svg": b"image/svg+xml",
}


class Pages:
    """The routes of everything but the spool."""

    app = Klein()

    def __init__(self, surroundings: Surroundings, paper: Paper) -> None:
        self._has = surroundings
        self._guard = surroundings.guard
        self._paper = paper
        self._log = Logger(namespace="mailtickets.helpdesk")

    # -- the way in and out

    @app.route("/static/<string:name>", methods=["GET"])
    def static(self, request: Request, name: str) -> bytes:
        """What pages are dressed in."""
        type_ = _STATIC.get(name)
        if type_ is None:
            raise Problem(404, "path")
        octets = files("mailtickets.helpdesk").joinpath("static", name).read_bytes()
        request.setHeader(b"content-type", type_)
        request.setHeader(b"content-length", str(len(octets)).encode())
        request.setHeader(b"cache-control", b"max-age=300")
        request.setHeader(b"content-security-policy", b"default-src 'none'; sandbox")
        return octets

    @app.route("/sign-in", methods=["GET"])
    async def sign_in_form(self, request: Request) -> bytes:
        """Asks for the desk's token."""
        if self._guard.session(request) is not None:
            return see(request, "/")
        return await self._paper.page(request, "sign_in.html", None, wrong=False)

    @app.route("/sign-in", methods=["POST"])
    async def sign_in(self, request: Request) -> bytes:
        """Takes it."""
        if self._guard.sign_in(request, parameter(request, "token") or ""):
            return see(request, "/")
        request.setResponseCode(403)
        return await self._paper.page(request, "sign_in.html", None, wrong=True)

    @app.route("/sign-out", methods=["POST"])
    def sign_out(self, request: Request) -> bytes:
        """Takes the cookie back."""
        self._guard.check_form(request, self._session(request), parameter(request, "form") or "")
        self._guard.sign_out(request)
        return see(request, "/sign-in")

    # -- tickets

    @app.route("/", methods=["GET"])
    async def first(self, request: Request) -> bytes:
        """The tickets; the spool where there is no desk."""
        if self._has.book is None:
            return see(request, "/spool")
        return await self.tickets(request)

    @app.route("/tickets", methods=["GET"])
    async def tickets(self, request: Request) -> bytes:
        """The newest tickets first."""
        session, book = self._session(request), self._book()
        status = parameter(request, "status") or None
        if status not in STATUSES:
            status = None
        words = (parameter(request, "q") or "")[:LONGEST_WORDS].strip()
        before = _number(parameter(request, "before"))
        cursor = await book.end()
        wanted = Wanted(status, words, before=before, limit=PAGE + 1, newest_first=True)
        found = await book.heads(wanted)
        older = ""
        if len(found) > PAGE:
            query = {"before": str(found[PAGE - 1].number)}
            query |= {"status": status} if status else {}
            query |= {"q": words} if words else {}
            older = "/tickets?" + urlencode(query)
        return await self._paper.page(
            request,
            "tickets.html",
            session,
            tickets=found[:PAGE],
            older=older,
            words=words,
            status=status,
            statuses=STATUSES,
            counts=await book.counts(),
            cursor=cursor,
        )

    @app.route("/tickets/<string:key>", methods=["GET"])
    async def ticket(self, request: Request, key: str) -> bytes:
        """One ticket: its latest comments, and a form for the next."""
        session, book = self._session(request), self._book()
        cursor = await book.end()
        head = await self._head(book, key)
        after = _number(parameter(request, "after"))
        if after is None:
            newest = await book.newest_remarks(head, MOST_REMARKS + 1)
            earlier, later = len(newest) > MOST_REMARKS, False
            remarks = newest[-MOST_REMARKS:]
        else:
            found = await book.remarks(head, after, MOST_REMARKS + 1)
            earlier, later = False, len(found) > MOST_REMARKS
            remarks = found[:MOST_REMARKS]
        here = f"/tickets/{quote(head.key)}"
        return await self._paper.page(
            request,
            "ticket.html",
            session,
            ticket=head,
            remarks=remarks,
            decisions=await self._decisions(remarks),
            earlier=f"{here}?after=0" if earlier else "",
            later=f"{here}?after={remarks[-1].id}" if later else "",
            statuses=STATUSES,
            once=secrets.token_urlsafe(12),
            cursor=cursor,
        )

    @app.route("/tickets/<string:key>/comments", methods=["POST"])
    async def comment(self, request: Request, key: str) -> bytes:
        """Takes the form: a comment, a status, or both."""
        session, book = self._session(request), self._book()
        self._guard.check_form(request, session, parameter(request, "form") or "")
        head = await self._head(book, key)
        # Browsers send CRLF (WHATWG HTML 4.10.11); a text's lines end in LF here.
        text = (parameter(request, "text") or "").replace("\r\n", "\n").strip()
        author = Person((parameter(request, "author") or "Support").strip()[:200], "")
        once = (parameter(request, "once") or "")[:60]
        anchor = ""
        if text:
            public = parameter(request, "visibility") == "public"
            intent = AddComment(head.key, author, text, public=public)
            receipt, _ = await book.submit(intent, f"page {once}" if once else None)
            anchor = f"#comment-{receipt.comment}"
        status = parameter(request, "status")
        if status in STATUSES:
            await book.change(head.key, Change(status=status, author=author))
        return see(request, f"/tickets/{quote(head.key)}{anchor}")

    @app.route("/tickets/<string:key>/participants", methods=["POST"])
    async def participants(self, request: Request, key: str) -> bytes:
        """Takes the form that adds or removes a participant."""
        session, book = self._session(request), self._book()
        self._guard.check_form(request, session, parameter(request, "form") or "")
        head = await self._head(book, key)
        gone = (parameter(request, "remove") or "").lower()
        people = [one for one in head.participants if one.address.lower() != gone]
        added = (parameter(request, "address") or "").strip()
        if added:
            try:
                people.append(Person("", str(Mailbox.parse(added))))
            except Permanent:
                raise Problem(400, "address", "This is no mail address") from None
        author = Person("Support", "")
        await book.change(head.key, Change(author=author, participants=tuple(people)))
        return see(request, f"/tickets/{quote(head.key)}")

    @app.route("/tickets/<string:key>/attachments/<string:id>", methods=["GET"])
    async def attachment(self, request: Request, key: str, id: str) -> None:
        """An attachment's octets, to be saved."""
        self._session(request)
        found = await self._book().attachment(key, id)
        if found is None:
            raise Problem(404, "no-such-attachment", "This ticket has no such attachment")
        file, octets = found
        await send_octets(request, octets, name=file.name, type=file.type)

    @app.route("/live", methods=["GET"])
    async def live(self, request: Request) -> None:
        """Tells pages when to look again."""
        self._session(request)
        if self._has.feed is None:
            raise Problem(404, "path")
        await self._has.feed.stream(request, brief=True)

    # -- what they share

    def _session(self, request: Request) -> str:
        return session_of(self._guard.session(request))

    async def _decisions(self, remarks: Sequence[Remark]) -> Mapping[str, tuple[int, list[str]]]:
        """Why the letters behind these comments are here: the spool's number, and lines, by key."""
        keys = [one.origin_key for one in remarks if one.origin_key]
        found = await self._has.spool.records(keys) if keys else {}
        documents = {key: (id_, read_record(text)) for key, (id_, text) in found.items()}
        return {key: (id_, lines_of(one)) for key, (id_, one) in documents.items() if one}

    def _book(self) -> Book:
        if self._has.book is None:
            raise Problem(404, "no-desk", "No queue uses the embedded desk; it is not here")
        return self._has.book

    async def _head(self, book: Book, key: str) -> Head:
        try:
            return await book.head(key)
        except NoSuchTicket:
            raise Problem(404, "no-such-ticket", "There is no ticket with this key") from None

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong on a page."""
        return told(request, failure, self._paper, self._log)


class SignInFirst(Exception):
    """Nobody is signed in."""


def session_of(found: str | None) -> str:
    """The session, if there is one. Raises SignInFirst."""
    if found is None:
        raise SignInFirst
    return found


def told(request: Request, failure: Failure, paper: Paper, log: Logger) -> bytes:
    """The page that a failure is; the way in when nobody is signed in."""
    if isinstance(failure.value, SignInFirst):
        return see(request, "/sign-in")
    problem = problem_of(failure, log, "a page")
    for name, value in problem.headers.items():
        request.setHeader(name.encode(), value.encode())
    return paper.problem(request, problem)


def see(request: Request, place: str) -> bytes:
    """Send the browser there, to GET it (RFC 9110 section 15.4.4)."""
    request.setResponseCode(303)
    request.setHeader(b"location", place.encode())
    request.setHeader(b"content-length", b"0")
    request.setHeader(b"content-security-policy", POLICY.encode())
    return b""


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    return int(text)
