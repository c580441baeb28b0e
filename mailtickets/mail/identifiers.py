"""The few fields that reception needs of every letter, read from its head at little cost."""

from __future__ import annotations

import re

from attrs import define

from mailtickets.mail.fields import BEFORE, CONTROLS, has_old_ends
from mailtickets.mail.guessing import guesses
from mailtickets.mail.people import writer
from mailtickets.mail.words import decoded

HEAD_OCTETS = 256 * 1024
"""No more than this of a letter's beginning is looked at."""

MAX_IDS = 1000
MAX_SUBJECT = 64 * 1024

# A field with the lines that go on with it (RFC 5322 section 2.2.3), as `fields` has it: both ends
# must see the same writer.
_FIELD = re.compile(
    rb"^(message-id|references|in-reply-to|subject|auto-submitted|from|sender"
    rb"|x-mailtickets-loop)"
    rb"[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+[^\s][^\n]*|\n[ \t]+\r?(?=\n[ \t]))*)",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(rb"\n\r?\n")
_ONE_ID = re.compile(rb"[ \t]*<([!-;=?-~]{1,998})>[ \t\r]*\Z")
_IN_ANGLES = re.compile(rb"<([^<>]{1,998})>")
_BARE_ID = re.compile(rb'(?<![^\s<>,;()"@])[^\s<>,;()"@]{1,500}+@[^\s<>,;()"]{1,500}')


@define(frozen=True, slots=False)
class Identifiers:
    """What a letter's head says of itself. Message-IDs are without angle brackets.

    `references` holds those of References and then those of In-Reply-To, oldest first, each once.
    `subject` is decoded, `auto_submitted` the field's first word in lower case (RFC 3834 section
    5), `from_address` the first bare address of From, `loop_mark` the field by which we know
    letters of our own (`mailtickets.routing.loops`). What is not there is empty; a letter without a
    Message-ID has None.
    """

    message_id: str | None = None
    references: tuple[str, ...] = ()
    subject: str = ""
    auto_submitted: str = ""
    from_address: str = ""
    loop_mark: str = ""


def ids_in(value: bytes) -> list[str]:
    """The Message-IDs named in a field, in order, without angle brackets (RFC 5322 section 3.6.4).

    What stands in no angle brackets counts only where nothing does: some programs forget them.
    """
    alone = _ONE_ID.match(value)
    if alone is not None:  # as nearly always
        return [alone[1].decode("ascii")]
    found = value and (_IN_ANGLES.findall(value) or _BARE_ID.findall(value))
    if not found:
        return []
    found = [b"".join(one.split()).translate(None, CONTROLS) for one in found[:MAX_IDS]]
    return [one.decode("utf-8", "replace") for one in found if one]


def identifiers(head: bytes) -> Identifiers:
    """The identifiers of the letter that begins with `head`. Never raises, whatever the octets."""
    head = head[:HEAD_OCTETS]
    if has_old_ends(head):
        head = head.replace(b"\r", b"\n")
    head = head.lstrip(BEFORE)
    end = _END.search(head, 1)
    if end:
        head = head[: end.start() + 1]
    if b"\0" in head:
        head = head.replace(b"\0", b"").lstrip(BEFORE)
    fields: dict[bytes, bytes] = {}
    for name, value in _FIELD.findall(head):
        if not fields.get(name := name.lower()):  # an empty one says nothing, if there is another
            fields[name] = value.rstrip()
    message_id = ids_in(fields[b"message-id"]) if b"message-id" in fields else None
    references: list[str] = []
    for name in (b"references", b"in-reply-to"):
        if name in fields:
            references += ids_in(fields[name])
    automatic: list[bytes] = []
    if b"auto-submitted" in fields:
        automatic = fields[b"auto-submitted"].split(b";")[0].split()
    return Identifiers(
        message_id=message_id[0] if message_id else None,
        references=tuple(dict.fromkeys(references)),
        subject=_subject(fields[b"subject"]) if b"subject" in fields else "",
        auto_submitted=automatic[0].decode("ascii", "replace").lower() if automatic else "",
        from_address=_author(fields.get(b"from", b""), fields.get(b"sender", b"")),
        loop_mark=_mark(fields[b"x-mailtickets-loop"]) if b"x-mailtickets-loop" in fields else "",
    )


def _subject(value: bytes) -> str:
    with guesses(0):
        return " ".join(decoded(value[:MAX_SUBJECT], quick=True).split())


def _mark(value: bytes) -> str:
    return value[:200].translate(None, CONTROLS).decode("ascii", "replace").strip()


OF_THE_WRITER = 20_000
"""Microseconds for guesses in From, wherever it is read: all must see the same address."""

# One address in brackets, and nothing before it but a name: so most are.
_USUAL = re.compile(rb"[^<>@&\x00-\x1f\x7f]{0,200}+<([\w.+=\-]{1,64}+@[\w.\-]{1,255}+)>", re.ASCII)


def _author(*values: bytes) -> str:
    """The address that `mailtickets.mail.message` shows as the letter's writer, of From or Sender.

    Sender counts where From names nobody at all.
    """
    for value in values:
        usual = _USUAL.fullmatch(value)
        if usual is not None:
            return usual[1].decode("ascii")
        if not value:
            continue
        with guesses(OF_THE_WRITER):
            found = writer(value)
        if found is not None:
            return found.address
    return ""
