"""What stands below what was written: signatures, disclaimers, the footers of mailing lists."""

# ruff: noqa: E501 - a table of sentences reads best unwrapped

from __future__ import annotations

import re

from mailtickets.mail.message import Part
from mailtickets.mail.signoffs import LENGTH, outlook_signs, signs
from mailtickets.mail.textlines import Lines

_SIGNATURE_LINES = 15
_FOOTER_LINES = 120
_RULINGS = 16
"""So many of a stretch are looked at, from its end: for each, all that stands below is read."""

_WRAPPED = 50
"""A line that is shorter than this was not wrapped, in characters."""


_DASHES = re.compile(r"\s*(?:--|––|—|—-|- -)[ \t\xa0]*$")
_RULE = re.compile(r"\s*(?:[-–—]{2,}|_{4,}|={4,}|\*{3,}|#{3,}|~{3,}|\+{3,}|\.{4,})\s*$|\s*ᐧ\s*$")
_RULING = frozenset("-–—_=*#~+.ᐧ")
_UNDERSCORES = re.compile(r"\s*_{5,}\s*$")
_LIST = re.compile(
    r"mailing list|mailman/listinfo|/listinfo/|list-?unsubscribe|google groups|groups\.google"
    r"|yahoogroups|to unsubscribe from this (?:group|list)|um sich (?:aus|von) .{0,40}abzumelden"
    r"|se désabonner de (?:cette|la) liste|you received this message because you are subscribed"
    r"|mailinglist|liste de diffusion|lista de distribuci|lista de correo",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"://|unsubscribe|listinfo|subscribed|abzumelden|abmelden|désabonner|désinscri|desuscri|cancelar"
    r"|list-?(?:help|owner|request)|(?:-request|\+unsubscribe|-leave)@|google groups.{0,40}group"
)
_BRIEF = 80
"""A line below a ruling that is longer than this is a company's, in characters."""

