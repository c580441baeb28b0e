"""What came back: which recipients a bounce names, why, and of which letter (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import evolve, frozen

from mailtickets.mail.fields import MAX_VALUE, Fields, fields_of
from mailtickets.mail.identifiers import ids_in
from mailtickets.mail.message import Failure
from mailtickets.mail.octets import InMemory
from mailtickets.mail.people import people
from mailtickets.mail.structure import Node
from mailtickets.mail.told import addresses
from mailtickets.mail.transfer import transferred
from mailtickets.tickets.values import Attachment

MAX_FAILURES = 1000

NOTICES = frozenset({"message/delivery-status", "message/global-delivery-status"})
"""The types of a notice for machines (RFC 3464, RFC 6533)."""
_RETURNED = frozenset(
    {
        *("message/rfc822", "message/global", "message/rfc822-headers", "message/partial"),
        *("text/rfc822-headers", "message/global-headers", "text/rfc822", "text/x-rfc822-headers"),
    }
)
_REACHED = frozenset({"delivered", "relayed", "expanded"})
_GROUPS = re.compile(rb"\r?\n[ \t]*\r?\n")
_TYPED = re.compile(r"^\s*(?:rfc822|utf-8|unknown|x-[\w-]+|smtp|system)\s*;\s*", re.IGNORECASE)
# What ends an address, of the signs of every script.
_NO_WORD = (
    r"\s<>()\[\]\"',;:@\u2018-\u201f\u3000-\u3003\u3008-\u301f"
    r"\uff08\uff09\uff0c\uff1a-\uff1e\uff5b-\uff64"
)
_CJK = r"\u3005-\u3007\u3040-\u9fff\uac00-\ud7af"
# An address in a sentence that has no blanks between its words.
_IN_SENTENCE = re.compile(
    rf"(?:.*[{_CJK}])?([!-~]+@(?:[a-z0-9-]+\.)+[a-z]{{2,}})(?:[{_CJK}].*)?", re.IGNORECASE
)
_BARE = re.compile(rf"(?<![^{_NO_WORD}])[^{_NO_WORD}]{{1,64}}+@[^{_NO_WORD}]{{1,255}}")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[\s\-#])")
_NOBODY = re.compile(r"(?:postmaster|mailer-daemon|abuse|helpdesk|support)@", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


@frozen
class Returned:
    """What a returned letter tells: who did not get it, and which letter it was.

    `reached` are those who did, where the notice names them: RFC 3461 has such notices, too.
    """

    failures: tuple[Failure, ...] = ()
    reached: tuple[Failure, ...] = ()
    original_message_id: str | None = None


def returned(root: Node, text: str) -> Returned:
    """What the letter tells as a bounce. `text` is its text; never raises."""
    told_by_machine: list[Failure] = []
    heads: list[Fields] = []
    for node in root.leaves():
        kind = node.type.value
        if kind in NOTICES:
            told_by_machine += notices(_octets(node))
        elif kind in _RETURNED:
            heads.append(_head(_octets(node)))
    notice, quoted = _split(text)
    heads.append(fields_of(quoted.encode("utf-8", "replace")))
    reached = tuple(one for one in told_by_machine if one.action in _REACHED)
    failures = [one for one in told_by_machine if one.action not in _REACHED]
    if not reached:  # else it is no bounce at all, and names everybody it is about
        failures = failures or list(_declared(root.fields)) or told(notice)
        failures = failures or [Failure(one) for one in addresses(root) if not _NOBODY.match(one)]
        failures = failures or _mentioned(notice, _own(root.fields)) or _written_to(heads)
    heads.append(root.fields)
    once: dict[str, Failure] = {}
    for failure in failures[:MAX_FAILURES]:
        once.setdefault(failure.recipient.lower(), failure)
    around = _status_in(notice[:8000])
    explained = tuple(_explained(one, around) for one in once.values())
    return Returned(explained, reached[:MAX_FAILURES], _original(heads))


def read_letter_of(attachments: tuple[Attachment, ...]) -> str | None:
    """The Message-ID of the letter that a receipt is about (RFC 8098 section 3.2.5).

    It stands in the part for machines, which is attached to the letter. None where there is none.
    """
    for one in attachments:
        if one.type == "message/disposition-notification" and isinstance(one.octets, InMemory):
            named = ids_in(fields_of(one.octets.data[:MAX_VALUE]).raw(b"original-message-id"))
            return named[0] if named else None
    return None


def _own(fields: Fields) -> set[str]:
    named = people(fields.raw(b"from")) + people(fields.raw(b"to"))
    return {one.address.lower() for one in named}


def _original(heads: list[Fields]) -> str | None:
    """The returned letter's Message-ID; else the one that the notice itself answers."""
    for fields in heads[:-1]:
        found = ids_in(fields.raw(b"message-id"))
        if found:
            return found[0]
    own = heads[-1]
    for name in (b"x-original-message-id", b"in-reply-to", b"references"):
        named = ids_in(own.raw(name))
        if named:
            return named[-1]
    return None


def _octets(node: Node) -> bytes:
    return transferred(node.body, node.encoding)[: 256 * 1024]


def _head(octets: bytes) -> Fields:
    octets = octets.lstrip()
    end = _GROUPS.search(octets)
    return fields_of(octets[: end.start()] if end else octets)


