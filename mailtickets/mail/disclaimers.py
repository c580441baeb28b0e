"""What companies' lawyers and their programs say of every letter, told by its grammar.

People, too, write "confidential" and "virus": what is folded has to speak of the letter itself, in
the words that only programs use.
"""

# ruff: noqa: E501 - tables of sentences read best unwrapped

from __future__ import annotations

import re

from mailtickets.mail.adverts import advertises, spares_paper
from mailtickets.mail.lawyers import SUBJECTS, counsels
from mailtickets.mail.mailinglists import MOST
from mailtickets.mail.secrecy import SUBJECT, calls_itself_secret

WRAPPED = 50
"""A line that is shorter than this was not wrapped, in characters."""
_LONG = 280  # characters of a paragraph that only a lawyer writes, if it says two formal things
_FORMAL = re.compile(
    r"intended|recipient|addressee|in error|unauthori[sz]ed|disclos|destinat[aá]|empfänger|adressat|irrtüm|par erreur"
    r"|por error|por engano|per errore|geadresseerde|bestemd|avsedd|avsett|mottak|mottag|modtag|vastaanot|odbiorc|adresát|adresat"
    r"|получател|адресат|alıcı|exclusiv[ae]mente|esclusiv|附件|宛先|誤って|收件人|错收|误收|发件人|수신인|수신자|(?:and|,) (?:any|all|its|the) (?:\S{1,20} ){0,2}attach"
    r"|et (?:toutes les|ses) pièces",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"this message w/attachments"
    r"|(?:message|e-?mail|communication)\b.{0,120}\b(?:is|are|be|only|solely|exclusively|information) intended (?:only |solely |exclusively )?for the "
    r"(?:(?:sole |exclusive |personal |confidential )?use|addressee|named|exclusive|(?:intended )?recipient|(?:person|individual)(?:s|\(s\))? (?:or|and|to|named))"
    r"|the information transmitted(?: by or with this \S{1,20})? is intended only for"
    r"|(?<!was )(?<!were )intended (?:solely|only|exclusively) for the (?:use of |named |intended )?(?:addressee|recipient|individual)"
    r"|if you (?:are not .{0,60}intended recipient|(?:have )?received this (?:(?:e-?mail|message|mail|communication|transmission"
    r"|correspondence|document|fax|information)\b.{0,40})?\bin error)"
    r"|(?:wenn|sollten|falls|sofern) sie .{0,40}nicht der (?:richtige|beabsichtigte|vorgesehene) (?:empfänger|adressat)"
    r"|niet de geadresseerde bent|(?:informatie|gegevens) .{0,40}niet voor u (?:is )?bestemd"
    r"|(?:indien|als|mocht) (?:dit|deze|het|de) (?:e-?mail|bericht|mail)\w{0,7} .{0,30}niet voor u (?:is )?bestemd"
    r"|ce message et (?:toutes les|ses) pièces.{0,120}(?:confiden|établi|exclusi|destinés|destinées)",
    re.IGNORECASE,
)
# What no lawyer says of his letters: that they be passed on, what we did with one, parcels and keys.
_OF_PEOPLE = re.compile(
    r"\bpass (?:it|this|them) on\b|\b(?:hand|forward) (?:it|this|them)(?: over)?\b(?! to the sender)|\bleiten sie\b|\bbitte\b.{0,80}\bweiter(?:zu)?(?:leiten|geben)\b"
    r"|\bgeben sie (?:es|sie|ihn|diese)\b|doorsturen|doorgeven|\b(?:stuur|geef|geeft|stuurt)\b.{0,40}\bdoor\b|(?:lui|leur|de le|de la) transmettre|faire suivre"
    r"|reenv[ií]\w{1,6}|inoltr\w{1,5}|encaminh\w{1,5}|vidarebefordra (?:det|den|detta)|videresend (?:den|det|denne)|send det videre"
    r"|\bwe (?:have |'ve |’ve )?(?:deleted|destroyed|received|got|returned|are not|have nothing)\b|\bwir (?:sind|haben (?:sie|es|ihn|diese|den|die))\b|\bnous (?:l['’]avons|les avons|l['’])"
    r"|\b(?:lo|la|los) hemos\b|\bl['’]abbiamo\b|\babbiamo (?:ricevuto|cancellato|eliminato)|\b(?:wij|we) hebben (?:het|hem|dit)\b|\bvi har\b|\w{4,20}liśmy\b|我们已|我们不是|我们收到"
    r"|\b(?:rechnung|pakets?|päckchen|lieferung|schlüssel|colis|facture|clés?|paquetes?|factura|llaves?|pacc[oh]i?|fattura|chiav[ei]|pakket\w{0,3}|factuur|sleutels?"
    r"|brief|paket\w{0,2}|faktur\w{0,3}|nøkkel\w{0,2}|nyckel\w{0,2}|paczk\w|balík\w{0,2}|посылк\w|сч[её]т|ключ\w?|parcels?|invoices?|orders?|keys?|vouchers?)\b"
    r"|钥匙|包裹|发票|鍵|荷物|請求書|열쇠|택배|청구서",
    re.IGNORECASE,
)
# What may stand before the sentence, besides the end of another.
_LABEL = re.compile(
    r"\b(?:(?:notice|confidential\w{0,4}|disclaimer|note|important|hinweis|wichtig|haftungsausschluss|avis|aviso|nota|avviso|avvertenza"
    r"|legal|privacy|let op|obs|warning) ?[:：-]|please note that|note that|bitte beachten sie, dass|confidentiality (?:notice|statement|note))\W*$",
    re.IGNORECASE,
)
_REGISTERS = re.compile(
    r"\b(?:geschäftsführ\w{1,8}|geschäftsleitung|vorstand|aufsichtsrat\w{0,12}|sitz(?: der gesellschaft)?|registergericht|amtsgericht|handelsregister|firmenbuch\w{0,8}|ust-?id\S{0,6}"
    r"|steuernummer|ceo|managing directors?|registered office|company (?:no|number)|siège social|siren|siret)\s?[:：.]|\bhr[ab]\s?\d",
    re.IGNORECASE,
)
_TWICE = 2
_HINTED = (
    "geschäftsführ|amtsgericht|hrb|firmenbuch|registered office|siège social|list|subscri|group|abmeld|abonn|désinscri|suscri|baja|iscri|member|assina|intended"
    "|confiden|privileged|attachments|in error|exclusive use|sole use|designated"
    "|vertraulich|geschützt|beabsichtigte|riservat|environment|vertrouwelijk|konfiden"
    "|fortrolig|luottamuk|poufn|důvěrn|конфиденц|gizli|保密|机密|機密|기밀|비밀|pièces|richtige"
    "|geadresseerde|bestemd|help@|vorgesehene|request@|leave@|owner@|gruppe|groupe|gruppo"
    "|grupo|avast|avg|umwelt|ambiente|environnement|éco-|milieu|miljö|miljø|ympäristö|środowisk"
    "|prostředí|окружающ|çevre|destinat|ontvang|empfänger|adressat|par erreur|por error"
    "|por engano|proibid|prohibid|mittente|vietat|avsett|avsedd|beregnet|tiltænkt|mottak"
    "|mottag|modtag|vastaanottaj|adresat|adresát|адресат|конфіденц|címzett|bizalmas|kişi"
    "|muhatab|宛先|受信者|誤って|收件|수신"
)
HINTS = tuple(_HINTED.split("|"))
"""One of these is in every footer that is looked for."""

