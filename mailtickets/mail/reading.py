"""A letter is read: its octets become a Message."""

from __future__ import annotations

from mailtickets.mail.automatic import nature_of
from mailtickets.mail.body import octets_of, texts_of
from mailtickets.mail.dates import seconds
from mailtickets.mail.dsn import Returned, returned
from mailtickets.mail.fields import declared
from mailtickets.mail.identifiers import ids_in
from mailtickets.mail.message import Message, Nature
from mailtickets.mail.names import made_name, sent_name
from mailtickets.mail.octets import InMemory
from mailtickets.mail.people import people
from mailtickets.mail.structure import Node, scanned
from mailtickets.tickets.values import Attachment, Person

_NOBODY = Person("", "")


def read_letter(octets: bytes) -> Message:
    """What can be read of the letter. Never raises."""
    return message_of(scanned(octets))


def message_of(root: Node) -> Message:
    """The message that these parts make."""
    fields = root.fields
    texts = texts_of(root)
    senders = people(fields.raw(b"from")) or people(fields.raw(b"sender"))
    message_id = ids_in(fields.raw(b"message-id"))
    answered = ids_in(fields.raw(b"in-reply-to"))
    references = ids_in(b" ".join(fields.every(b"references"))) + answered
    text = texts.text
    author = senders[0] if senders else _NOBODY
    subject = fields.text(b"subject", texts.charset)
    nature, evidence = nature_of(root, author, subject, text)
    came_back = returned(root, text) if nature is Nature.BOUNCE else Returned()
    return Message(
        message_id=message_id[0] if message_id else None,
        in_reply_to=tuple(answered),
        references=tuple(dict.fromkeys(references)),
        author=author,
        reply_to=people(fields.raw(b"reply-to")),
        to=people(b", ".join(fields.every(b"to"))),
        cc=people(b", ".join(fields.every(b"cc"))),
        subject=subject,
        date=seconds(fields.text(b"date")),
        text=text,
        first_part=texts.first,
        html=texts.html,
        marks=texts.marks,
        attachments=tuple(
            _attachment(node, number) for number, node in enumerate(texts.attachments, 1)
        ),
        nature=nature,
        evidence=evidence,
        failures=came_back.failures,
        original_message_id=came_back.original_message_id,
        remarks=tuple(texts.remarks),
    )


def _attachment(node: Node, number: int) -> Attachment:
    disposition = declared(node.fields.raw(b"content-disposition"))
    cid = ids_in(node.fields.raw(b"content-id"))
    return Attachment(
        name=sent_name(node, disposition) or made_name(node.type.value, number),
        type=node.type.value,
        octets=InMemory(octets_of(node)),
        content_id=cid[0] if cid else None,
        inline=disposition.value == "inline" or bool(cid),
    )
