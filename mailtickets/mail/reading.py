"""A letter is read: its octets become a Message."""

from __future__ import annotations

import email
import email.utils
from email.message import Message as Parsed
from email.policy import compat32

from mailtickets.mail.charsets import text_of
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.message import Message, Part, Span
from mailtickets.mail.octets import InMemory
from mailtickets.mail.words import decoded
from mailtickets.tickets.values import Attachment, Person


def _field(part: Parsed, name: str) -> str:
    return decoded(str(part.get(name, "")).encode("utf-8", "surrogateescape"))


def read_letter(octets: bytes) -> Message:
    """What can be read of the letter. Never raises."""
    heads = identifiers(octets)
    parsed = email.message_from_bytes(octets, policy=compat32)
    texts: list[str] = []
    attachments: list[Attachment] = []
    for part in parsed.walk():
        if part.is_multipart():
            continue
        raw = part.get_payload(decode=True)
        payload = raw if isinstance(raw, bytes) else b""
        name = decoded((part.get_filename() or "").encode("utf-8", "surrogateescape"))
        if part.get_content_type() == "text/plain" and not name:
            texts.append(text_of(payload, part.get_content_charset() or ""))
        else:
            kind = part.get_content_type()
            attachments.append(Attachment(name or "part", kind, InMemory(payload)))
    text = "\n".join(texts).replace("\r\n", "\n")
    name, address = email.utils.parseaddr(_field(parsed, "from"))
    return Message(
        message_id=heads.message_id,
        references=heads.references,
        author=Person(name, address),
        subject=heads.subject,
        text=text,
        spans=(Span(0, len(text), Part.NEW),) if text else (),
        attachments=tuple(attachments),
    )
