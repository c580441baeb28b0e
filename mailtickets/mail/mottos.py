"""Whether what stands below "-- " was written for this letter, or stands below each of them.

RFC 3676 section 4.3 calls it all the signature. People type there all the same, and the text of a
signature has a form of its own: names, titles, how to reach somebody, what the firm says of itself,
and sentences of others, which are cited. A plain sentence that is none of these is the writer's.
"""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

from mailtickets.mail.disclaimers import disclaims
from mailtickets.mail.mailinglists import lists
from mailtickets.mail.signoffs import signs
from mailtickets.mail.typed import of_the_firm, of_the_letter
from mailtickets.mail.writers import (
    CONTACT,
    ITEM,
    LABELLED,
    MARKS,
    SELF,
    SENTENCE,
    about_footers,
    asks,
    farewell,
    names,
    requests,
    said_below,
    says,
    size,
    states,
)
from mailtickets.tickets.values import Person

_LINES = 15
"""A signature has no more."""

_LONGEST = 200
"""Characters: a line that is longer is a company's, or wrapped nowhere."""

_LOOKED_AT = 500
"""Characters of a line."""

_STATED = 5
"""Words that begin with a small letter: titles without a full stop have fewer."""

_CITED = re.compile(r"\s*[\"“”„«»‘’'*_>~(\[]")
_BY = re.compile(r"\s*(?:[-–—―~]{1,3}|\()\s*[^\W\d_]")
"""Who said it, as it stands below a sentence that is cited."""

_ADVERTISES = re.compile(
    r"\b(?:follow us|folgen sie uns|suivez[ -]nous|síguenos|seguici|siga-nos|volg ons|följ oss|visit (?:us|our)|besuchen sie (?:uns|unser)"
    r"|beachten sie|newsletter|registered (?:in|office|no|under)|registergericht|hesitate to|zögern sie nicht|n['’]hésitez pas|no dude en|non esit\w{1,3} a|não hesite"
    r"|terms and conditions|geschäftsbedingungen|agb|conditions générales|condiciones generales|condizioni generali|algemene voorwaarden"
    r"|(?:review|bewertung) (?:us )?(?:on|bei) google)\b|©",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\b(?:open|closed|hours|geöffnet|geschlossen|öffnungszeiten|ouverts?|fermés?|horaires|abiert[oa]s?|cerrad[oa]s?|apert[io]|chius[io]|orari|abertos?"
    r"|fechados?|geopend|gesloten|öppet|stängt|åbent|åpent|lukket|stengt|avoinna|suljettu|czynn\w{1,3}|otevřeno|zavřeno|açık|kapalı)\b|(?:работа|закрыт"
    r"|営業|休業|营业|영업|휴무)",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"(?<!\d)\d[\d.:h]*+ ?(?:uhr |h )?(?:-|–|to|bis|à|a|al|y|e|til|till|tot|do|до|〜|～|から|至)[ .]*\d",
    re.IGNORECASE,
)
# What stands before a colon in signatures, beside what tells how to reach somebody.
_OF_FIRMS = re.compile(
    r"\W{0,3}(?:ust|vat|hrb|iban|bic|swift|bank|konto|siret|siren|rcs|tva|nip|regon|krs|i[čc]o|di[čc]|cvr|org|kvk|btw|p\.? ?iva|c\.?f\.?|cif|nif|cnpj|инн|огрн"
    r"|amtsgericht|geschäftsführ|sitz|ceo|regist|skype|twitter|x|facebook|instagram|linkedin|whatsapp|telegram|signal|blog|pgp|gpg|fingerprint|key|adress|address"
    r"|adresse|direcci[oó]n|indirizzo|endereço|adres|hours|öffnungszeiten|bürozeiten|horaires|horario|orari|motto)\b[^:：]{0,20}[:：]",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|est\.?|seit|depuis|desde|dal|sinds|sedan|siden|od|с) \d{4}", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\W{0,2}\d{1,4} ?(?:x|×|St(?:ück|k)?\.?|pcs|шт\.?|個|个|件|개) ?\w", re.IGNORECASE
)
_LOGGED = re.compile(r"\W?(?:19|20)\d\d-\d\d-\d\d[ T]\d\d:\d\d")
# "Fehlercode E12", "Kundennummer 40117", "3 bar"; the numbers of houses are shorter, those of towns come first.
_DATUM = re.compile(
    r"(?!(?i:ust|vat|hr[ab]|iban|bic|iso|din|siret|siren|rcs|nip|regon|krs|i[čc]o|di[čc]|cvr|kvk|btw|p\.?o\.?|postfach|cp|apdo)\b)(?:[^\W\d][\w-]*\.? ){1,3}#?(?:[A-Z]+-?\d[\w/-]*|(?=[\w/-]*(?:\d[\w/-]*?){4})[\w/-]+)$|\d+(?:[.,]\d+)? ?[a-zµ°%]{1,6}$"
)
_SMILES = re.compile(r" [:;]-?[()DP/]$")
_SHORT = 6  # words of a sentence that is no slogan, in a paragraph of its own


def announces(above: list[str]) -> bool:
    """Whether the last line above the dashes says that something follows: "Items to return:"."""
    line = next((one.strip() for one in reversed(above[-_LINES:]) if one.strip()), "")
    if farewell(line) or not line:
        return False
    return (line[-1] in ":：" and size(line) > 1) or said_below(above) or about_footers([line])


