"""The embedded desk's HTTP API, as the design's section 8 and openapi.json have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.resources import files
from typing import Any, TypeVar

from klein import Klein
from twisted.internet.interfaces import IReactorThreads
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.helpdesk import door
from mailtickets.helpdesk.answering import origin, parameter, send_json, send_octets
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.feed import FeedDoor, page_size
from mailtickets.helpdesk.lifting import kept, lifted
from mailtickets.helpdesk.problems import Problem, problem_of, send
from mailtickets.helpdesk.reading import Wanted
from mailtickets.helpdesk.values import (
    STATUSES,
    Changed,
    Filed,
    Head,
    NoSuchComment,
    NoSuchTicket,
    Remark,
    stamp,
)
from mailtickets.mail.authentication import write_authentication
from mailtickets.mail.octets import Octets
from mailtickets.tickets.document import person_document
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Receipt

T = TypeVar("T")

PAGE, LARGEST_PAGE = 100, 500
MOST_COMMENTS = 1000


class DeskApi:
    """The routes under /v1/ that need the book. `clock` parses large bodies in its threads."""

    app = Klein()

    def __init__(self, book: Book, feed: FeedDoor, clock: Any) -> None:
        self._book = book
        self._feed = feed
        self._clock = clock
        self._log = Logger(namespace="mailtickets.helpdesk")

    # -- tickets

    @app.route("/v1/tickets", methods=["POST"])
    async def open_ticket(self, request: Request) -> bytes:
        """Open a ticket."""
        return await self._submit(request, partial(door.read_opening, queues=self._book.queues))

    @app.route("/v1/tickets", methods=["GET"])
    async def list_tickets(self, request: Request) -> bytes:
        """Tickets in the order of their creation."""
        status = parameter(request, "status") or None
        if status is not None and status not in STATUSES:
            raise Problem(400, "status", f"status: one of {', '.join(STATUSES)}")
        after = parameter(request, "after") or "0"
        if not (after.isascii() and after.isdecimal() and len(after) < 19):
            raise Problem(400, "cursor", "after: what an earlier answer's `next` said")
        limit = page_size(request, PAGE, LARGEST_PAGE)
        words = parameter(request, "q") or ""
        found = await self._book.heads(Wanted(status, words, int(after), limit=limit + 1))
        page, here = found[:limit], origin(request)
        document = {
            "tickets": [head_document(one, here) for one in page],
            "next": str(page[-1].number) if len(found) > limit else None,
        }
        return send_json(request, document)

    @app.route("/v1/tickets/<string:key>", methods=["GET"])
    async def show_ticket(self, request: Request, key: str) -> bytes:
        """A ticket with its comments, oldest first."""
        head = await self._head(key)
        etag = etag_of(head)
        if etag in _tags(request, b"if-none-match"):
            request.setResponseCode(304)
            request.setHeader(b"etag", etag.encode())
            return b""
        after = parameter(request, "after") or "0"
        if not (after.isascii() and after.isdecimal() and len(after) < 19):
            raise Problem(400, "cursor", "after: the id of a comment of this ticket")
        limit = page_size(request, MOST_COMMENTS, MOST_COMMENTS, least=0)
        here, further = origin(request), None
        if parameter(request, "newest") == "true" and limit:
            remarks = await self._book.newest_remarks(head, limit)
        else:
            remarks = await self._book.remarks(head, int(after), limit + 1)
            further = remarks[limit - 1].id if 0 < limit < len(remarks) else None
        document = whole_document(head, here) | {
            "comments": [remark_document(head, one, here) for one in remarks[:limit]],
            "next": further,
        }
        return send_json(request, document, headers={"ETag": etag})

    @app.route("/v1/tickets/<string:key>", methods=["PATCH"])
    async def change_ticket(self, request: Request, key: str) -> bytes:
        """Change a ticket's status, assignee or subject."""
        origin_key = door.read_key(request.getHeader(b"idempotency-key"))
        head = await self._head(key)
        wanted = _tags(request, b"if-match")
        if wanted and "*" not in wanted and not any(_about(tag, head) for tag in wanted):
            raise _changed()
        version = head.version if wanted and "*" not in wanted else None
        change = await self._read(
            request, lambda body, _: door.read_change(body, origin_key, version)
        )
        try:
            now = await self._book.change(key, change)
        except Changed:
            raise _changed() from None
        except NoSuchTicket:
            raise _no_ticket() from None
        return send_json(
            request, whole_document(now, origin(request)), headers={"ETag": etag_of(now)}
        )

    # -- comments and attachments

    @app.route("/v1/tickets/<string:key>/comments", methods=["POST"])
    async def add_comment(self, request: Request, key: str) -> bytes:
        """Add a comment."""
        return await self._submit(request, partial(door.read_comment, ticket=key))

    @app.route("/v1/tickets/<string:key>/comments/<string:id>/delivery", methods=["PUT"])
    async def put_delivery(self, request: Request, key: str, id: str) -> bytes:
        """Note what became of the letter that brought a comment to somebody."""
        delivery = await self._read(request, lambda body, _: door.read_delivery(body, key, id))
        try:
            await self._book.delivery_changed(delivery)
        except NoSuchTicket:
            raise _no_ticket() from None
        except NoSuchComment:
            raise Problem(404, "no-such-comment", "This ticket has no such comment") from None
        request.setResponseCode(204)
        return b""

    @app.route("/v1/tickets/<string:key>/attachments/<string:id>", methods=["GET"])
    async def get_attachment(self, request: Request, key: str, id: str) -> None:
        """The octets of an attachment."""
        found = await self._book.attachment(key, id)
        if found is None:
            raise Problem(404, "no-such-attachment", "This ticket has no such attachment")
        file, octets = found
        await send_octets(request, octets, name=file.name, type=file.type)

    # -- the feed, and the description of all this

    @app.route("/v1/events", methods=["GET"])
    async def events(self, request: Request) -> bytes | None:
        """What happened, by long poll or as server-sent events."""
        return await self._feed.answer(request)

    @app.route("/v1/openapi.json", methods=["GET"])
    def openapi(self, request: Request) -> bytes:
        """This API's description."""
        octets = files("mailtickets.helpdesk").joinpath("openapi.json").read_bytes()
        request.setHeader(b"content-type", b"application/json")
        request.setHeader(b"content-length", str(len(octets)).encode())
        return octets

    # -- what they share

    async def _submit(
        self,
        request: Request,
        read: Callable[[bytes, Mapping[str, Octets]], OpenTicket | AddComment],
    ) -> bytes:
        key = door.read_key(request.getHeader(b"idempotency-key"))
        try:
            intent = await self._read(request, read)
            receipt, again = await self._book.submit(intent, key)
        except (Problem, NoSuchTicket) as why:
            # A key seen before answers what it answered then, whatever the body.
            before = None if key is None else await self._book.answered(key)
            if before is None:
                if isinstance(why, NoSuchTicket):
                    raise _no_ticket() from None
                raise
            receipt, again = before, True
        document, location = receipt_document(receipt, origin(request))
        headers = {"Location": location}
        if again:
            headers["Idempotency-Replayed"] = "true"
        return send_json(request, document, 201, headers)

    async def _read(self, request: Request, read: Callable[[bytes, Mapping[str, Octets]], T]) -> T:
        """The body, read by `read`; in another thread when it is large. See `lifting`."""
        sort = (request.getHeader(b"content-type") or b"application/json").split(b";")[0].strip()
        if not (sort.lower() == b"application/json" or sort.lower().endswith(b"+json")):
            raise Problem(415, "type", "Send JSON, with Content-Type: application/json")
        content = kept(request.content)
        if content is request.content or not IReactorThreads.providedBy(self._clock):
            return read(*lifted(content))
        pool = self._clock.getThreadPool()
        return await deferToThreadPool(self._clock, pool, lambda: read(*lifted(content)))

    async def _head(self, key: str) -> Head:
        try:
            return await self._book.head(key)
        except NoSuchTicket:
            raise _no_ticket() from None

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong as a problem document."""
        return send(request, problem_of(failure, self._log, "the desk's API"))


def _changed() -> Problem:
    return Problem(412, "changed", "Get the ticket again, and decide again")


def _no_ticket() -> Problem:
    return Problem(404, "no-such-ticket", "There is no ticket with this key")


def _tags(request: Request, name: bytes) -> Sequence[str]:
    """The entity tags of If-Match or If-None-Match (RFC 9110 section 13.1), weak ones as strong."""
    found = (request.getHeader(name) or b"").decode("ascii", "replace")
    return [one.strip().removeprefix("W/") for one in found.split(",") if one.strip()]


def etag_of(head: Head) -> str:
    """A ticket's entity tag; it is another one after every change, and when a letter arrives."""
    return f'"{head.number}.{head.version}.{int(head.updated * 1000)}"'