_DISCLAIMER = re.compile(
    r"(?:this|the information in this|the contents? of this) (?:e-?mail|message|communication)"
    r".{0,200}(?:confidential|privileged|intended (?:solely |only |exclusively )for)|this message w/attachments"
    r"|(?:message|e-?mail|communication).{0,120}intended for the (?:use|addressee|named|person|individual|recipient|exclusive|sole)"
    r"|intended (?:solely|only) for the (?:use of the |named |intended )?(?:addressee|recipient|individual)"
    r"|if you (?:are not .{0,60}intended recipient|have received this (?:e-?mail|message|mail|communication"
    r"|transmission|correspondence|document|fax|information)\b.{0,40}in error)|received this in error"
    r"|diese e-?mail (?!bitte\b).{0,80}(?:vertraulich|rechtlich geschützt)|nicht der (?:richtige|beabsichtigte) "
    r"|inhalt dieser (?:e-?mail|nachricht).{0,80}vertraulich|niet de geadresseerde bent|niet voor u (?:is )?bestemd"
    r"|(?:esta mensagem|este mensaje|esta comunicación|este correo electrónico).{0,160}confiden|mensagem.{0,60}informaç(?:ão|ões) confiden"
    r"|questo messaggio.{0,120}confidenzial|denne e-posten.{0,120}konfidensiel|(?:treść tej|ta) wiadomoś.{0,120}poufn"
    r"|(?:ce|cet|ce présent) (?:message|courriel|e-?mail|courrier).{0,120}confidentiel"
    r"|(?:este|o presente|el presente) (?:mensaje|correo|e-?mail|mensagem).{0,160}confiden"
    r"|le informazioni contenute in (?:questo|questa|codesto)|questo (?:messaggio|e-?mail).{0,120}riservat"
    r"|dit (?:bericht|e-?mail).{0,120}vertrouwelijk|de informatie (?:in|verzonden).{0,80}vertrouwelijk"
    r"|(?:detta|denna|denne|dette|tämä) .{0,30}(?:e-post|meddelande|e-mail|viesti).{0,120}"
    r"(?:konfidentiell|fortrolig|luottamuksell)|(?:ta|niniejsza) wiadomość.{0,120}poufn"
    r"|(?:tato|tento) (?:zpráva|e-?mail).{0,120}důvěrn|(?:это|данное|настоящее) (?:письмо|сообщение)"
    r".{0,120}конфиденц|bu (?:e-?posta|mesaj).{0,120}gizli|本邮件.{0,60}(?:保密|机密)|本メール.{0,60}機密"
    r"|이 (?:메일|메시지).{0,60}(?:기밀|비밀)|please consider the environment before printing"
    r"|ce message et (?:toutes les|ses) pièces",
    re.IGNORECASE,
)
# Whoever asks for discretion himself does so in one short sentence, without what lawyers say.
_PLEADS = re.compile(
    r"\b(?:please|bitte|merci d[e']|s'il (?:vous|te) pla|por favor|per favore|per cortesia|alstublieft|a\.?u\.?b\.?|graag"
    r"|snälla|vänligen|venligst|vennligst|prosím|prosz[eę]|пожалуйста|прошу|lütfen)",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"intended|recipient|addressee|in error|privileged|environment|attach|destinat[aá]|empfänger|adressat|irrtüm"
    r"|anhäng|par erreur|pièces|por error|por engano|per errore|geadresseerde|bestemd|mottak|modtag|vastaanot"
    r"|odbiorc|adresát|получател|адресат|alıcı",
    re.IGNORECASE,
)
_SHORT = 140  # characters of such a sentence
_CAUTION = re.compile(
    r"^\W{0,4}(?:caution|warning|achtung|attention|external(?: e-?mail| sender| message)?|vorsicht"
    r"|let op|varning|advarsel|uwaga|attenzione|atención|precaución|cuidado)\b.{0,20}:?.{0,40}"
    r"(?:e-?mail|message|nachricht|mail|correo|messaggio|bericht|courriel).{0,60}"
    r"(?:originated|outside|external|extern|externe|externo|esterno)",
    re.IGNORECASE,
)
# A gateway speaks of the letter at hand, or says no more than that it is from outside.
_THIS = re.compile(
    r"\b(?:this|diese[rsn]?|die|ce|cet|cette|este|esta|questo|questa|dit|deze|denne|dette|detta|ten|ta|tato)"
    r" (?:\S+ ){0,2}(?:e-?mail|message|mail|nachricht|correo|messaggio|bericht|courriel|mensaje|mensagem|wiadomość|zpráva|e-post)"
    r"|do(?: not|n't) (?:click|open|reply)|klicken sie|"
    r"^\W{0,4}(?:caution|warning|achtung|attention|vorsicht)?\W{0,4}(?:external|externe?)\s\S+\W*$",
    re.IGNORECASE,
)
_CLEAR = "-----BEGIN PGP SIGNED MESSAGE-----"
_SEAL = "-----BEGIN PGP SIGNATURE-----"
_SEALED = "-----END PGP SIGNATURE-----"
_NEW = Part.NEW
_HINTS = (
    *("list", "unsubscribe", "subscribed", "groups", "abzumelden", "désabonner", "intended"),
    *(
        "confiden",
        "privileged",
        "attachments",
        "in error",
        "vertraulich",
        "geschützt",
        "beabsichtigt",
    ),
    *("riservat", "contenute in", "vertrouwelijk", "konfiden", "fortrolig", "luottamuk", "poufn"),
    *(
        "důvěrn",
        "конфиденц",
        "gizli",
        "保密",
        "机密",
        "機密",
        "기밀",
        "비밀",
        "environment",
        "pièces",
    ),
    *("richtige", "lista", "geadresseerde", "bestemd", "konfidensiel"),
)
"""One of these is in every footer that is looked for."""

