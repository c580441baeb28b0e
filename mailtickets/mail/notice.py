"""The notice that a letter failed for good, to the person who sent it (RFC 3464, RFC 6522)."""

from __future__ import annotations

import binascii
import re

from mailtickets.errors import Permanent
from mailtickets.mail import clean, headers, mime
from mailtickets.mail.envelope import Item, Wishes
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.phrases import Phrases, phrases

HEAD_OCTETS = 64 * 1024
_END = re.compile(rb"\r?\n\r?\n")
_LANGUAGE = re.compile(
    rb"^(?:content|accept)-language[ \t]*:[ \t]*([a-z]{2,3})\b", re.IGNORECASE | re.MULTILINE
)


def failure_notice(
    item: Item,
    recipient: Mailbox,
    trouble: Permanent,
    head: bytes,
    *,
    hostname: str,
    date: float,
    id: str,
    language: str = "",
    quotes: bool = True,
) -> tuple[bytes, str]:
    """The notice's octets and its subject; to be sent with the null sender (RFC 5321 section 6.1).

    `head` is the beginning of the letter, of which the header fields go back; nothing but the
    Message-ID where it shall not quote. `date` counts seconds since 1970, `id` names the notice.
    Without a `language` it is the one that the letter's
    head names, or English. Raises Permanent 1.3 when the letter had no sender.
    """
    envelope = item.letter.envelope
    if envelope.sender is None:
        raise Permanent("1.3", "Nobody is told of a letter with the null sender")
    original = identifiers(head)
    say = phrases(language or _language(head))
    subject = original.subject if quotes else ""
    people = mime.text_part(_sentences(say, recipient, trouble, subject, envelope.id))
    if not quotes:
        head = headers.ids("Message-ID", [original.message_id] if original.message_id else [])
    wishes = envelope.wishes.get(recipient, Wishes())
    machines = _status(item, recipient, trouble, hostname, wishes)
    status = mime.Body(b"Content-Type: message/delivery-status\r\n", machines)
    body = mime.multipart(
        "report",
        [people, status, _headers_part(head)],
        [("report-type", "delivery-status")],  # RFC 6522 section 3
    )
    fields = [
        headers.date("Date", date),
        headers.addresses("From", [("Mail Delivery System", _daemon(hostname))]),
        headers.addresses("To", [("", envelope.sender)]),
        headers.unstructured("Subject", say.failed_subject),
        headers.ids("Message-ID", [f"{id}.notice@{hostname}"]),
        headers.ids("In-Reply-To", [original.message_id] if original.message_id else []),
        headers.ids("References", [*original.references[:1], original.message_id or ""]),
        b"Auto-Submitted: auto-replied\r\n",  # RFC 3464 section 2, RFC 3834 section 5
        b"X-Auto-Response-Suppress: All\r\n",
        b"MIME-Version: 1.0\r\n",
        body.head,
    ]
    return b"".join([*fields, b"\r\n", body.octets]), say.failed_subject


def _daemon(hostname: str) -> Mailbox:
    return Mailbox("MAILER-DAEMON", hostname)


def _language(head: bytes) -> str:
    """The language a letter says it is written in (RFC 3282), or that its writer reads."""
    found = _LANGUAGE.search(head[:HEAD_OCTETS])
    return found[1].decode("ascii") if found else ""


def _sentences(
    say: Phrases, recipient: Mailbox, trouble: Permanent, subject: str, trace: str
) -> str:
    named = f'    "{clean.line(subject, 200)}"\n\n' if subject else ""
    reason = f"{clean.line(trouble.text, 400)} ({trouble.enhanced})"
    postmaster = f"postmaster@{recipient.domain}"
    return (
        f"{say.failed}\n\n    {recipient}\n\n{named}{say.reason.format(reason=reason)}\n\n"
        f"{say.given_up.format(postmaster=postmaster, trace=trace)}\n"
    )


def _status(
    item: Item, recipient: Mailbox, trouble: Permanent, hostname: str, wishes: Wishes
) -> bytes:
    """The part for machines (RFC 3464 section 2.1), in two groups of fields."""
    envelope = item.letter.envelope
    words = clean.line(trouble.text, 400)
    fields = [
        headers.exact("Original-Envelope-Id", envelope.envid) if envelope.envid else b"",
        headers.exact("Reporting-MTA", f"dns; {hostname}"),
        headers.date("Arrival-Date", envelope.arrived),
        b"\r\n",
        headers.exact("Original-Recipient", wishes.orcpt) if wishes.orcpt else b"",
        _final_recipient(recipient),
        b"Action: failed\r\n",
        headers.exact("Status", trouble.enhanced),
        headers.unstructured("Diagnostic-Code", f"X-mailtickets; {words}"),
    ]
    return b"".join(fields)


def _final_recipient(recipient: Mailbox) -> bytes:
    spec = clean.address(recipient)
    if spec.isascii():
        return headers.exact("Final-Recipient", f"rfc822; {spec}")
    written = "".join(each if each.isascii() else f"\\x{{{ord(each):X}}}" for each in spec)
    return headers.exact("Final-Recipient", f"utf-8; {written}")  # RFC 6533 section 3


def _headers_part(head: bytes) -> mime.Body:
    """The header fields of the letter that failed (RFC 6522 section 4), every line made clean."""
    end = _END.search(head)
    head = head[: end.start() if end else HEAD_OCTETS][:HEAD_OCTETS]
    lines = re.split(rb"\r\n|\r|\n", head.replace(b"\0", b""))
    octets = b"".join(line[:990] + b"\r\n" for line in lines)
    encoding = b"7bit"
    if not octets.isascii():  # in eight bits it might be rewritten on the way, and not verify
        encoding, octets = b"quoted-printable", binascii.b2a_qp(octets, istext=True)
    return mime.Body(
        b"Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: " + encoding + b"\r\n",
        octets,
    )