def _about(tag: str, head: Head) -> bool:
    """Whether a tag is of this version: what became of letters makes no other ticket of it."""
    return tag.strip('"').split(".")[:2] == [str(head.number), str(head.version)]


def receipt_document(receipt: Receipt, here: str) -> tuple[dict[str, Any], str]:
    """What a POST is answered, and the Location that goes with it."""
    page = f"{here}/tickets/{receipt.ticket}"
    place = f"{here}/v1/tickets/{receipt.ticket}"
    if receipt.comment is None:
        return {"key": receipt.ticket, "url": page}, place
    url = f"{page}#comment-{receipt.comment}"
    return {"id": receipt.comment, "ticket": receipt.ticket, "url": url}, place


def head_document(head: Head, here: str) -> dict[str, Any]:
    """A ticket without its comments."""
    return {
        "key": head.key,
        "url": f"{here}/tickets/{head.key}",
        "queue": head.queue,
        "subject": head.subject,
        "status": head.status,
        "requester": person_document(head.requester),
        "assignee": head.assignee,
        "message_id": head.message_id,
        "created": stamp(head.created),
        "updated": stamp(head.updated),
        "linked": head.linked,
        "authentication": None
        if head.authentication is None
        else write_authentication(head.authentication),
    }


def whole_document(head: Head, here: str) -> dict[str, Any]:
    """A ticket with those who take part in it, and without its comments."""
    return head_document(head, here) | {
        "participants": [person_document(one) for one in head.participants]
    }