# Who speaks of himself, or asks, is still writing: no lawyer's sentence and no list's says "I".
_SELF = re.compile(
    r"\b(?:I|I'm|I’m|I've|[Mm]y|me|mine|[Ii]ch|mir|mich|[Mm]ein\w*|[Jj]e (?:suis|ne|n'|vous|veux|voudrais)|[Jj]'|[Jj]’|moi|[Mm]on|yo|[Mm]is?|io|mio|mia"
    r"|eu|[Mm]eu|[Mm]inha|ik|mij|[Mm]ijn|[Jj]ag|[Jj]eg|mig|meg|minä|minun|mnie|mój|moje|já|mě|můj|[Яя]|мне|меня|мой|моя|[Bb]en|[Bb]enim)\b|我(?!们|們)|私|저는|제가",
)
_AFTERTHOUGHT = re.compile(r"\W{0,3}p\.? ?p?\.?s\b", re.IGNORECASE)
_SENTENCE = 4  # words: with fewer it may be a name, a title, a city
_SENTENCE_ENDS = frozenset(".!:。！")
_CONTACT = re.compile(
    r"(?:^|\s)(?:tel|phone|mobile|fax|mob|cell|direct|t|m|p|f|telefon|tél|tlf|puh|тел)\s*[.:]|\+\d{1,3}"
    r"[\s(-]|https?://|www\.|@",
    re.IGNORECASE,
)


def footer_lines(text: Lines, *, answers: bool = True) -> None:
    """Say in `parts` and `surely` which of the new lines are a footer.

    `answers`: see `mailtickets.mail.quoting.spans_of`.
    """
    lines, parts, surely = text.lines, text.parts, text.surely
    new = [index for index, part in enumerate(parts) if part is _NEW]
    if not new:
        return
    _caution(lines, parts, surely, new)
    _seal(lines, parts, surely)
    outlook = "utlook" in text.text
    for begin, end in _stretches(lines, parts):
        _signature(text, begin, end, outlook=outlook, answers=answers)
        _tail(lines, parts, surely, begin, end)
    _nothing_left(lines, parts, surely, new)


def _mark(
    parts: list[Part], surely: list[float], begin: int, end: int, part: Part, confidence: float
) -> None:
    for index in range(begin, end):
        if parts[index] is _NEW:
            parts[index], surely[index] = part, confidence


def _stretches(lines: list[str], parts: list[Part]) -> list[tuple[int, int]]:
    """The runs of new lines, blank lines between included."""
    if parts.count(_NEW) == len(parts):
        return [(0, len(parts))]
    out: list[tuple[int, int]] = []
    begin = -1
    for index, part in enumerate(parts):
        if part is _NEW:
            begin = index if begin < 0 else begin
        elif begin >= 0 and lines[index].strip():
            out.append((begin, index))
            begin = -1
    if begin >= 0:
        out.append((begin, len(parts)))
    return out


def _caution(lines: list[str], parts: list[Part], surely: list[float], new: list[int]) -> None:
    """The warning that a company's gateway puts before every letter from outside."""
    first = next((index for index in new if lines[index].strip()), None)
    if first is None or not _CAUTION.match(lines[first]) or _speaks(lines[first]):
        return
    if _THIS.search(lines[first]):
        parts[first], surely[first] = Part.DISCLAIMER, 0.8


def _seal(lines: list[str], parts: list[Part], surely: list[float]) -> None:
    """The armour around a text that OpenPGP signed as it stands (RFC 9580 section 7)."""
    if _CLEAR not in lines:
        return
    begin = lines.index(_CLEAR)
    head = begin + 1
    while head < len(lines) and lines[head].strip():
        head += 1
    _mark(parts, surely, begin, head, Part.SIGNATURE, 1.0)
    if _SEAL in lines and lines.index(_SEAL) > begin:
        seal = lines.index(_SEAL)
        end = lines.index(_SEALED) + 1 if _SEALED in lines else len(lines)
        _mark(parts, surely, seal, max(end, seal), Part.SIGNATURE, 1.0)


