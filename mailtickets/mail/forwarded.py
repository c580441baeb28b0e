"""The letter that somebody forwarded: who wrote it, when, about what, and what."""

from __future__ import annotations

import re

from mailtickets.mail.languages import FORWARD_SUBJECT, FORWARDED, Label, label_of, plain
from mailtickets.mail.message import Forwarded
from mailtickets.mail.people import people
from mailtickets.tickets.values import Person

_LOOKED_AT = 64 * 1024
_CANDIDATES = 200
_HEAD_LINES = 14
_ENDS = ("--", ":\n", "：\n")
_FOLDED_LINES = 4
_FULL = 60
"""A line of a head that is shorter than this was not folded, in characters."""

# What Yandex writes for a head, and mail.ru above an answer: a date, a time, and who wrote.
_YANDEX = re.compile(
    r"(?P<date>(?:[^\W\d]{1,20},? {1,3})?\d{1,2}[ ./-](?:\d{1,2}|[^\W\d]{2,15})[ ./-]\d{4}"
    r"(?: ?г\.)?,? {1,3}(?:в )?\d{1,2}:\d\d(?::\d\d)?(?: ?[+-]\d\d:?\d\d)?)(?:,| от| from) {0,3}"
    r"(?P<who>[^<>]{0,200}<[^<>\s]{3,300}>|[^\s<>:,]{1,64}@[^\s<>:,]{1,255}) {0,3}:",
    re.IGNORECASE,
)
_END = re.compile(
    r"^[ \t>]*[-–—=]{2,20} ?(?:(?:завершение|конец) (?:пересылаемого|пересланного) "
    r"(?:сообщения|письма)|end (?:of )?(?:the )?forwarded message) ?[-–—=]{2,20}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the letter ends that Yandex forwards: what its writer writes may go on below."""


def forwarded_in(text: str, subject: str) -> Forwarded | None:
    """The letter that `text` forwards, None when it forwards none. Pure; never raises.

    It begins below a line that says so, in any language we know; in a letter whose subject says so,
    it begins at the head of a letter as well.
    """
    shown = text[:_LOOKED_AT]
    for begin in _ruled(shown):
        found = _letter(text, begin)
        if found is not None:
            return found
    head = _first_head(shown) if FORWARD_SUBJECT.match(subject) else None
    return None if head is None else _letter(text, head)


def _ruled(text: str) -> list[int]:
    """Where the lines below `---------- Forwarded message ----------` begin."""
    found: list[int] = []
    place = 0
    for _ in range(_CANDIDATES):
        places = [at for at in (text.find(one, place) for one in _ENDS) if at >= 0]
        if not places:
            break
        start = text.rfind("\n", 0, min(places)) + 1
        end = text.find("\n", min(places))
        end = len(text) if end < 0 else end
        line = text[start:end]
        if len(line) < 120 and plain(line) in FORWARDED:
            found.append(end + 1)
        place = end + 1
    return found


def _first_head(text: str) -> int | None:
    """Where the first head begins that labels somebody as the sender."""
    start = 0
    begin: int | None = None  # where the labelled lines begin that stand right above
    for line in text.split("\n", 400)[:400]:
        labelled = label_of(line.lstrip("> \t"))
        if labelled is None:
            begin = None
        else:
            begin = start if begin is None else begin
            if labelled[0] is Label.FROM:
                return begin
        start += len(line) + 1
    return None


def _letter(text: str, begin: int) -> Forwarded | None:
    """The letter whose head begins at `begin`, or below blank lines there."""
    labels: dict[Label, str] = {}
    last: Label | None = None
    at = begin
    before = 0
    for _ in range(_HEAD_LINES):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].lstrip("> \t\xa0")
        if line.strip():
            labelled = label_of(line)
            wrote = _YANDEX.fullmatch(line.strip()) if Label.FROM not in labels else None
            if wrote is not None:
                labels |= {Label.FROM: wrote["who"], Label.DATE: wrote["date"]}
                return _read(labels, _ended(text[end + 1 :]))
            if labelled is None:
                if last is None or len(line) > 200 or not _goes_on(text, end, before):
                    break
                labels[last] += " " + line.strip("* \t")
            elif labelled[0] in labels:
                break
            else:
                last = labelled[0]
                labels[last] = labelled[1]
        elif len(labels) >= 2 and (_complete(labels) or not _labelled_next(text, end)):
            break
        before = len(line)
        at = end + 1
        if at >= len(text):
            break
    if Label.FROM not in labels or len(labels) < 2:
        return None
    return _read(labels, text[at:])


def _read(labels: dict[Label, str], text: str) -> Forwarded:
    senders = people(labels[Label.FROM].replace("[mailto:", "<").replace("]", ">").encode())
    return Forwarded(
        author=_likely(senders),
        subject=labels.get(Label.SUBJECT, ""),
        text=_unquoted(text),
        date=labels.get(Label.SENT) or labels.get(Label.DATE, ""),
    )


def _ended(text: str) -> str:
    """The text above the last line that says that the forwarded letter ends: one may be in it."""
    ends = list(_END.finditer(text))
    return text[: ends[-1].start()] if ends else text


def _goes_on(text: str, end: int, before: int) -> bool:
    """Whether the line without a label that ends at `end` goes on with the field before it.

    It does if another field follows; at the head's end only if the line before was long.
    """
    for _ in range(_FOLDED_LINES):
        start = end + 1
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)].lstrip("> \t\xa0")
        if not line.strip():
            return before >= _FULL
        if label_of(line) is not None:
            return True
        if end < 0:
            break
    return False


def _complete(labels: dict[Label, str]) -> bool:
    dated = Label.DATE in labels or Label.SENT in labels
    return dated and Label.FROM in labels and Label.SUBJECT in labels


def _labelled_next(text: str, end: int) -> bool:
    """Whether the line below the blank one that ends at `end` is another field."""
    following = text.find("\n", end + 1)
    line = text[end + 1 : following if following >= 0 else len(text)]
    return label_of(line.lstrip("> \t\xa0")) is not None


def _likely(senders: tuple[Person, ...]) -> Person | None:
    """The sender as a person: the first with an address, and the name that stands beside it."""
    addressed = next((one for one in senders if "@" in one.address), None)
    if addressed is None:
        return senders[0] if senders else None
    address = addressed.address.partition("<")[0].removeprefix("mailto:")
    name = addressed.name or next((one.name for one in senders if one.name), "")
    return Person(name.replace("<", "").strip(), address)


def _unquoted(text: str) -> str:
    """The forwarded text; the quote marks go where every line has one."""
    lines = text.strip("\n").split("\n")
    if all(line.startswith(">") or not line.strip() for line in lines):
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
    return "\n".join(lines).strip()