_CITING = frozenset('"“„«»「『')
_ENDS = frozenset(".!;|>-–—_=*#。！")


def disclaims(lines: list[str]) -> int:
    """Where a company's disclaimer begins in these lines, joined with blanks; -1 if nowhere.

    A short one that asks to pass the letter on, or tells what "we" did with it, is a person's.
    """
    said, begins = _joined(lines)
    if len(said) < _LONG and (said[:1] in _CITING or _OF_PEOPLE.search(said)):
        return -1
    for told in (_disclaimed, _registered, advertises, spares_paper, counsels):
        at = told(said, begins)
        if at >= 0:
            # What one is asked before printing may stand right above.
            above = said[: max((place for place in begins if place <= at), default=0)]
            before = spares_paper(above, begins) if above else -1
            return at if before < 0 else before
    return -1


def _disclaimed(said: str, begins: set[int]) -> int:
    """Where a letter is called confidential, or for nobody else; -1 if nowhere."""
    formal = len({found[0].lower() for found in _FORMAL.finditer(said)})
    lawyers = formal > 1 and len(said) >= _LONG
    for number, found in enumerate(SUBJECT.finditer(said)):
        if number == SUBJECTS:
            break
        at = found.start()
        if not (lawyers or _opens(said, at, begins)):
            continue
        if calls_itself_secret(said, found.end(), formal=formal > 0):
            legal = _LEGAL.search(said[:at])
            return min(at, legal.start()) if legal and _opens(said, legal.start(), begins) else at
    for found in _LEGAL.finditer(said):
        if lawyers or _opens(said, found.start(), begins):
            return found.start()
        sentence = max(said.rfind(mark, 0, found.start()) for mark in ".!?;:") + 1
        if found[0][:2].lower() != "if" and SUBJECT.search(said, sentence, found.end()):
            return found.start()  # "this message", of which it speaks
    return -1


def _registered(said: str, begins: set[int]) -> int:
    """Where a firm says who runs it and where it is registered; -1 if nowhere."""
    found = list(_REGISTERS.finditer(said[:_LONG]))
    if len({one[0].lower() for one in found}) < _TWICE or not _opens(
        said, found[0].start(), begins
    ):
        return -1
    return found[0].start()


def _joined(lines: list[str]) -> tuple[str, set[int]]:
    """The lines joined with blanks, and where in it one begins that was not wrapped."""
    begins: set[int] = set()
    place, before = 0, ""
    for line in lines:
        if len(before) < WRAPPED or before.rstrip()[-1:] in _ENDS:
            begins.add(place + len(line) - len(line.lstrip()))
        place += len(line) + 1
        before = line
        if place > MOST:
            break
    return " ".join(lines)[:MOST], begins


def _opens(said: str, at: int, begins: set[int]) -> bool:
    """Whether a sentence begins at this place."""
    before = said[max(0, at - 60) : at].rstrip(" \t\xa0\"'“”«»‘’([")
    if not before or at in begins or before[-1] in _ENDS:
        return True
    return _LABEL.search(before) is not None