def _signature(text: Lines, begin: int, end: int, *, outlook: bool, answers: bool) -> None:
    """From the dashes on (RFC 3676 section 4.3), or from a ruling with a footer below it.

    `outlook` says whether its name is in the text at all.
    """
    lines, parts, surely, heads = text.lines, text.parts, text.surely, text.heads
    first = next((index for index in range(begin, end) if lines[index].strip()), end)
    last = _telephone(lines, first + 1, end)
    _mark(parts, surely, last, end, Part.SIGNATURE, 0.9)
    rulings: list[int] = []
    for index in range(max(begin, last - _FOOTER_LINES), last):
        if not outlook and heads[index] not in _RULING:
            continue
        line = lines[index].strip()
        if not line or len(line) > LENGTH or parts[index] is not _NEW:
            continue
        if line[0] in _RULING:
            if _DASHES.match(line) or _RULE.match(line):
                rulings.append(index)
        elif "utlook" in line and index > first and outlook_signs(line):
            _mark(parts, surely, index, index + 1, Part.SIGNATURE, 0.9)
            _mark(parts, surely, index + 1, end, Part.QUOTED, 0.55 if answers else 0.45)
            return
    below = end
    signed = max((index for index in rulings if _DASHES.match(lines[index])), default=-1)
    for index in reversed(rulings[-_RULINGS:]):
        after = _afterthought(lines, index + 1, below)
        part, confidence = _below(lines, index, after, lowest=below == end)
        if confidence:
            _mark(parts, surely, index, after, part, confidence)
            below = index
        elif index > signed >= 0 or _DASHES.match(lines[index]):
            continue  # it may be ruled within a signature
        else:
            return


def _telephone(lines: list[str], begin: int, end: int) -> int:
    """Where the lines begin, at the end of a stretch, that a telephone signs with."""
    found = at = end
    while at > begin:
        line = lines[at - 1].strip()
        if line and not (line[0] in _RULING and _RULE.match(line)):
            if not signs(line):
                break
            found = at - 1
        at -= 1
    return found


def _closing(line: str) -> bool:
    """Whether a line may stand below what a telephone signs with."""
    line = line.strip()
    return not line or bool(_RULE.match(line)) or signs(line)


def _afterthought(lines: list[str], begin: int, end: int) -> int:
    """Where a PS begins: who adds one is still writing."""
    for index in range(begin, end):
        if _AFTERTHOUGHT.match(lines[index].lstrip()):
            return index
    return end


def _below(lines: list[str], index: int, end: int, *, lowest: bool) -> tuple[Part, float]:
    """What stands below a ruling, and how surely; 0 when it is a part of the letter.

    `lowest` says that nothing else stands below. Whoever asks something is still writing.
    """
    rest = [line.strip() for line in lines[index + 1 : end]]
    written = [line for line in rest if line]
    if not written and end < len(lines) and _AFTERTHOUGHT.match(lines[end].lstrip()):
        return Part.NEW, 0.0
    top = "\n".join(written[:3])[:2000]
    asks = any(map(_asks, written))
    speaks = asks or bool(_SELF.search(top))
    if not speaks and _LIST.search(top) and len(written) <= 2 * _SIGNATURE_LINES:
        return Part.LIST_FOOTER, 0.95
    if not speaks and _disclaims(top.replace("\n", " ")):
        return Part.DISCLAIMER, 0.85
    short = len(written) <= _SIGNATURE_LINES and not any(len(one) > 200 for one in written)
    if _DASHES.match(lines[index]):
        exact = lines[index].startswith("-- ")  # RFC 3676 section 4.3
        signed = exact or not (asks or _tells(written))
        return (Part.SIGNATURE, 0.95) if short and signed else (Part.NEW, 0.0)
    if all(_closing(one) for one in written):
        return Part.SIGNATURE, 0.9
    if not _UNDERSCORES.match(lines[index]) or asks or len(written) > _SIGNATURE_LINES:
        return Part.NEW, 0.0
    brief = [one for one in written if len(one) < _BRIEF]
    if len(written) == len(brief) and any(_says(one, _SENTENCE + 1) for one in written):
        return Part.NEW, 0.0
    if len(written) == len(brief) <= 2 or not lowest or _CONTACT.search("\n".join(written)):
        return Part.SIGNATURE, 0.6
    return Part.NEW, 0.0


