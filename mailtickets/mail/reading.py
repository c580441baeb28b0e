"""A letter is read: its octets become a Message."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import define

from mailtickets.errors import Temporary
from mailtickets.mail.attached import Files, files_of
from mailtickets.mail.automatic import nature_of
from mailtickets.mail.body import Texts, octets_of, texts_of, words_outside
from mailtickets.mail.charsets import text_of
from mailtickets.mail.dates import seconds
from mailtickets.mail.dsn import Returned, returned
from mailtickets.mail.fields import has_old_ends
from mailtickets.mail.guessing import guesses
from mailtickets.mail.identifiers import OF_THE_WRITER, identifiers, ids_in
from mailtickets.mail.invitation import in_words
from mailtickets.mail.markup import html_text
from mailtickets.mail.message import Forwarded, Mark, Message, Nature, Part
from mailtickets.mail.octets import InMemory, Octets
from mailtickets.mail.opaque import signed_content
from mailtickets.mail.people import people, writer
from mailtickets.mail.rewritten import writer_behind
from mailtickets.mail.richtext import rich_text
from mailtickets.mail.structure import Node, Scanner, scanned
from mailtickets.tickets.values import Attachment, Person

KEPT_OCTETS = 256 * 1024
"""A part of a streamed letter that is larger than this stays where the letter is stored."""

LARGE_OCTETS = 64 * 1024
"""A letter larger than this is read off the reactor's thread."""

Aside = Callable[..., Awaitable[Any]]

_OPAQUE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_RICH = frozenset({"text/rtf", "application/rtf", "application/x-rtf"})
_TAG = re.compile(r"[ \t]*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3})(?![\w-])")
_NOBODY = Person("", "")
# Whom it was brought to, as those who hand letters on write it; Bcc should not be there, and is.
_BROUGHT_BY = (b"delivered-to", b"x-original-to", b"envelope-to", b"bcc")


def read_letter(octets: bytes, path: str | None = None) -> Message:
    """What can be read of the letter. Never raises. `path`: see `mailtickets.mail.message.read`.

    The second law holds here as well: should this module be wrong about some letter, there is still
    a Message, with the letter itself attached.
    """
    try:
        as_read = octets.replace(b"\r", b"\n") if has_old_ends(octets) else octets
        with guesses():
            message = message_of(_returning(scanned(as_read), path))
        return _prepared(message) if len(octets) > LARGE_OCTETS else message
    except Exception as surprise:  # a letter was acknowledged: it must not be lost
        return unreadable(InMemory(octets), surprise, octets)


def _returning(root: Node, path: str | None) -> Node:
    """The letter with its reverse-path on top, as who delivers it writes (RFC 5321 section 4.4)."""
    if path is not None:
        value = f"<{path}>".encode("utf-8", "replace")
        root.fields = root.fields.under(b"return-path", value)
    return root


async def read_stream(
    octets: Octets, aside: Aside | None = None, path: str | None = None
) -> Message:
    """What can be read of a letter that need not be in memory. Raises Temporary of `octets` alone.

    Its large parts are not copied: their octets are read from `octets`, and decoded, when they are
    asked for. `aside(call, *args)` runs what takes long off the reactor's thread, as
    `deferToThread` does; without it, all is done here.
    """
    run = aside or _here
    scanner = Scanner(KEPT_OCTETS)
    beginning = b""
    old_ends: bool | None = None  # until it can be told
    try:
        async for chunk in octets.chunks():
            if old_ends is None:
                beginning += chunk
                if b"\n" not in beginning and len(beginning) < LARGE_OCTETS:
                    continue
                chunk = beginning  # noqa: PLW2901 - all that came
                old_ends = has_old_ends(beginning)
            if old_ends:
                chunk = chunk.replace(b"\r", b"\n")  # noqa: PLW2901 - octet by octet: places hold
            await run(scanner.feed, chunk)
        if old_ends is None:
            ended = has_old_ends(beginning)
            await run(scanner.feed, beginning.replace(b"\r", b"\n") if ended else beginning)
        message: Message = await run(_finished, scanner, octets, path)
    except Temporary:
        raise
    except Exception as surprise:
        return unreadable(octets, surprise, beginning)
    return message


