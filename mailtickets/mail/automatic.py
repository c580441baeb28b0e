"""Is a letter a person's, or a machine's, and what makes us think so.

A person's letter must not be taken for a machine's: it would not be answered. So words alone decide
nothing. A subject counts only with a sender that is no person, or with a field that programs set.
"""

from __future__ import annotations

import re

from mailtickets.mail.bounced import bounced
from mailtickets.mail.dsn import NOTICES
from mailtickets.mail.evidence import (
    ANSWERS,
    BEGINNING,
    EARLIER,
    Found,
    about,
    daemon_of,
    is_alone,
    is_passed_on,
    it_says,
    wording,
)
from mailtickets.mail.fields import Fields, declared
from mailtickets.mail.message import Nature
from mailtickets.mail.people import people
from mailtickets.mail.signs import (
    ABSENT_SUBJECT,
    ASKED,
    ASKING,
    AUTO_SUBJECT,
    CHALLENGE_FIELDS,
    CHALLENGE_SUBJECT,
    CHALLENGERS,
    LIST_FIELDS,
    NO_REPLY,
    NOTICE_SUBJECT,
    PASSED_ON,
    REPLY_FIELDS,
    REPLY_WORDS,
    RULE_FIELDS,
    SAYS_AUTOMATIC,
    bulk,
    null_path,
    suppressed,
    within,
)
from mailtickets.mail.structure import Node
from mailtickets.mail.subjects import of_an_exchange
from mailtickets.tickets.values import Person

_CHALLENGES = frozenset(CHALLENGE_FIELDS)
_REPLIES = frozenset(REPLY_FIELDS)
_LISTS = frozenset(LIST_FIELDS)
_FINAL = re.compile(rb"^final-recipient:[^;\r\n]*;\s*<?([^\s<>]+)", re.IGNORECASE | re.MULTILINE)
_INVITING = frozenset({"REQUEST", "CANCEL", "ADD", "COUNTER", "DECLINECOUNTER"})
_ITS_END = re.compile(r"[\s;(]")


def nature_of(root: Node, author: Person, subject: str, text: str) -> Found:
    """What the letter is, and the evidence in words. Pure; never raises."""
    fields = root.fields
    return (
        _report(root, author, subject)
        or bounced(fields, author, subject, text)
        or _challenge(fields, author, subject)
        or _listed_reply(fields, author, subject, text)
        or _list(fields, subject)
        or _invitation(root, subject)
        or _reply(fields, author, subject, text)
        or _calendar(root)
        or (Nature.HUMAN, ())
    )


def _report(root: Node, author: Person, subject: str) -> Found | None:
    """Machine-readable notices (RFC 6522), by what is in them rather than by what they say."""
    leaves = list(root.leaves())
    kinds = {node.type.value for node in leaves}
    said = root.type.word("report-type") if root.type.value == "multipart/report" else ""
    if "message/rfc822" in kinds and any(map(_complaint, leaves)):
        return Nature.FEEDBACK_REPORT, ("the field X-HmXmrOriginalRecipient of a complaint",)
    found = _notice(kinds, said)
    if found and (root.type.value == "multipart/report" or _brought(root, author, subject)):
        return found
    return None


def _notice(kinds: set[str], said: str) -> Found | None:
    if "message/feedback-report" in kinds or said == "feedback-report":
        return Nature.FEEDBACK_REPORT, ("a feedback report (RFC 5965)",)
    if said == "disposition-notification" or "message/disposition-notification" in kinds:
        return Nature.READ_RECEIPT, ("a disposition notification (RFC 8098)",)
    if not NOTICES.isdisjoint(kinds):
        return Nature.BOUNCE, ("a delivery status notification (RFC 3464)",)
    if said == "delivery-status":
        return Nature.BOUNCE, ("its type is multipart/report, of a delivery status (RFC 6522)",)
    return None


def _brought(root: Node, author: Person, subject: str) -> bool:
    """Whether a notice outside a multipart/report is the letter's own.

    It is not where a person forwards one: some programs put its parts beside the person's words.
    """
    first = next(root.leaves()).parent
    while first is not None:
        if first.type.value == "multipart/report":
            return True  # a program on the way put something below the report
        first = first.parent
    if not root.children or not author.address or is_alone(root.fields, subject):
        return True
    asked = bool(PASSED_ON.match(subject)) or root.fields.has_any(ANSWERS)
    if NOTICE_SUBJECT.match(subject) or _is_authors(root, author, asked=asked):
        return True
    rank, _ = daemon_of(author)
    return rank == "daemon" or (rank != "" and not asked)


