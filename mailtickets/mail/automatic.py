"""Is a letter a person's, or a machine's, and what makes us think so.

A person's letter must not be taken for a machine's: it would not be answered. So words alone decide
nothing. A subject counts only with a sender that is no person, or with a field that programs set.
"""

from __future__ import annotations

import re

from mailtickets.mail.dsn import NOTICES
from mailtickets.mail.fields import Fields
from mailtickets.mail.message import Nature
from mailtickets.mail.people import people
from mailtickets.mail.signs import (
    ABSENT_SUBJECT,
    ASKED,
    ASKING,
    AUTO_SUBJECT,
    AWAY_SUBJECT,
    BOUNCE_ADDRESS,
    BOUNCE_SUBJECT,
    BOUNCE_WORDS,
    CHALLENGE_FIELDS,
    CHALLENGE_SUBJECT,
    CHALLENGERS,
    DAEMON,
    DAEMON_NAME,
    GREETING,
    LIST_FIELDS,
    MTA_SUBJECT,
    NO_REPLY,
    NOTICE_SUBJECT,
    NOTICE_TEXT,
    PASSED_ON,
    PROGRAM_NAME,
    REPLY_FIELDS,
    REPLY_WORDS,
    RULE_FIELDS,
    bulk,
    null_path,
    personal,
    suppressed,
    within,
)
from mailtickets.mail.structure import Node
from mailtickets.mail.subjects import of_an_exchange
from mailtickets.tickets.values import Person

_CHALLENGES = frozenset(CHALLENGE_FIELDS)
_REPLIES = frozenset(REPLY_FIELDS)
_LISTS = frozenset(LIST_FIELDS)
_ANSWERS = frozenset({b"in-reply-to", b"references", b"user-agent"})
_EARLIER = frozenset({b"in-reply-to", b"references"})
_FINAL = re.compile(rb"^final-recipient:[^;\r\n]*;\s*<?([^\s<>]+)", re.IGNORECASE | re.MULTILINE)
_ITS_END = re.compile(r"[\s;(]")
_BEGINNING = 600  # how far down a notice's first sentence may stand
Found = tuple[Nature, tuple[str, ...]]