def cited(paragraph: list[str]) -> bool:
    """Whether it is cited: in quotation marks, or with who said it below."""
    if _CITED.match(paragraph[0]):
        return True
    return len(paragraph) > 1 and _BY.match(paragraph[-1]) is not None


def resumes(lines: list[str], begin: int, end: int, author: Person) -> int:
    """Where somebody goes on below a signature, or in it; `end` if nowhere.

    He asks, speaks of himself, or tells something. Whoever is quoted in a signature does so in
    quotation marks, or has his name below.
    """
    paragraphs = _paragraphs(lines, begin, end)
    reached = [CONTACT.search("\n".join(said)) is not None for _, said in paragraphs]
    for number, (first, said) in enumerate(paragraphs):
        above = any(reached[:number])
        at = _told_at(said, reached=above, beside=reached[number])
        if number:
            typed = (
                (not any(reached) and all(_may_be_typed(rest) for _, rest in paragraphs[number:]))
                or (number == len(paragraphs) - 1 and _is_datum(said))
                or _asked(said)
                or _typed(said)
            )
        else:
            typed = not any(reached) and is_no_name(said, author)
        at = 0 if typed else at
        if at >= 0:
            return first + at
    return end


def _paragraphs(lines: list[str], begin: int, end: int) -> list[tuple[int, list[str]]]:
    """The paragraphs of what may be a signature: no more lines than it may have, and where."""
    found: list[tuple[int, list[str]]] = []
    at, left = begin, _LINES
    while at < end and left >= 0:
        first = at
        while at < end and lines[at].strip():
            at += 1
        if at > first:
            found.append((first, [line.strip()[:_LOOKED_AT] for line in lines[first:at]]))
            left -= at - first
        at += 1
    return found


def _firms(line: str) -> bool:
    """Whether it is what firms say below each letter."""
    opens = _HOURS.search(line)
    if opens is not None and _FROM_TO.search(line, opens.end()) is not None:
        return True
    return _ADVERTISES.search(line) is not None or _OF_FIRMS.match(line) is not None


def _stored(paragraph: list[str]) -> bool:
    """Whether it is cited, a lawyer's or a mailing list's."""
    return cited(paragraph) or max(disclaims(paragraph), lists(paragraph)) >= 0


def _told_at(paragraph: list[str], *, reached: bool, beside: bool) -> int:
    """On which line something begins that was written for this letter; -1 if on none.

    `reached` says that it is told above how to reach somebody: then the firm speaks of itself, too.
    `beside`: it is told here. Right beside that, only who says "I" tells more than the firm does.
    """
    if _stored(paragraph):
        return -1
    for at, line in enumerate(paragraph[:_LINES]):
        if len(line) > _LONGEST or signs(line) or CONTACT.search(line):
            continue
        told = (says(line, SENTENCE) and states(line)) or states(line, _STATED)
        if beside:
            told = told and SELF.search(line) is not None
        firm = of_the_firm if reached or beside else of_the_letter
        if (told or requests(line)) and not firm(line) and not _firms(line):
            return at
    return -1


def _asked(paragraph: list[str]) -> bool:
    """Whether somebody asks something in a paragraph of its own, or speaks of himself."""
    if paragraph[0][0] in MARKS:
        return False
    spoken = any(says(one, SENTENCE) for one in paragraph)
    if spoken and SELF.search(" ".join(paragraph)[:2000]):
        return True
    return any(asks(one) or (requests(one) and not _firms(one)) for one in paragraph)


def _typed(paragraph: list[str]) -> bool:
    """Whether a paragraph has the form of what is typed below a signature, and not stored in it.

    Data with its label, what is counted, a log, a few words and a full stop, a small first letter.
    """
    first = paragraph[0]
    brief = size(first) <= _SHORT and says(first, 1)
    if brief and not (_stored(paragraph) or of_the_letter(first) or _firms(first)):
        return True
    if not _may_be_typed(paragraph) or CONTACT.search("\n".join(paragraph)):
        return False
    if first[0].islower() or first[-1] in ":：":
        return True
    return (
        any(one.match(line) for line in paragraph for one in (LABELLED, ITEM, _COUNTED, _LOGGED))
        or _SMILES.search(first) is not None
    )


def is_no_name(paragraph: list[str], author: Person) -> bool:
    """Whether what begins below a ruling is no name: not its writer's, and words or numbers."""
    if not paragraph or not author.name or names("\n".join(paragraph), author):
        return False
    first = paragraph[0]
    of_himself = size(first) > SENTENCE - 1 and SELF.search(first)  # "And here's my signature."
    if _SINCE.search(first) or of_himself or not _may_be_typed(paragraph):
        return False
    return any(map(str.isdigit, first)) or sum(word[0].islower() for word in first.split()) > 1


def _is_datum(paragraph: list[str]) -> bool:
    """Whether it is a number with its name, or a quantity, and nothing else."""
    return len(paragraph) == 1 and bool(_DATUM.match(paragraph[0])) and _may_be_typed(paragraph)


def _may_be_typed(paragraph: list[str]) -> bool:
    """Whether nothing in it is what stands below each letter."""
    if _stored(paragraph) or any(len(line) > _LONGEST for line in paragraph):
        return False
    return not any(of_the_firm(line) or _firms(line) or signs(line) for line in paragraph)
