"""What comes in is checked here, at the door: JSON bodies become frozen values, or a problem.

Names that are not known are ignored, so that a newer client can speak to an older desk.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, NoReturn

from mailtickets.helpdesk.problems import Problem
from mailtickets.helpdesk.values import STATUSES, Change
from mailtickets.mail.authentication import Authentication, read_authentication
from mailtickets.mail.octets import InMemory, Octets
from mailtickets.tickets.document import MOST_ATTACHMENTS, MOST_PARTICIPANTS
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Delivery, Fate, Person

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}\Z")
_KEY = re.compile(r"[!-~]{1,255}\Z")
NONE_LIFTED: Mapping[str, Octets] = {}
MOST_ERRORS = 20
MOST_WARNINGS = 20
MOST_SIGNATURES = 50


def read_opening(
    body: bytes, lifted: Mapping[str, Octets] = NONE_LIFTED, *, queues: Mapping[str, str]
) -> OpenTicket:
    """The body of POST /v1/tickets, `lifted` as in `mailtickets.helpdesk`. Raises Problem."""
    fields = Fields(document(body), lifted=lifted)
    queue = fields.text("queue")
    prefix = fields.optional("prefix") or queues.get(queue, "")
    if queue and not prefix:
        known = ", ".join(sorted(queues)) or "none"
        fields.wrong("queue", f"no such queue here; known: {known}; or give a prefix")
    if prefix and not _PREFIX.match(prefix):
        fields.wrong("prefix", "a letter, then up to 39 ASCII letters, digits, - and _")
    made = OpenTicket(
        queue=queue,
        prefix=prefix,
        requester=fields.person("requester"),
        subject=fields.text("subject", empty=True),
        text=fields.text("text", empty=True),
        html=fields.optional("html"),
        rest=fields.optional("rest") or "",
        message_id=fields.optional("message_id"),
        attachments=fields.attachments(),
        linked=fields.optional("linked") or None,
        participants=fields.people("participants"),
        warnings=fields.sentences("warnings"),
        authentication=fields.authentication(),
        labels=fields.sentences("labels"),
        trace=fields.optional("trace") or "",
    )
    fields.done()
    return made


def read_comment(
    body: bytes, lifted: Mapping[str, Octets] = NONE_LIFTED, *, ticket: str
) -> AddComment:
    """The body of POST /v1/tickets/KEY/comments; `lifted` as above. Raises Problem."""
    fields = Fields(document(body), lifted=lifted)
    made = AddComment(
        ticket=ticket,
        author=fields.person("author"),
        text=fields.text("text", empty=True),
        html=fields.optional("html"),
        rest=fields.optional("rest") or "",
        public=fields.one_of("visibility", ("public", "internal")) == "public",
        message_id=fields.optional("message_id"),
        attachments=fields.attachments(),
        participants=fields.people("participants"),
        warnings=fields.sentences("warnings"),
        authentication=fields.authentication(),
        labels=fields.sentences("labels"),
        trace=fields.optional("trace") or "",
        unverified=fields.flag("unverified"),
        newcomer=fields.flag("newcomer"),
        reopens=fields.flag("reopens"),
    )
    fields.done()
    return made


def read_change(body: bytes, origin_key: str | None, version: int | None) -> Change:
    """The body of PATCH /v1/tickets/KEY. Raises Problem."""
    found = document(body)
    fields = Fields(found)
    known = ("status", "assignee", "subject", "participants")
    names = [name for name in known if name in found]
    if not names:
        fields.wrong("", f"nothing to change: give any of {', '.join(known)}")
    status = fields.one_of("status", STATUSES) if "status" in names else None
    assignee = None
    if "assignee" in names:  # null is nobody
        assignee = fields.optional("assignee") or ""
    subject = fields.text("subject", empty=True) if "subject" in names else None
    author = fields.person("author") if found.get("author") is not None else Person("", "")
    participants = fields.people("participants") if "participants" in names else None
    fields.done()
    return Change(status, assignee, subject, author, origin_key, version, participants)


def read_delivery(body: bytes, ticket: str, comment: str) -> Delivery:
    """The body of PUT /v1/tickets/KEY/comments/ID/delivery. Raises Problem."""
    fields = Fields(document(body))
    made = Delivery(
        ticket=ticket,
        comment=comment,
        recipient=fields.text("recipient"),
        fate=Fate(fields.one_of("state", tuple(fate.value for fate in Fate))),
        text=fields.optional("text") or "",
    )
    fields.done()
    return made


def read_key(value: bytes | None) -> str | None:
    """An Idempotency-Key. Raises Problem."""
    if value is None:
        return None
    key = value.decode("ascii", "replace").strip()
    if not _KEY.match(key):
        raise Problem(400, "idempotency-key", "A key is 1 to 255 printable ASCII characters")
    return key


def document(body: bytes) -> Mapping[str, Any]:
    """The JSON object that a body is. Raises Problem."""
    try:
        found = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Problem(400, "json", "The body is not UTF-8") from None
    except json.JSONDecodeError as why:
        where = f"line {why.lineno}, column {why.colno}"
        raise Problem(400, "json", f"The body is not JSON: {where}") from None
    except (ValueError, RecursionError):
        raise Problem(400, "json", "The body is JSON that nobody reads") from None
    if not isinstance(found, dict):
        raise Problem(400, "json", "The body must be a JSON object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON (RFC 8259 section 6)


class Fields:
    """Reads the fields of an object and collects what is wrong with them, to be told at once."""

    def __init__(
        self,
        found: Mapping[str, Any],
        pointer: str = "",
        lifted: Mapping[str, Octets] = NONE_LIFTED,
    ) -> None:
        self._found = found
        self._pointer = pointer
        self._lifted = lifted
        self._errors: list[dict[str, str]] = []

    def wrong(self, name: str, detail: str) -> None:
        """Note an error; `name` is a field's, or empty for the object as a whole."""
        if len(self._errors) < MOST_ERRORS:
            pointer = f"{self._pointer}/{name}" if name else self._pointer
            self._errors.append({"pointer": pointer, "detail": detail})

    def done(self) -> None:
        """Raise the Problem that was found, if any was."""
        if not self._errors:
            return
        first = self._errors[0]
        told = f"{first['pointer'] or 'the body'}: {first['detail']}"
        raise Problem(400, "body", told, errors=self._errors)

    def text(self, name: str, *, empty: bool = False) -> str:
        """Text that must be there."""
        value = self._found.get(name)
        if not isinstance(value, str):
            self.wrong(name, "text is wanted here" if name in self._found else "is missing")
            return ""
        if not value and not empty:
            self.wrong(name, "must not be empty")
        return value

    def optional(self, name: str) -> str | None:
        """Text that may be left out, or be null."""
        value = self._found.get(name)
        if value is None or isinstance(value, str):
            return value
        self.wrong(name, "text is wanted here, or nothing")
        return None

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self._found.get(name)
        if not isinstance(value, str) or value not in words:
            found = "" if name in self._found else "is missing; "
            self.wrong(name, f"{found}say one of {', '.join(words)}")
            return words[0]
        return value

    def person(self, name: str) -> Person:
        """{name?, address}."""
        value = self._found.get(name)
        if not isinstance(value, Mapping):
            self.wrong(name, "an object {name, address} is wanted here")
            return Person("", "")
        inner = Fields(value, f"{self._pointer}/{name}")
        made = Person(inner.optional("name") or "", inner.text("address", empty=True))
        self._errors += inner._errors
        return made

    def people(self, name: str) -> tuple[Person, ...]:
        """[{name?, address}], which may be left out."""
        value = self._found.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MOST_PARTICIPANTS:
            self.wrong(name, f"a list of {MOST_PARTICIPANTS} people at most")
            return ()
        made = []
        for number, one in enumerate(value):
            inner = Fields({"one": one}, f"{self._pointer}/{name}/{number}")
            person = inner.person("one")
            if not person.address.strip():
                inner.wrong("address", "must not be empty")
            self._errors += inner._errors
            made.append(person)
        return tuple(made)

    def sentences(self, name: str) -> tuple[str, ...]:
        """A list of texts, which may be left out."""
        value = self._found.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.wrong(name, "a list of texts is wanted here")
            return ()
        return tuple(" ".join(one.split())[:500] for one in value[:MOST_WARNINGS])

    def flag(self, name: str) -> bool:
        """True or false; false where it is left out."""
        value = self._found.get(name, False)
        if not isinstance(value, bool):
            self.wrong(name, "true or false is wanted here")
        return value is True

    def authentication(self) -> Authentication | None:
        """What `mailtickets.mail.authentication.write_authentication` writes, or nothing."""
        value = self._found.get("authentication")
        found = read_authentication(value)
        if value is not None and (found is None or len(found.dkim) > MOST_SIGNATURES):
            self.wrong("authentication", "what was found out about a sender is wanted here")
            return None
        return found

    def attachments(self) -> tuple[Attachment, ...]:
        """[{name, type?, octets (base64), content_id?, inline?}]."""
        value = self._found.get("attachments")
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MOST_ATTACHMENTS:
            self.wrong("attachments", f"a list of {MOST_ATTACHMENTS} attachments at most")
            return ()
        return tuple(self._attachment(number, one) for number, one in enumerate(value))

    def _attachment(self, number: int, value: Any) -> Attachment:
        pointer = f"{self._pointer}/attachments/{number}"
        if not isinstance(value, Mapping):
            self.wrong(f"attachments/{number}", "an object {name, type, octets} is wanted here")
            value = {}
        inner = Fields(value, pointer)
        octets: Octets = InMemory(b"")
        try:
            text = inner.text("octets", empty=True)
            octets = self._lifted.get(text) or InMemory(b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            inner.wrong("octets", "base64 is wanted here (RFC 4648 section 4)")
        made = Attachment(
            name=inner.optional("name") or "attachment",
            type=inner.optional("type") or "application/octet-stream",
            octets=octets,
            content_id=inner.optional("content_id"),
            inline=value.get("inline") is True,
        )
        self._errors += inner._errors
        return made