def notices(body: bytes) -> list[Failure]:
    """The recipients that a message/delivery-status part tells of (RFC 3464 section 2.3)."""
    out: list[Failure] = []
    for group in _GROUPS.split(body)[: MAX_FAILURES + 1]:
        fields = fields_of(group + b"\n")
        recipient = _address(fields.text(b"final-recipient")) or _address(
            fields.text(b"original-recipient")
        )
        action = fields.word(b"action").split(" ")[0].strip("();,")
        if not recipient:
            continue
        status = _ENHANCED.search(fields.text(b"status"))
        diagnostic = _TYPED.sub("", fields.text(b"diagnostic-code"))
        code = status[1] if status else _status_in(diagnostic)
        out.append(Failure(recipient, code, diagnostic[:1000], action or "failed"))
    return out


def _address(value: str) -> str:
    value = _TYPED.sub("", value).strip().strip("<>")
    found = _BARE.search(value)
    return found[0].rstrip(".") if found else ""


def _status_in(text: str) -> str:
    found = _ENHANCED.search(text)
    if found:
        return found[1]
    code = _CODE.search(text)
    return f"{code[1][0]}.0.0" if code else ""


def _declared(fields: Fields) -> Iterable[Failure]:
    """Exim's own field for what RFC 3464 says in a part of its own."""
    for value in fields.every(b"x-failed-recipients"):
        for address in _BARE.findall(value.decode("utf-8", "replace"))[:MAX_FAILURES]:
            yield Failure(address)


# A notice in words. What follows one of these lines is the letter that came back.
_BELOW = re.compile(
    r"^[ \t>]*(?:[-=*]{2,}+[^\n]{0,30}(?:copy of|original message|returned message|below this line"
    r"|message header|header of|undelivered message|unsent message|start of)[^\n]{0,80}"
    r"|[^\n]{0,40}(?:copy of (?:the|your) (?:original )?message|message headers? follow)[^\n]{0,60}"
    r"|[^\n]{0,60}original message follows[^\n]{0,20}|original message:[ \t]*"
    r"|(?:return-path|received|message-id):[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_TELLS = re.compile(
    r"^[ \t]*(?:(?![^\n]{0,20}(?:[发發寄]件|[发發寄]信|差出人|送信者|보낸|발신|抄送|回[复覆]))"
    rf"[{_CJK}]{{2,20}}[ \t]?[:：][ \t]*)?"
    rf"(?:<(?P<angle>[^\s<>@]{{1,64}}@[^\s<>]{{1,255}})>|(?P<bare>[^{_NO_WORD}]{{1,64}}@"
    rf"[^{_NO_WORD}]{{1,255}}))(?P<more>[^\n]*(?:\n(?!\s*\n)[ \t]*[^\n]{{1,400}}){{0,6}})",
    re.MULTILINE,
)
_INSIDE = re.compile(
    r"(?:recipients?|address(?:es)?|user|mailbox|empfänger|destinataire|deliver[^\n]{0,40} to)"
    r"\W{0,5}"
    rf"[^\n]{{0,60}}?<?(?P<bare>[^{_NO_WORD}]{{1,64}}@[^{_NO_WORD}]{{1,255}})>?(?P<more>[^\n]*)",
    re.IGNORECASE,
)


def _split(text: str) -> tuple[str, str]:
    """The notice, and the letter that came back below it, as far as they can be told apart."""
    text = text[: 64 * 1024]
    found = _BELOW.search(text)
    if not found:
        return text, ""
    return text[: found.start()], text[found.start() :]


def told(notice: str) -> list[Failure]:
    """The failed recipients that a notice in words names: each on a line's beginning."""
    notice = notice[: 16 * 1024]
    out: list[Failure] = []
    for pattern in (_TELLS, _INSIDE):
        for match in pattern.finditer(notice):
            address = match.groupdict().get("angle") or match["bare"]
            more = _SPACE.sub(" ", match["more"]).strip(" :>-")
            if _NOBODY.match(address):
                continue
            out.append(Failure(_alone(address), _status_in(more), more[:500]))
            if len(out) >= MAX_FAILURES:
                return out
        if out:
            return out
    return out


def _alone(address: str) -> str:
    """An address without the words of Chinese or Japanese that stand right beside it."""
    found = _IN_SENTENCE.fullmatch(address) if not address.isascii() else None
    return (found[1] if found else address).rstrip(".>")


def _mentioned(notice: str, own: set[str]) -> list[Failure]:
    """Any address that the notice mentions, less those of the letter that brings it."""
    found = dict.fromkeys(map(_alone, _BARE.findall(notice[: 8 * 1024])))
    return [Failure(one) for one in found if one.lower() not in own and not _NOBODY.match(one)][:5]


def _written_to(heads: list[Fields]) -> list[Failure]:
    """Whom the returned letter was for, when the notice names nobody."""
    for fields in heads:
        found = [one.address for one in people(fields.raw(b"to")) if "@" in one.address]
        if found:
            return [Failure(one) for one in found[:MAX_FAILURES]]
    return []


def _explained(failure: Failure, around: str) -> Failure:
    """A failure without a status has that of the notice around it, if it has one."""
    if failure.status:
        return failure
    return evolve(failure, status=_status_in(failure.diagnostic) or around)