async def _here(call: Callable[..., Any], *args: Any) -> Any:
    return call(*args)


def _finished(scanner: Scanner, octets: Octets, path: str | None) -> Message:
    with guesses():
        message = message_of(_returning(scanner.close(), path), octets)
    return _prepared(message)


def _prepared(message: Message) -> Message:
    """The message of a large letter with all that is found when it is first asked for.

    A large letter is read off the reactor's thread; what is found later would be found on it.
    """
    for name in ("spans", "html", "forwarded", "language", "failures"):
        getattr(message, name)
    return message


def unreadable(octets: Octets, surprise: BaseException, beginning: bytes = b"") -> Message:
    """The message of a letter that we failed to read: the letter is attached to it.

    Of its `beginning` it tells who wrote, about what and in answer to what: that is read apart.
    """
    head = identifiers(beginning)
    return Message(
        message_id=head.message_id,
        references=head.references,
        author=Person("", head.from_address),
        subject=head.subject,
        text="This letter could not be read. It is attached as it came.",
        attachments=(Attachment("letter.eml", "message/rfc822", octets),),
        remarks=(f"The letter could not be read ({type(surprise).__name__}); it is attached.",),
    )


def message_of(root: Node, letter: Octets | None = None) -> Message:
    """The message that these parts make. `letter` holds those parts that were not kept."""
    fields = root.fields
    texts = texts_of(root)
    files = files_of(texts.attachments, texts.parts if texts.begins else [], letter, texts.html)
    _other_words(root, texts, files)
    text = texts.text
    with guesses(OF_THE_WRITER):
        author = writer(fields.raw(b"from")) or writer(fields.raw(b"sender")) or _NOBODY
    message_id = ids_in(fields.raw(b"message-id"))
    answered = ids_in(fields.raw(b"in-reply-to"))
    references = ids_in(b" ".join(fields.every(b"references"))) + answered
    subject = fields.text(b"subject", texts.charset)
    nature, evidence = nature_of(root, author, subject, text)
    return Message(
        message_id=message_id[0] if message_id else None,
        in_reply_to=tuple(answered),
        references=tuple(dict.fromkeys(references)),
        author=author,
        written_by=writer_behind(fields, author),
        reply_to=people(fields.raw(b"reply-to")),
        to=people(b", ".join(fields.every(b"to"))),
        cc=people(b", ".join(fields.every(b"cc"))),
        delivered_to=people(b", ".join(one for name in _BROUGHT_BY for one in fields.every(name))),
        subject=subject,
        spoken=_spoken(fields.text(b"content-language") or fields.text(b"accept-language")),
        date=seconds(fields.text(b"date")),
        text=text,
        first_part=texts.first,
        html=texts.html,
        marks=texts.marks + _file_marks(text, files),
        attachments=(*files.attachments, *files.unpacked),
        unpacked=len(files.unpacked),
        nature=nature,
        evidence=evidence,
        forwarded=_attached_letter(root, subject, text),
        came_back=_CameBack(root, text) if nature is Nature.BOUNCE else None,
        remarks=(*texts.remarks, *files.remarks),
    )


def _spoken(field: str) -> str:
    """The first language that a field names (RFC 3282); empty for none, or for "any"."""
    found = _TAG.match(field[:100])
    return found[1] if found else ""


@define
class _CameBack:
    """What a bounce tells, looked for once, when somebody asks; then the parts are let go."""

    root: Node | None
    text: str
    found: Returned = Returned()

    def __call__(self) -> Returned:
        """Who did not get it and who did, and the Message-ID of the letter that came back."""
        root = self.root
        if root is not None:
            with guesses():
                self.found = returned(root, self.text)
            self.root = None
        return self.found