def _is_authors(root: Node, author: Person, *, asked: bool) -> bool:
    """Whether it is the author's own receipt, or a complaint: people forward those of others."""
    for node in root.leaves():
        if node.type.value == "message/disposition-notification":
            said = _FINAL.search(node.body[:4096])
            reader = said[1].decode("ascii", "replace") if said else ""
            return reader.lower() == author.address.lower()
        if node.type.value == "message/feedback-report":
            return not asked
    return False


def _complaint(node: Node) -> bool:
    """Outlook.com's complaints come without a report, and mark the letter they complain of."""
    return b"x-hmxmroriginalrecipient:" in node.body[:4096].lower()


def _challenge(fields: Fields, author: Person, subject: str) -> Found | None:
    if fields.has_any(_CHALLENGES):
        field = next(one for one in CHALLENGE_FIELDS if one in fields)
        return Nature.CHALLENGE, (f"the field {field.decode()}",)
    automatic = fields.word(b"auto-submitted") not in {"", "no"} or null_path(fields)
    if automatic and CHALLENGE_SUBJECT.search(subject):
        return Nature.CHALLENGE, (about(subject),)
    domain = author.address.rpartition("@")[2]
    if automatic and CHALLENGERS.fullmatch(domain):
        return Nature.CHALLENGE, (f"a program at {domain.lower()} sent it",)
    return None


def _listed_reply(fields: Fields, author: Person, subject: str, text: str) -> Found | None:
    """An automatic answer that came by a list, as where the help desk's address is a group's.

    Exchange says of its answers that they are auto-generated, as other programs do of news.
    """
    if not fields.has_any(_LISTS):
        return None
    alone = fields.word(b"auto-submitted").startswith("auto-") or suppressed(fields)
    answers = alone and fields.has_any(EARLIER) and AUTO_SUBJECT.match(subject)
    return _reply(fields, author, subject, text) if answers or fields.has_any(_REPLIES) else None


def _list(fields: Fields, subject: str) -> Found | None:
    """RFC 2919, RFC 2369, and the Precedence that lists set before there were these.

    What says that it answers a letter is no list's, whatever Precedence it has, or list it came by.
    """
    if fields.word(b"auto-submitted").startswith("auto-replied"):
        return None
    if fields.has_any(_LISTS):
        for field in LIST_FIELDS:
            if fields.raw(field).strip():
                return Nature.LIST, (f"the field {field.decode().title()}",)
    if not bulk(fields) or fields.has_any(_REPLIES) or wording(fields, subject):
        return None
    to_many = b"list-unsubscribe" in fields or fields.word(b"precedence") == "list"
    if fields.word(b"auto-submitted").startswith("auto-") and not to_many:
        return None  # no person wrote it (RFC 3834 section 5.1), and that is what counts
    return Nature.LIST, (f"Precedence: {fields.word(b'precedence')}",)


def _reply(fields: Fields, author: Person, subject: str, text: str) -> Found | None:
    automatic = fields.word(b"auto-submitted")
    if automatic.startswith("auto-"):  # RFC 3834 section 5
        said = _ITS_END.split(automatic, 1)[0]
        return Nature.AUTO_REPLY, (f"Auto-Submitted: {said}",)
    replies = REPLY_FIELDS if fields.has_any(_REPLIES) else ()
    for field in replies:
        if field in RULE_FIELDS and not _answered(fields, author, subject):
            continue
        if field in fields and fields.word(field) not in {"no", "false", "0"}:
            return Nature.AUTO_REPLY, (f"the field {field.decode()}",)
    for field, said in REPLY_WORDS:
        if field in fields and said in fields.word(field).split(" "):
            return Nature.AUTO_REPLY, (f"{field.decode().title()}: {said}",)
    return _worded_reply(fields, author, subject, text)


