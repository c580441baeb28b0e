"""`mailtickets read`: all that was read of a letter, for a person or for a program."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mailtickets.mail.clean import writable
from mailtickets.mail.message import Failure, Forwarded, Message, Nature, read
from mailtickets.mail.octets import InMemory, Octets
from mailtickets.tickets.values import Attachment, Person

MAX_LINE = 64 * 1024
"""No line that asks for a letter is longer, in octets."""

# What a terminal obeys (ECMA-48): a letter is shown to whoever looks at it, and commands nothing.
_BEYOND = re.compile(r"[\x7f-\x9f]")  # those that JSON need not escape
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# What a letter is, in the four words that the corpus of letters knows.
_KINDS = {
    Nature.CALENDAR: "human",
    Nature.CHALLENGE: "auto-reply",
    Nature.FEEDBACK_REPORT: "bounce",
    Nature.READ_RECEIPT: "auto-reply",
}


@click.command("read")
@click.argument("letter", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--server", is_flag=True, help='Answer each line {"path": ...} with a JSON line.')
def read_command(letter: Path | None, *, as_json: bool, server: bool) -> None:
    """Print all that can be read of LETTER, a file with one letter in it; - is standard input."""
    if server:
        serve()
        return
    if letter is None:
        raise click.UsageError("Name a letter to read, or give --server.")
    octets = sys.stdin.buffer.read() if str(letter) == "-" else _octets(letter)
    message = read(octets)
    if as_json:
        told_all = json.dumps(everything(message), ensure_ascii=False, indent=1)
        _print(_BEYOND.sub(lambda sign: f"\\u{ord(sign[0]):04x}", told_all))
    else:
        _print(_CONTROL.sub(lambda sign: f"\\x{ord(sign[0]):02x}", told(message)))


def _print(text: str) -> None:
    """Print what no terminal's charset need have all characters of."""
    charset = sys.stdout.encoding or "utf-8"
    click.echo(writable(text).encode(charset, "replace"))


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None


def serve() -> None:
    """Read `{"path": ...}` from each line of standard input, answer it with one line of JSON."""
    for line in _lines():
        try:
            answer = scored(read(Path(json.loads(line)["path"]).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            answer = {"_error": type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _lines() -> Iterator[bytes]:
    """The lines of standard input; of one that is too long, nothing is kept, and it is empty."""
    source = sys.stdin.buffer
    while line := source.readline(MAX_LINE):
        whole = line
        while line and not line.endswith(b"\n"):
            line, whole = source.readline(MAX_LINE), whole if len(whole) < MAX_LINE else b""
        yield whole


def _data(octets: Octets) -> bytes:
    assert isinstance(octets, InMemory)
    return octets.data


def scored(message: Message) -> dict[str, Any]:
    """The letter in the keys that the corpus's scorer compares."""
    return {
        "subject": message.subject,
        "from": message.author.address,
        "date": message.date,
        "text": message.text[: message.first_part],
        "reply": message.new_text,
        "attachments": [
            {
                "filename": one.name,
                "type": one.type,
                "size": one.octets.size,
                "sha256": hashlib.sha256(_data(one.octets)).hexdigest(),
            }
            for one in message.attachments[: len(message.attachments) - message.unpacked]
        ],
        "kind": _KINDS.get(message.nature, message.nature.value),
        "references": [f"<{one}>" for one in message.references],
    }


def _person(person: Person | None) -> dict[str, str] | None:
    return None if person is None else {"name": person.name, "address": person.address}


def _forwarded(one: Forwarded | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "from": _person(one.author),
        "subject": one.subject,
        "date": one.date,
        "text": one.text,
    }


def _failure(one: Failure) -> dict[str, str]:
    return {
        "recipient": one.recipient,
        "status": one.status,
        "diagnostic": one.diagnostic,
        "action": one.action,
    }


def _attached(one: Attachment) -> dict[str, Any]:
    """A file and where it is shown: within the HTML that names its Content-ID, or by itself."""
    return {
        "filename": one.name,
        "type": one.type,
        "size": one.octets.size,
        "sha256": hashlib.sha256(_data(one.octets)).hexdigest(),
        "content_id": one.content_id,
        "inline": one.inline,
    }


def everything(message: Message) -> dict[str, Any]:
    """All that was read, as JSON takes it."""
    parts = len(message.attachments) - message.unpacked
    return scored(message) | {
        "attachments": [_attached(one) for one in message.attachments[:parts]],
        "unpacked": [_attached(one) for one in message.attachments[parts:]],
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "delivered_to": [_person(one) for one in message.delivered_to],
        "author": _person(message.author),
        "written_by": _person(message.written_by),
        "reply_to": [_person(one) for one in message.reply_to],
        "to": [_person(one) for one in message.to],
        "cc": [_person(one) for one in message.cc],
        "whole_text": message.text,
        "html": message.html,
        "spans": [
            {"start": s.start, "end": s.end, "part": s.part.value, "confidence": s.confidence}
            for s in message.spans
        ],
        "nature": message.nature.value,
        "evidence": list(message.evidence),
        "forwarded": _forwarded(message.forwarded),
        "failures": [_failure(one) for one in message.failures],
        "reached": [_failure(one) for one in message.reached],
        "original_message_id": message.original_message_id,
        "language": message.language,
        "remarks": list(message.remarks),
    }


def _people(people: tuple[Person, ...]) -> str:
    return ", ".join(str(one) for one in people)


def _moment(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def told(message: Message) -> str:
    """All that was read, as a person reads it: the head, then the text with its spans named."""
    head = {
        "From": str(message.author),
        "Written by": "" if message.written_by is None else str(message.written_by),
        "Reply-To": _people(message.reply_to),
        "To": _people(message.to),
        "Cc": _people(message.cc),
        "Brought to": _people(message.delivered_to),
        "Subject": message.subject,
        "Date": _moment(message.date),
        "Message-ID": message.message_id or "",
        "References": " ".join(message.references),
        "Nature": message.nature.value,
        "Evidence": "; ".join(message.evidence),
        "Language": message.language,
        "Original": message.original_message_id or "",
    }
    lines = [f"{name + ':':<12} {value}" for name, value in head.items() if value]
    lines += [
        f"Failed:      {one.recipient} {one.status} {one.diagnostic}" for one in message.failures
    ]
    lines += [f"Reached:     {one.recipient} {one.status}" for one in message.reached]
    if message.forwarded is not None:
        lines.append(f"Forwarded:   {message.forwarded.author} {message.forwarded.subject}")
    lines += [
        f"Attached:    {one.name} ({one.type}, {one.octets.size} octets)"
        for one in message.attachments
    ]
    lines += [f"Remark:      {one}" for one in message.remarks]
    for span in message.spans:
        lines.append(f"\n[{span.part.value}, {span.confidence:.0%} sure]")
        lines.append(message.text[span.start : span.end].rstrip("\n"))
    return "\n".join(lines)
