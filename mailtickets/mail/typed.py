"""What people type into the elements that their programs make for signatures and attributions."""

from __future__ import annotations

import re

from mailtickets.mail.languages import WROTE
from mailtickets.mail.layout import TYPED_INTO, Said
from mailtickets.mail.message import Part
from mailtickets.mail.signoffs import signs
from mailtickets.mail.writers import AFTERTHOUGHT, SENTENCE, requests, says, states

_LONGEST = 4000
"""Characters from which on a signature is none: somebody wrote his letter into it."""

_SENTENCE = re.compile(r"[.!?。！？…][\s\"')»”]*$")
_CONTACT = re.compile(
    r"@|\d{5}|\d[ /.-]\d\d|www\.|https?:|[|•]|(?:tel|fax|mobile?|phone)\b", re.IGNORECASE
)
_OF_ONESELF = re.compile(
    r"\b(?:(?-i:I)|I['’]\w{1,2}|my|me|ich|mir|mich|mein\w*|j['’]\w+|je|mon|ma|mes|yo|mi|mis|me|io|mio|mia|eu|meu|minha|ik|mijn"
    r"|jag|mitt|mina|jeg|mine|minä|minun|já|můj|moj[eaą]|mój|я|мне|меня|мой|моя|моё|мій|ben|benim)\b"
    r"|我|私|저는|제가|제 |내가|أنا|אני|שלי|\bμου\b",
    re.IGNORECASE,
)
_QUOTING = re.compile(r"\s*[\"“„«»‘'*_]")  # as those begin who sign with a motto
# Of what sentences speak that stand in signatures: of the firm, of trees, of the letter itself.
_OF_THE_LETTER = (
    r"(?:this|the attached|diese[rs]?|ce|cet|cette|este|esta|questo|questa|deze|dit) "
    r"(?:e-?mail|mail|message|nachricht|mensaje|mensagem|messaggio|bericht|correo|courriel)"
    r"|confidential|vertraulich|privileged|intended (?:for|recipient)|empfänger|destinat"
    r"|secure e-?mail"
)
_OF_TREES = (
    r"the environment|umwelt|before (?:you )?print|print(?:ing)? this (?:e-?mail|mail|message)"
    r"|diese (?:e-?mail|mail|nachricht).{0,40}druck|(?:imprimer|imprimir|stampare) (?:ce|est|quest)"
    r"|miljön innan du|miljøet før du|çevremiz|no (?:meio )?ambiente"
    r"|en el medio ambiente|virus-?free|virenfrei|sans virus"
)
_OF_THE_FIRM = re.compile(
    rf"{_OF_THE_LETTER}|{_OF_TREES}|registered (?:in|office|no|under)|registergericht|\bltd|\binc\b"
    r"|\bgmbh|compan[yi]|follow|visit|folgen sie|besuchen|suivez|síguenos|newsletter"
    r"|book (?:a|your) |partner|https?:|www\.|©"
    r"|\b(?:we|our|us|wir|uns\w*|nous|notre|nos|nuestr\w*|noi|nostr\w*|nós|noss\w*|wij|ons|onze)\b",
    re.IGNORECASE,
)
_THE_LETTER = re.compile(_OF_THE_LETTER, re.IGNORECASE)
_TREES = re.compile(_OF_TREES, re.IGNORECASE)
_SHORT_SENTENCE = 160
_DATED = re.compile(r"\d[:./年-]\s?\d|\b(?:19|20)\d\d\b|\d\s?[hH]\s?\d\d")
_COLON_LAST = re.compile(r"[:：][\s*_)\]>-]*$")
_HEAD_LINE = re.compile(r"\W{0,3}[^\W\d][\w .-]{0,30}?\s?[:：]\s*\S|\W{0,3}[-–—_]{3}")
_ADVERTISED = re.compile(r"\S{0,20} ?Outlook \w{1,6} (?:iOS|Android)(?: \S{1,20})?")
_NAME = 3  # words
_END = 200
_HEAD = 3  # lines, at least

Stretch = tuple[int, int]


def of_the_firm(line: str) -> bool:
    """Whether a line speaks of a firm as itself, of trees, or of the letter."""
    return _OF_THE_FIRM.search(line) is not None


