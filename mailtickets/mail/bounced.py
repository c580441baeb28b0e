"""Is a letter a notice of failure that no machine-readable part says so of.

A daemon sent it, or nobody shall be told of its own failure, and its words say what a notice does.
People, too, write about what was not delivered, and from offices.
"""

from __future__ import annotations

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
from mailtickets.mail.fields import Fields
from mailtickets.mail.message import Nature
from mailtickets.mail.people import people
from mailtickets.mail.signs import (
    ASKING,
    AUTO_SUBJECT,
    BOUNCE_ADDRESS,
    BOUNCE_SUBJECT,
    BOUNCE_WORDS,
    DAEMON,
    DAEMON_NAME,
    GREETING,
    MTA_SUBJECT,
    NOTICE_SUBJECT,
    NOTICE_TEXT,
    PASSED_ON,
    PROGRAM_NAME,
    RULE_FIELDS,
    null_path,
    personal,
    within,
)
from mailtickets.tickets.values import Person


def bounced(fields: Fields, author: Person, subject: str, text: str) -> Found | None:
    """A bounce, and what makes us think so; None for what is none. Pure; never raises."""
    if b"x-failed-recipients" in fields:
        return Nature.BOUNCE, ("the field X-Failed-Recipients",)
    if b"x-amz-sns-message-id" in fields and "notificationType" in text[:2000]:
        return Nature.BOUNCE, ("a notification of Amazon SES",)
    rank, daemon = daemon_of(author)
    if fields.has_any(RULE_FIELDS) and NOTICE_SUBJECT.match(within(subject)):
        passed = NOTICE_TEXT.search(text[: 2 * BEGINNING])  # its head may stand above
        if passed:  # people, too, write about what was not delivered
            return Nature.BOUNCE, ("a rule of an inbox passed it on", it_says(passed))
    unasked = null_path(fields) and not is_passed_on(fields, subject)
    if unasked and not daemon:
        daemon = "the return path is empty (RFC 5321 section 4.5.5)"
    if not daemon:
        return _to_bounces(fields, subject, text)
    office = rank == "shared" or (rank == "office" and not is_alone(fields, subject))
    asks = any(is_so(text[:BEGINNING]) for is_so in (ASKING.search, GREETING.match))  # no notice
    if (unasked and not rank and asks) or (not unasked and office):
        said = _from_office(fields, author, subject, text)
        return (Nature.BOUNCE, (daemon, said)) if said else _to_bounces(fields, subject, text)
    if BOUNCE_SUBJECT.search(subject):
        return Nature.BOUNCE, (daemon, about(subject))
    replied = fields.word(b"auto-submitted").startswith("auto-replied")
    answer = AUTO_SUBJECT.match(subject) if rank else wording(fields, subject)
    if answer or (replied and rank not in {"daemon", "office"}):
        return None  # a vacation notice has an empty return path as well (RFC 3834 section 3.3)
    words = BOUNCE_WORDS.search(text[:4000]) or NOTICE_TEXT.search(text[:BEGINNING])
    return (Nature.BOUNCE, (daemon, it_says(words))) if words else None


def _from_office(fields: Fields, author: Person, subject: str, text: str) -> str:
    """What makes a notice of a letter from where people write, too: postmaster@, a firm's mail@.

    Who greets, asks or has a person's name is a person. Else it is a notice if it begins as none
    but a notice does; or, from an office, if it answers nobody and two of three say so: its
    subject's beginning, its words, and that the office has no person's name.
    """
    if PASSED_ON.match(subject) or personal(author.name) or ASKING.search(text[:BEGINNING]):
        return ""
    begins, unnamed = NOTICE_SUBJECT.match(subject), _unnamed(author)
    shared = daemon_of(author)[0] != "office"
    if GREETING.match(text[:BEGINNING]):
        rest = text[:BEGINNING].lstrip().partition("\n")[2].lstrip()
        words = NOTICE_TEXT.match(rest)
        greeted = begins and unnamed and not fields.has_any(ANSWERS)
        return it_says(words) if words and greeted else ""
    words = NOTICE_TEXT.search(text[:BEGINNING])
    if words and not (shared and _shown(fields, subject, text[: words.start()])):
        return it_says(words)
    told = not text or BOUNCE_WORDS.search(text[:4000])
    if shared:
        mta = MTA_SUBJECT.match(subject) and told and not fields.has_any(ANSWERS)
        return about(subject) if mta else ""
    if not (begins and unnamed):  # Exchange's notices name the letter that they answer
        if fields.has_any(ANSWERS) or not told:
            return ""
        if not begins and not (unnamed and BOUNCE_SUBJECT.search(subject)):
            return ""
    return about(subject)


def _shown(fields: Fields, subject: str, above: str) -> bool:
    """Whether somebody at a firm's address shows a notice, below words of his own."""
    if fields.has_any(EARLIER):
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
        return Nature.BOUNCE, ("it went to an address for bounces", about(subject))
    return None


def _recipients(fields: Fields) -> list[str]:
    return [person.address for person in people(fields.raw(b"to"))[:20]]
