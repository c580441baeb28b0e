"""Addresses that nobody reads: daemons, and those that say so by their name, in many languages."""

from __future__ import annotations

import re
import unicodedata


def _plain(text: str) -> str:
    """Lower case, and without the marks that names of addresses are written without."""
    apart = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return "".join(char for char in apart if not unicodedata.combining(char))


def _words(text: str) -> frozenset[str]:
    return frozenset(map(_plain, text.split()))


DAEMONS = _words(
    """
    mailerdaemon maildaemon smtpdaemon mdaemon postmaster maildeliverysystem
    maildeliverysubsystem bounce bounces bouncer nobody devnull blackhole autoresponder
    autoreply automailer autoanswer listserv majordomo mailman sympa microsoftexchange
    """
)
"""Programs, by their names without signs between the words (RFC 3834 section 2, RFC 2142)."""

UNREAD = _words(
    """
    noreply noreplies noreplyto donotreply donotreplyto dontreply notreply cannotreply
    pleasedonotreply replynot unattended unmonitored notmonitored noresponse donotrespond
    noanswer nichtantworten bittenichtantworten nichtbeantworten keineantwort keineantworten
    antwortenichtmoeglich nepasrepondre nepasreply nerepondezpas nerepondrepas pasdereponse
    sansreponse aucunereponse noresponder noresponda norespondas noresponderpor nocontestar
    nocontestes sinrespuesta naoresponder naoresponda naorespondas naoreplicar semresposta
    nonrispondere nonrisponda nonrispondete norisposta senzarisposta nietantwoorden
    nietbeantwoorden nietreageren geenantwoord geenreactie svaraej svarainte ejsvar
    ingetsvar svarikke ikkesvar besvarikke ikkebesvar maaikkebesvares alavastaa eivastausta
    eivastata aravasta eivasta nieodpowiadac nieodpowiadaj prosienieodpowiadac
    prosimynieodpowiadac bezodpowiedzi neodpovidat neodpovidejte neodpovedat neodpovedajte
    neodgovaraj neodgovarajte neodgovarjaj nevalaszolj nevalaszoljon nuraspunde nuraspundeti
    neotgovaryaite neatsakyti neatbildet yanitlamayin yanitlamayiniz cevaplamayin
    cevapvermeyin neotvechat neotvechaite neotvechayte неотвечать неотвечайте невідповідати
    janganbalas jangandibalas khongtraloi norespongueu norespondre ezerantzun fankoufuyou
    henshinfuyou wuxuhuifu qingwuhuifu 返信不要 请勿回复 請勿回覆 회신금지
    """
)
"""What means that no answer is read, written in one word and without marks over its letters."""

_AROUND = re.compile(
    r"(?:^owner-|-(?:request|owner|relay|bounces?)$|^(?:bounces?|prvs|srs0|srs1)[-+=])"
)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 6
"""Words that a form is made of, at most: it is written in one word, or in several."""


def nobody_reads(local: str) -> bool:
    """Whether a local part says that nobody reads what is sent to it.

    The words may stand anywhere, but as words: a casino's reply desk is somebody.

    >>> [nobody_reads(one) for one in ("no-reply", "Shop.NePasRepondre", "casino.reply", "nic")]
    [True, True, False, False]
    """
    if _AROUND.search((local := local[:64]).lower()):
        return True
    words = _WORD.findall(_plain(local))[:20]
    if "".join(words) in DAEMONS:
        return True
    return any(
        "".join(words[start:end]) in UNREAD
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1)
    )