def of_the_letter(line: str) -> bool:
    """Whether a line speaks of the letter that it stands in, or of trees."""
    return _THE_LETTER.search(line) is not None or _TREES.search(line) is not None


def stretches(text: str, said: Said) -> list[Stretch]:
    """From where to where in an element's `text` it is what it says: people type into it, too."""
    if len(text) > _LONGEST:
        return []
    lines: list[Stretch] = []
    begin = 0
    for line in text.split("\n"):
        lines.append((begin, begin + len(line) + 1))
        begin += len(line) + 1
    shown = [_ends_of(text[start:end].strip()) for start, end in lines]
    if said[0] is Part.ATTRIBUTION:
        kept = _introducing(shown)
    elif said == TYPED_INTO:
        kept = _of_a_program(shown)
    else:
        kept = _of_a_signature(shown)
    found: list[Stretch] = []
    for (start, end), keep in zip(lines, kept, strict=True):
        if keep and found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        elif keep:
            found.append((start, end))
    return [(start, min(end, len(text))) for start, end in found if text[start:end].strip()]


def _ends_of(line: str) -> str:
    return line if len(line) <= 2 * _END else f"{line[:_END]} {line[-_END:]}"


def _introducing(lines: list[str]) -> list[bool]:
    """The last lines, as far as they say who wrote what follows, and when."""
    kept = [not line for line in lines]
    at = last = max((index for index, line in enumerate(lines) if line), default=-1)
    while at >= 0 and lines[at] and _HEAD_LINE.match(lines[at]):
        at -= 1
    head = lines[at + 1 : last + 1]
    if len(head) >= _HEAD and any("@" in line or _DATED.search(line) for line in head):
        kept[at + 1 : last + 1] = [True] * len(head)  # that of a letter, copied
        return kept
    if last < 0 or not _announces(lines[last]):
        return kept
    kept[last] = True
    above = lines[last - 1] if last else ""
    if above and not _DATED.search(lines[last]) and _DATED.search(above):
        kept[last - 1] = not _SENTENCE.search(above)
    return kept


def _announces(line: str) -> bool:
    dated = _DATED.search(line) is not None
    if _COLON_LAST.search(line):
        return dated or "@" in line or WROTE.search(line) is not None
    return dated and "@" in line and not _SENTENCE.search(line)


def _of_a_program(lines: list[str]) -> list[bool]:
    """What a program signs with, or a name and its numbers alone; all else was typed into it."""
    signed = [_ADVERTISED.fullmatch(line) is not None or signs(line) for line in lines]
    if any(signed):
        return [sign or not line for line, sign in zip(lines, signed, strict=True)]
    written = [line for line in lines if line]
    return [len(written) > 1 and not any(map(_may_be_written, written))] * len(lines)


def _may_be_written(line: str) -> bool:
    if _SENTENCE.search(line):
        return True
    return len(line.split()) > _NAME and not _CONTACT.search(line)


def _of_a_signature(lines: list[str]) -> list[bool]:
    """All but the paragraphs in which somebody tells or asks something, from there on."""
    kept: list[bool] = []
    speaks = began = False
    top = True  # the first paragraph, down to a name: mottos stand below that
    for line in lines:
        top = top and (bool(line) or not began)
        began = began or bool(line)
        told = _speaks(line) or requests(line) or AFTERTHOUGHT.match(line) or (top and _tells(line))
        top = top and bool(told or not line)
        speaks = bool(line) and (speaks or bool(told))
        kept.append(not speaks)
    return kept


def _tells(line: str) -> bool:
    """Whether the first paragraph tells something, asks for it, or lists it."""
    if _THE_LETTER.search(line) or _TREES.search(line):
        return False
    if requests(line) or says(line, SENTENCE) or line[:2] in {"* ", "- "}:
        return True
    return states(line) and not _OF_THE_FIRM.search(line)


def _speaks(line: str) -> bool:
    if not _SENTENCE.search(line) or _QUOTING.match(line) or _TREES.search(line):
        return False
    words = len(line.split())
    if words < _NAME and line[-1] not in "。！？":
        return False
    if _OF_ONESELF.search(line) or line[-1] in "?？":
        return len(line) <= _SHORT_SENTENCE or not _THE_LETTER.search(line)
    return words > _NAME + 1 and not _OF_THE_FIRM.search(line)