def _tells(written: list[str]) -> bool:
    """Whether this goes on with the letter: somebody speaks of himself, or in sentences.

    A signature may hold a sentence, too, but then it also says how to reach somebody.
    """
    said = "\n".join(written)[:3000]
    if not any(_says(one, _SENTENCE) for one in written):
        return False
    return _SELF.search(said) is not None or not _CONTACT.search(said)


def _says(line: str, words: int) -> bool:
    """Whether a line is, or ends with, a sentence of so many words at least."""
    return line.rstrip(" *_)\"'»”’")[-1:] in _SENTENCE_ENDS and len(line.split()) >= words


def _tail(lines: list[str], parts: list[Part], surely: list[float], begin: int, end: int) -> None:
    """Disclaimers and the words of a mailing list at the end, without a ruling before them."""
    last = end
    while last > begin and (parts[last - 1] is not _NEW or not lines[last - 1].strip()):
        last -= 1
    while last > begin:
        first = last - 1
        while first > begin and not lines[first].strip():
            first -= 1
        top = first
        while top > begin and lines[top - 1].strip() and parts[top - 1] is _NEW:
            top -= 1
        said = " ".join(lines[top : first + 1])[:3000]
        paragraph = said.lower()
        if top == begin or not any(word in paragraph for word in _HINTS) or _speaks(said):
            return
        part = Part.LIST_FOOTER
        # People, too, write about mailing lists: a program tells where one leaves it.
        found = _LIST.search(paragraph) if _LEAVES.search(paragraph) else None
        if found is None:
            part, found = Part.DISCLAIMER, _disclaims(paragraph)
        if found is None:
            return
        began = _sentence(lines, top, first, found.start())
        _mark(parts, surely, began, last, part, 0.8)
        if began > top:
            return
        last = top


def _sentence(lines: list[str], top: int, last: int, place: int) -> int:
    """The line on which the sentence begins that is at `place` in the lines from `top` on.

    A greeting may stand right above it: a line is a part of it only if it was wrapped.
    """
    at = top
    while at < last and place > len(lines[at]):
        place -= len(lines[at]) + 1
        at += 1
    while at > top and len(lines[at - 1]) > _WRAPPED and lines[at - 1].rstrip()[-1] not in ".?!":
        at -= 1
    while at > top and _RULING.issuperset(lines[at - 1].strip()):
        at -= 1
    return at


def _disclaims(said: str) -> re.Match[str] | None:
    """Where a company's disclaimer begins in a paragraph, if it is one."""
    found = _DISCLAIMER.search(said)
    if found is None or len(said) >= _SHORT or _FORMAL.search(said) or not _PLEADS.search(said):
        return found
    return None


def _asks(line: str) -> bool:
    return "?" in line and "://" not in line


def _speaks(said: str) -> bool:
    """Whether somebody speaks of himself or asks something, and no lawyer or mailing list does."""
    return _SELF.search(said) is not None or any(map(_asks, said.split(" ")))


def _nothing_left(lines: list[str], parts: list[Part], surely: list[float], new: list[int]) -> None:
    """A letter that would be nothing but footer is what was written."""
    if any(parts[index] is Part.NEW and lines[index].strip() for index in new):
        return
    for index in new:
        parts[index], surely[index] = Part.NEW, 0.5