def _worded_reply(fields: Fields, author: Person, subject: str, text: str) -> Found | None:
    """A reply whose subject says that it is automatic, and something else does."""
    words = wording(fields, subject)
    if words is None:
        return None
    if not AUTO_SUBJECT.match(subject) and ASKING.search(text[:BEGINNING]):
        return None  # who asks something is a person, whatever path the letter came by
    if _says_so(fields, words) and _programmed(fields, subject[words.end() :]):
        return Nature.AUTO_REPLY, (about(subject), "no person's program sent it")
    if fields.has_any(EARLIER) and (said := SAYS_AUTOMATIC.match(text.lstrip())):
        return Nature.AUTO_REPLY, (about(subject), it_says(said))
    if _unread(fields, author, words):
        return Nature.AUTO_REPLY, (about(subject), f"nobody reads {author.address}")
    return None


def _answered(fields: Fields, author: Person, subject: str) -> bool:
    """Whether a rule of an inbox answered, rather than pass a letter on (see RULE_FIELDS).

    The field names whose inbox it is. Who answers is its owner; what is passed on has another
    writer, or a subject that says so. A machine's answer that is passed on is one still.
    """
    words = AUTO_SUBJECT.match(within(subject))
    if words and _says_so(fields, words):
        return True
    if b"x-ms-exchange-inbox-rules-loop" not in fields:
        return not is_passed_on(fields, subject)
    whose = fields.word(b"x-ms-exchange-inbox-rules-loop").strip(" <>").lower()
    own = bool(whose) and whose == author.address.lower()
    return (own or null_path(fields)) and not is_passed_on(fields, subject)


def _says_so(fields: Fields, said: re.Match[str]) -> bool:
    """Whether a subject that begins with the words `said` says that a program answers.

    People ask about their absence, too, and "Auto" is a car. Programs answer a letter.
    """
    if not ABSENT_SUBJECT.match(said[0]) or null_path(fields) or fields.has_any(EARLIER):
        return True
    return said[0].strip(" :：").lower() != "auto" and not _asks(said)


def _asks(said: re.Match[str]) -> bool:
    return ASKED.search(said.string[said.end() :]) is not None


def _programmed(fields: Fields, rest: str) -> bool:
    """Whether anything but words says that a program wrote the letter by itself.

    `rest` is what its subject says below the words of an answer. X-Auto-Response-Suppress
    ([MS-OXCMAIL] section 2.1.3.2.20) says only that no program shall answer, and people's programs
    and forms set it, too. So where somebody is told of a failure, an answer answers a letter, or
    names the subject of one. Where the return path is not known, answers ask for no answer at all.
    """
    if null_path(fields):
        return True
    if bulk(fields) or b"x-auto-response-suppress" not in fields:
        return bulk(fields)
    if fields.has_any(EARLIER) or of_an_exchange(rest):
        return True
    return b"return-path" not in fields and "all" in suppressed(fields)


def _unread(fields: Fields, author: Person, said: re.Match[str]) -> bool:
    """Whether an address that takes no answer says that it replies automatically.

    Forms of the web send people's letters from such addresses, and name the person in Reply-To.
    """
    if ABSENT_SUBJECT.match(said[0]) or _asks(said):
        return False
    to = people(fields.raw(b"reply-to"))
    own = all(one.address.lower() == author.address.lower() for one in to)
    return own and NO_REPLY.fullmatch(author.address.partition("@")[0]) is not None


def _invitation(root: Node, subject: str) -> Found | None:
    """An invitation, or what changes one. Google says of a person's that it is auto-generated."""
    fields = root.fields
    if _method(root) not in _INVITING or fields.has_any(_REPLIES):
        return None
    if fields.word(b"auto-submitted").startswith("auto-replied"):
        return None
    if fields.has_any(EARLIER) and AUTO_SUBJECT.match(subject):
        return None
    return _calendar(root)


def _calendar(root: Node) -> Found | None:
    method = _method(root)
    if method is None:
        return None
    return Nature.CALENDAR, (f"a calendar message {method} (RFC 6047)".replace("  ", " "),)


def _method(root: Node) -> str | None:
    """What a calendar message is for (RFC 5546 section 1.4); None for a letter that is none.

    A file that somebody attached to his words may name a method as well.
    """
    for node in root.leaves():
        if node.type.value != "text/calendar":
            continue
        method = node.type.word("method").upper()
        attached = declared(node.fields.raw(b"content-disposition")).value == "attachment"
        if node is root or (method and not (attached and _has_words(root))):
            return method
    return None


def _has_words(root: Node) -> bool:
    return any(node.type.value in {"text/plain", "text/html"} for node in root.leaves())