def nature_of(root: Node, author: Person, subject: str, text: str) -> Found:
    """What the letter is, and the evidence in words. Pure; never raises."""
    fields = root.fields
    return (
        _report(root, author, subject)
        or _bounce(fields, author, subject, text)
        or _challenge(fields, author, subject)
        or _list(fields, subject)
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
    if not root.children or not author.address or _alone(root.fields, subject):
        return True
    asked = bool(PASSED_ON.match(subject)) or root.fields.has_any(_ANSWERS)
    if NOTICE_SUBJECT.match(subject) or _is_authors(root, author, asked=asked):
        return True
    rank, _ = _daemon(author)
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


def _daemon(author: Person) -> tuple[str, str]:
    """What the sender is called, and the evidence: "daemon", "office", "shared", or ""."""
    local = author.address.partition("@")[0]
    found = DAEMON.match(local)
    named = DAEMON_NAME.search(author.name)
    if named and (not found or found.lastgroup == "shared" or named.lastgroup == "daemon"):
        return named.lastgroup or "", f"the sender calls itself {author.name}"
    if found:
        return found.lastgroup or "", f"the sender is {local.lower()}"
    return "", ""


def _passed_on(fields: Fields, subject: str) -> bool:
    """Whether a rule of an inbox in Exchange passed on a letter, rather than answer it.

    Such a letter may have an empty return path, too, and is still what its writer wrote.
    """
    if not fields.has_any(RULE_FIELDS):
        return False
    if b"resent-from" in fields:
        return True
    # "VS:" is a forwarded letter's in Danish, and an answer's in Finnish.
    return PASSED_ON.match(subject) is not None and subject.lstrip()[:2].lower() != "vs"


def _alone(fields: Fields, subject: str) -> bool:
    """Whether a program says that no person sent the letter."""
    if fields.word(b"auto-submitted").startswith("auto-"):  # RFC 3834 section 5
        return True
    return null_path(fields) and not _passed_on(fields, subject)


def _bounce(fields: Fields, author: Person, subject: str, text: str) -> Found | None:
    if b"x-failed-recipients" in fields:
        return Nature.BOUNCE, ("the field X-Failed-Recipients",)
    if b"x-amz-sns-message-id" in fields and "notificationType" in text[:2000]:
        return Nature.BOUNCE, ("a notification of Amazon SES",)
    rank, daemon = _daemon(author)
    if fields.has_any(RULE_FIELDS) and NOTICE_SUBJECT.match(within(subject)):
        passed = NOTICE_TEXT.search(text[: 2 * _BEGINNING])  # its head may stand above
        if passed:  # people, too, write about what was not delivered
            return Nature.BOUNCE, ("a rule of an inbox passed it on", _it_says(passed))
    unasked = null_path(fields) and not _passed_on(fields, subject)
    if unasked and not daemon:
        daemon = "the return path is empty (RFC 5321 section 4.5.5)"
    if not daemon:
        return _to_bounces(fields, subject, text)
    office = rank == "shared" or (rank == "office" and not _alone(fields, subject))
    asks = any(is_so(text[:_BEGINNING]) for is_so in (ASKING.search, GREETING.match))  # no notice
    if (unasked and not rank and asks) or (not unasked and office):
        said = _from_office(fields, author, subject, text)
        return (Nature.BOUNCE, (daemon, said)) if said else _to_bounces(fields, subject, text)
    if BOUNCE_SUBJECT.search(subject):
        return Nature.BOUNCE, (daemon, _about(subject))
    replied = fields.word(b"auto-submitted").startswith("auto-replied")
    answer = AUTO_SUBJECT.match(subject) if rank else _wording(fields, subject)
    if answer or (replied and rank not in {"daemon", "office"}):
        return None  # a vacation notice has an empty return path as well (RFC 3834 section 3.3)
    words = BOUNCE_WORDS.search(text[:4000]) or NOTICE_TEXT.search(text[:_BEGINNING])
    return (Nature.BOUNCE, (daemon, _it_says(words))) if words else None


def _about(subject: str) -> str:
    return f"its subject is {subject[:80]!r}"


def _it_says(words: re.Match[str]) -> str:
    return f"it says {' '.join(words[0].split())[:60]!r}"


def _from_office(fields: Fields, author: Person, subject: str, text: str) -> str:
    """What makes a notice of a letter from where people write, too: postmaster@, a firm's mail@.

    Who greets, asks or has a person's name is a person. Else it is a notice if it begins as none
    but a notice does; or, from an office, if it answers nobody and two of three say so: its
    subject's beginning, its words, and that the office has no person's name.
    """
    if PASSED_ON.match(subject) or personal(author.name) or ASKING.search(text[:_BEGINNING]):
        return ""
    begins, unnamed = NOTICE_SUBJECT.match(subject), _unnamed(author)
    shared = _daemon(author)[0] != "office"
    if GREETING.match(text[:_BEGINNING]):
        rest = text[:_BEGINNING].lstrip().partition("\n")[2].lstrip()
        words = NOTICE_TEXT.match(rest)
        greeted = begins and unnamed and not fields.has_any(_ANSWERS)
        return _it_says(words) if words and greeted else ""
    words = NOTICE_TEXT.search(text[:_BEGINNING])
    if words and not (shared and _shown(fields, subject, text[: words.start()])):
        return _it_says(words)
    told = not text or BOUNCE_WORDS.search(text[:4000])
    if shared:
        mta = MTA_SUBJECT.match(subject) and told and not fields.has_any(_ANSWERS)
        return _about(subject) if mta else ""
    if not (begins and unnamed):  # Exchange's notices name the letter that they answer
        if fields.has_any(_ANSWERS) or not told:
            return ""
        if not begins and not (unnamed and BOUNCE_SUBJECT.search(subject)):
            return ""
    return _about(subject)


def _shown(fields: Fields, subject: str, above: str) -> bool:
    """Whether somebody at a firm's address shows a notice, below words of his own."""
    if fields.has_any(_EARLIER):
        return True
    return bool(above.strip()) and not NOTICE_SUBJECT.match(subject)


def _unnamed(author: Person) -> bool:
    """Whether an office's address comes with no name, or with one as programs have."""
    if PROGRAM_NAME.fullmatch(author.name):
        return True
    named = not author.name or DAEMON_NAME.search(author.name)
    return bool(named) and DAEMON.match(author.address.partition("@")[0]) is not None


def _to_bounces(fields: Fields, subject: str, text: str) -> Found | None:
    """A bounce from somebody without a name, to an address that takes only bounces."""
    if b"bounce" not in fields.raw(b"to").lower():
        return None
    locals_ = [local for local, _, _ in (one.partition("@") for one in _recipients(fields))]
    if not any(BOUNCE_ADDRESS.search(local) for local in locals_):
        return None
    if BOUNCE_SUBJECT.search(subject) and (BOUNCE_WORDS.search(text[:4000]) or not text):
        return Nature.BOUNCE, ("it went to an address for bounces", _about(subject))
    return None


def _recipients(fields: Fields) -> list[str]:
    return [person.address for person in people(fields.raw(b"to"))[:20]]


def _challenge(fields: Fields, author: Person, subject: str) -> Found | None:
    if fields.has_any(_CHALLENGES):
        field = next(one for one in CHALLENGE_FIELDS if one in fields)
        return Nature.CHALLENGE, (f"the field {field.decode()}",)
    automatic = fields.word(b"auto-submitted") not in {"", "no"} or null_path(fields)
    if automatic and CHALLENGE_SUBJECT.search(subject):
        return Nature.CHALLENGE, (_about(subject),)
    domain = author.address.rpartition("@")[2]
    if automatic and CHALLENGERS.fullmatch(domain):
        return Nature.CHALLENGE, (f"a program at {domain.lower()} sent it",)
    return None


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
    if not bulk(fields) or fields.has_any(_REPLIES) or _wording(fields, subject):
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
    words = _wording(fields, subject)
    if words and not AUTO_SUBJECT.match(subject) and ASKING.search(text[:_BEGINNING]):
        return None  # who asks something is a person, whatever path the letter came by
    if words and _says_so(fields, words) and _programmed(fields, subject[words.end() :]):
        return Nature.AUTO_REPLY, (_about(subject), "no person's program sent it")
    if words and _unread(fields, author, words):
        return Nature.AUTO_REPLY, (_about(subject), f"nobody reads {author.address}")
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
        return not _passed_on(fields, subject)
    whose = fields.word(b"x-ms-exchange-inbox-rules-loop").strip(" <>").lower()
    own = bool(whose) and whose == author.address.lower()
    return (own or null_path(fields)) and not _passed_on(fields, subject)


def _wording(fields: Fields, subject: str) -> re.Match[str] | None:
    """How the subject begins, if a program's answer may begin so.

    "Urlaub:" people write as well: it counts if nobody is told of a failure, if a program says that
    no person sent it, or if what wants no answer answers a letter.
    """
    said = AUTO_SUBJECT.match(subject)
    if said is not None:
        return said
    answered = fields.has_any(_EARLIER) and (bulk(fields) or "all" in suppressed(fields))
    return AWAY_SUBJECT.match(subject) if answered or _alone(fields, subject) else None


def _says_so(fields: Fields, said: re.Match[str]) -> bool:
    """Whether a subject that begins with the words `said` says that a program answers.

    People ask about their absence, too, and "Auto" is a car. Programs answer a letter.
    """
    if not ABSENT_SUBJECT.match(said[0]) or null_path(fields) or fields.has_any(_EARLIER):
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
    if fields.has_any(_EARLIER) or of_an_exchange(rest):
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


def _calendar(root: Node) -> Found | None:
    for node in root.leaves():
        if node.type.value == "text/calendar":
            method = node.type.word("method").upper()
            if method or node is root:
                return Nature.CALENDAR, (
                    f"a calendar message {method} (RFC 6047)".replace("  ", " "),
                )
    return None