def remark_document(head: Head, remark: Remark, here: str) -> dict[str, Any]:
    """A comment."""
    made: dict[str, Any] = {
        "id": remark.id,
        "author": person_document(remark.author),
        "text": remark.text,
        "html": remark.html,
        "visibility": "public" if remark.public else "internal",
        "created": stamp(remark.created),
        "message_id": remark.message_id,
        "origin_key": remark.origin_key,
        "attachments": [_file_document(head, one, here) for one in remark.attachments],
    }
    if remark.rest:
        made["rest"] = remark.rest
    if remark.unverified:
        made["unverified"] = True
    if remark.newcomer:
        made["newcomer"] = True
    if remark.warnings:
        made["warnings"] = list(remark.warnings)
    if remark.authentication is not None:
        made["authentication"] = write_authentication(remark.authentication)
    if remark.labels:
        made["labels"] = list(remark.labels)
    if remark.trace:
        made["trace"] = remark.trace
    if remark.deliveries:
        made["deliveries"] = [
            {
                "recipient": one.recipient,
                "state": one.fate.value,
                "text": one.text,
                "changed": stamp(one.changed),
            }
            for one in remark.deliveries
        ]
    return made


def _file_document(head: Head, file: Filed, here: str) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "content_id": file.content_id,
        "inline": file.inline,
        "url": f"{here}/v1/tickets/{head.key}/attachments/{file.id}",
    }
