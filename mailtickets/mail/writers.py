"""Whether a writer goes on below what may be his signature: he asks, adds, counts, or says "I"."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

BRIEF = 80
"""A line below a ruling that is longer than this is a company's, in characters."""

# Who speaks of himself, or asks, is still writing: no lawyer's sentence and no list's says "I".
SELF = re.compile(
    r"\b(?:I|I'm|I’m|I've|[Mm]y|me|mine|[Ii]ch|mir|mich|[Mm]ein\w*|[Jj]e (?:suis|ne|n'|vous|veux|voudrais)|[Jj]'|[Jj]’|moi|[Mm]on|yo|[Mm]is?|io|mio|mia"
    r"|eu|[Mm]eu|[Mm]inha|ik|mij|[Mm]ijn|[Jj]ag|[Jj]eg|mig|meg|minä|minun|mnie|mój|moje|já|mě|můj|[Яя]|мне|меня|мой|моя|[Bb]en|[Bb]enim)\b|我(?!们|們)|私|저는|제가",
)
AFTERTHOUGHT = re.compile(
    r"\W{0,3}(?:p\.?[ -]?p?\.?-?s(?:\d|\b)|пс ?\d?[.:]|(?:pd|p\.d|nb|n\.b|obs|ui|upd|update|edit|nachtrag|ergänzung|korrektur|addendum|post ?scriptum"
    r"|not|dopisek|з\.ы)\.? ?:|n\.b\.|追伸|추신|又及)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\W{0,3}\S{1,20}(?: \S{1,20})? ?[:：].{0,80}(?:@|\b20\d\d\b)")
_WROTE = re.compile(r"[@\d]")
_GREETS = re.compile(
    r"\W{0,3}(?:hi|hello|hey|dear|hallo|guten tag|liebe[r]?|sehr geehrte[r]?|bonjour|bonsoir|cher|chère|hola|buenos días|estimad[oa]|ciao|buongiorno"
    r"|gentile|olá|bom dia|prezad[oa]|beste|geachte|hej|hei|moi|cześć|dzień dobry|ahoj|dobrý den|здравствуйте|добрый день|merhaba|您好|你好|안녕하세요)\b.{0,40}$",
    re.IGNORECASE,
)
_OLDER = 10  # lines below Outlook's own: so many were not written there by thumb
# What begins with a name and a value, and tells of no person or company.
_LABELLED = re.compile(
    r"\W{0,3}(?!(?:tel|phone|mob|fax|cell|direct|office|e-?mail|mail|web|www|skype|m|t|p|f|e|w|д?тел|tlf|puh)\b)"
    r"[^\s:：]{2,20}(?: [^\s:：]{1,20})? ?[:：](?!//) ?\S",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\W{0,2}\d{1,2}[.)] \S+ \S")
_CLAUSE = 5  # words that begin with a small letter
_STATEMENT = 6  # words of a sentence that is no motto
SENTENCE = 4  # words: with fewer it may be a name, a title, a city
_MARKS = frozenset("\"'“”„«»‘’*_-–—=#~+|<[(")
_SENTENCE_ENDS = frozenset(".!:。！")
CONTACT = re.compile(
    r"(?:^|\s)(?:tel|phone|mobile|fax|mob|cell|direct|t|m|p|f|telefon|tél|tlf|puh|тел)\s*[.:]|\+\d{1,3}"
    r"[\s(-]|https?://|www\.|@",
    re.IGNORECASE,
)


def older_letter(rest: list[str]) -> bool:
    """Whether an older letter stands here: somebody who goes on below Outlook's line is brief."""
    written = [line.strip() for line in rest if line.strip()]
    if len(written) > _OLDER or (written and _GREETS.match(written[0])):
        return True
    return any(_HEAD.match(one) or (one[-1] in ":：" and _WROTE.search(one)) for one in written)


def resumes(lines: list[str], begin: int, end: int) -> int:
    """Where somebody goes on below a signature, in a paragraph of its own.

    He asks, or speaks of himself. Whoever is quoted in a signature does so in quotation marks.
    """
    at, signed = begin, False
    while at < end:
        first = at
        while at < end and lines[at].strip():
            at += 1
        said = [line.strip() for line in lines[first:at]]
        if signed and said and said[0][0] not in _MARKS:
            own = SELF.search(" ".join(said)[:2000]) and any(says(one, SENTENCE) for one in said)
            if own or any(map(asks, said)):
                return first
        signed = signed or bool(said)
        at += 1
    return end


def afterthought(lines: list[str], begin: int, end: int) -> int:
    """Where a PS begins: who adds one is still writing."""
    for index in range(begin, end):
        if AFTERTHOUGHT.match(lines[index].lstrip()):
            return index
    return end


def goes_on(written: list[str]) -> bool:
    """Whether this begins with data, a list or a clause: a signature begins with a name."""
    if not written:
        return False
    top, words = written[0], written[0].split()
    if _LABELLED.match(top) or _ITEM.match(top):
        return True
    if top[0].islower() and len(words) >= _CLAUSE:
        return True
    # A longer sentence may be a company's, and then tells how to reach it.
    return len(top) < BRIEF and says(top, _STATEMENT) and top[0] not in _MARKS


def tells(written: list[str]) -> bool:
    """Whether this goes on with the letter: somebody speaks of himself, or in sentences.

    A signature may hold a sentence, too, but then it also says how to reach somebody.
    """
    said = "\n".join(written)[:3000]
    if not any(says(one, SENTENCE) for one in written):
        return False
    return SELF.search(said) is not None or not CONTACT.search(said)


def says(line: str, words: int) -> bool:
    """Whether a line is, or ends with, a sentence of so many words at least."""
    return line.rstrip(" *_)\"'»”’")[-1:] in _SENTENCE_ENDS and len(line.split()) >= words


def asks(line: str) -> bool:
    """Whether a line asks something, and not with an address."""
    return "?" in line and "://" not in line


def speaks(said: str) -> bool:
    """Whether somebody speaks of himself or asks something, and no lawyer or mailing list does."""
    return SELF.search(said) is not None or any(map(asks, said.split(" ")))
