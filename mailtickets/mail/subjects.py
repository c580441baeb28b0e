"""Subjects: the one "RE: " of an answer, whatever stood before (RFC 5322 section 3.6.5)."""

from __future__ import annotations

import re

from mailtickets.mail import clean

# What mail programs put before the subject of a reply, language by language. Forwarded letters
# (Fwd, WG, TR, VL) keep their mark: it is news that somebody forwarded something.
_REPLY = (
    "re|aw|antw|antwort|sv|vs|ref|rif|res|odp|ynt|vá|vastaus|svar|atb|ats|bls|rép|réf|"
    "回复|回覆|答复|答覆|返信|회신|답장|отв|απ|σχετ|השב|تה|رد"
)
_FORWARD = (
    "fwd?|doorst|doorgestuurd|weitergeleitet|inoltra|inoltrato|reenv|reenviado|enc|tr|rv|wg|vb|vl|továbbítás"
    "|transfert|videresendt|vidarebefordrat|przekazane|пересл|перес|转发|轉寄|転送|전달"
)
_PREFIX = re.compile(
    rf"(?:(?:{_REPLY})\s*(?:\[\d{{1,4}}\]|\(\d{{1,4}}\)|\^\d{{1,4}})?\s*[:：]\s*)+", re.IGNORECASE
)
LENGTH = 400

# What a program puts before it, in any language: one of these words or one of three letters, with a
# colon, or a number of ours. "Urgent:" and "[Shop 24]" are people's and forms'.
_PREFIXED = re.compile(
    rf"\s*(?:\[[^\]]{{1,40}}\]\s*)?(?:{_REPLY}|{_FORWARD}|[^\s:：\d]{{1,3}})(?:[\[(^]\d{{1,4}}[\])]?)?\s?[:：]"
    r"|.{0,200}\[(?:[^\]\s]{0,40}|[^\]]{0,40}#\d{0,12})\d\]",
    re.IGNORECASE,
)


def answers(subject: str) -> bool:
    """Whether a subject may be that of an answer or of a forwarded letter.

    >>> answers("Doorst: printer"), answers("[T-1] printer"), answers("My printer")
    (True, True, False)
    """
    return _PREFIXED.match(subject) is not None


_NUMBERED = re.compile(r".{0,200}?\[[^\[\]]{0,40}\d\]", re.DOTALL)


def of_an_exchange(subject: str) -> bool:
    """Whether a subject, or what is left of one, is that of a letter in an exchange of letters.

    It begins with a reply's mark that we know, or has a number in brackets, as tickets have.

    >>> [of_an_exchange(one) for one in (" Re: printer", "[T-1] printer", "My printer")]
    [True, True, False]
    """
    return bool(_PREFIX.match(subject.lstrip()) or _NUMBERED.match(subject))


def bare(subject: str) -> str:
    """A subject without the run of reply marks before it.

    >>> bare("Re: AW: RE[2]: I can't login!")
    "I can't login!"
    """
    subject = clean.line(subject)
    found = _PREFIX.match(subject)
    return subject[found.end() :] if found else subject


def answering(subject: str) -> str:
    """The subject of an answer: exactly one "RE: " in front.

    >>> answering("SV: Re: I can't login!")
    "RE: I can't login!"
    """
    return f"RE: {bare(subject)[:LENGTH]}".rstrip()