def _other_words(root: Node, texts: Texts, files: Files) -> None:
    """Words that stand neither in a text part nor in HTML: in a winmail.dat, in an invitation."""
    if not texts.text.strip() and (files.text.strip() or files.html):
        html = text_of(files.html) if files.html else ""
        texts.html = texts.html or html or None
        texts.text = files.text.replace("\r\n", "\n").strip() or html_text(html)[0]
    if not texts.text.strip():
        _rich_words(root, texts, files)
    if not texts.text.strip():
        _signed_words(root, texts, files)
    _invitation(root, texts)
    if not texts.text.strip():
        texts.text = words_outside(root)


def _invitation(root: Node, texts: Texts) -> None:
    """An invitation in words, below what was written with it."""
    for node in root.leaves():
        if node.type.value == "text/calendar" and (node.type.word("method") or node is root):
            words = in_words(text_of(octets_of(node), node.type.word("charset") or "utf-8"))
            if words and words.split("\n", 1)[0] not in texts.text:
                texts.text = f"{texts.text.rstrip()}\n\n{words}" if texts.text.strip() else words
            return


def _rich_words(root: Node, texts: Texts, files: Files) -> None:
    """What was written is there as rich text alone: in a winmail.dat, or as a part."""
    rich = files.rich
    for node in root.leaves():
        if not rich and node.type.value in _RICH and not node.partial:
            rich = octets_of(node)
    if not rich:
        return
    said, wrapped = rich_text(rich)
    if wrapped:
        texts.html = texts.html or said
        said, texts.marks = html_text(said)
    texts.text = said.strip("\n")


def _signed_words(root: Node, texts: Texts, files: Files) -> None:
    """What was written lies within an opaque signature: it is shown, and the files in it are."""
    for node in root.leaves():
        if node.type.value in _OPAQUE:
            content = signed_content(octets_of(node), cut=node.partial)
            if content is None:
                continue
            inner = texts_of(scanned(content))
            texts.text, texts.html, texts.marks = inner.text, inner.html, inner.marks
            texts.first, texts.charset = inner.first, inner.charset
            files.remarks = {"The letter is signed (S/MIME); the signature was not checked.": None}
            if node.partial:
                files.remarks["It is large: the files in it are in the attached signature."] = None
            else:
                within = files_of(inner.attachments, inner.parts, None)
                files.unpacked += within.attachments
            return


def _file_marks(text: str, files: Files) -> tuple[Mark, ...]:
    """Where the files stand that are written in the text itself."""
    marks: list[Mark] = []
    place = 0
    if not files.unpacked or "begin" not in text:
        return ()
    for _ in files.unpacked:
        starts = [
            at for at in (text.find("begin ", place), text.find("=ybegin ", place)) if at >= 0
        ]
        if not starts:
            break
        begin = text.rfind("\n", 0, min(starts)) + 1
        closing = "\n=yend" if text.startswith("=y", begin) else "\nend"
        end = text.find(closing, begin)
        if end < 0:
            break
        place = text.find("\n", end + 1) + 1 or len(text)
        marks.append(Mark(begin, place, Part.ATTACHED, 1.0))
    return tuple(marks)


def _attached_letter(root: Node, subject: str, text: str) -> Forwarded | None:
    """The letter that is attached to one in which nothing, or only that, is said."""
    from mailtickets.mail.languages import FORWARD_SUBJECT  # noqa: PLC0415

    if text.strip() and not FORWARD_SUBJECT.match(subject):
        return None
    for node in root.leaves():
        if node.type.value == "message/rfc822":
            inner = scanned(octets_of(node))
            return Forwarded(
                author=writer(inner.fields.raw(b"from")),
                subject=inner.fields.text(b"subject"),
                text=texts_of(inner).text,
                date=inner.fields.text(b"date"),
            )
    return None
