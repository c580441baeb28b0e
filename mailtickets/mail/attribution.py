"""Whether a line tells that somebody wrote what stands below it, and whether a program put it there."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

from mailtickets.mail.languages import BEGINNING, WROTE

SURE = 0.98
_WORDS = 26

ADDRESS = re.compile(r"[^\s<>@\"',;:()\[\]]{1,64}@[^\s<>@\"',;:()\[\]]{1,255}")
_DATE = re.compile(
    r"\d{1,4}[./\-年]\s?\d{1,2}[./\-月]\s?\d{1,4}|\b(?:19|20)\d\d\b|\b\d{1,2}[.,]?\s+(?:de\s+)?[^\W\d]{3,}"
    r"|(?<![^\W\d])[^\W\d]{3,}+\.?\s+\d{1,2}\b"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_ADDRESS_LAST = re.compile(
    r"(?:[>)\]]|^\d.{1,60} (?:by|von|de|da|por|door|av|af|od|przez|от) [^\s<>]+@[\w.-]+)[*_\s]*[:：][*_\s]*$"
)
_FIRST_PERSON = re.compile(
    r"\b(?:I|ich|wir|mein\w*|my|we|our|j'ai|nous|(?<= )us|uns|yo|mi|io|mio|eu|meu|ik|mijn|jag|min|jeg|minä|já|я|мы|мне)\b"
    r"|我|私|저는|제가"
)
# Who tells us of what was written says more than a name: "On Monday at 10:00 your colleague wrote:".
_TOLD = re.compile(
    r"\b(?:the|your|dein\w*|ihre?\w*|euer|eure\w*|ein\w*|votre|vos|une?|vuestr\w*|tuo|tua|vostr\w*|seu|sua|uw|jouw|jullie|din|ditt"
    r"|jeres|deres|teidän|váš|vaš\w*|wasz\w*|ваш\w*|sizin|herrn?|frau|mrs?\.?|ms\.?|mme|monsieur|madame|signora?|señora?|sra?\."
    r"|meneer|mevrouw|pani?|господин|госпожа)(?!\w)|您的|你的|貴社|御社|弊社|客服|귀사",
    re.IGNORECASE,
)
# Whoever says "our electrician" tells it himself; some of these words are names as well.
_OURS = re.compile(
    r"\W*(?:(?i:(?:il|la|i|le|o|a|os|as) )?(?i:my|our|mein\w*|unser\w*|notre|nuestr\w*|nostr\w*|meu|minha|noss\w*|mijn|onze|vår\w*|vores|minun|můj|moje|náš|naše"
    r"|mój|moja|nasz\w*|мой|моя|наш\w*|benim|bizim)\s+[^\W\d]|(?i:mon|ma|mes|nos|mi|mis|mio|mia|il mio|la mia|ons|min|mitt|mina)\s+(?=[^\W\d])[^A-ZÀ-Þ])",
)
# What writes, but nobody answers: "At 10:12 the program wrote:".
_MACHINES = frozenset(
    "program programm programme programmet programma programı app apps terminal terminalen system systemet systemem systemu server"  # noqa: SIM905 - a table
    " serveren servern printer printeren scanner screen display log logs logfile logdatei loggen console konsole drucker bildschirm anlage"
    " kasse gerät logiciel système écran imprimante journal sistema programa pantalla impresora impressora schermo stampante tela scherm"
    " systeem skärmen skjermen skærmen ohjelma järjestelmä näyttö tulostin loki drukarka ekran systém tiskárna obrazovka программа система"
    " терминал сервер журнал принтер экран 1с касса програма термінал sistem yazıcı uygulama yazılım".split()
)
_MACHINES_WITHIN = re.compile(
    "系统|系統|日志|日誌|程序|程式|软件|軟體|屏幕|打印机|システム|プログラム|ログ|画面|プリンタ|アプリ|시스템|프로그램|로그|화면|프린터"
)
_WORD = re.compile(r"\w+")
_PARTICLES = frozenset(
    {"von", "van", "de", "der", "den", "da", "di", "del", "la", "le", "al", "ten"}
)
_THAT = re.compile(r" (?:that|dass|daß|que|qu['’]|che|dat|att|at|että|że|iż|že|что)\b")
_YOU = frozenset({"you", "du", "vous", "vy", "вы"})  # as The Bat writes
_ARTICLES = frozenset({"der", "die", "das", "dem", "den"})
# A line that begins an attribution of its own: a word as "On", or none, and a whole date.
_BEGINS = re.compile(
    r"[\s>*]*+(?:(?P<word>on|am|le|el|il|il giorno|em|no dia|op|den|på|dnia|w dniu|dne|v|в|во|on the|in data|el día|le jour)[\s,]+)?"
    r"(?:[^\W\d]{2,14}\.?,?\s+){0,2}?"
    r"(?:\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}|\d{1,2}\.?\s+(?:de\s+)?[^\W\d]{3,12}\.?,?\s+(?:de\s+)?\d{4}|[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})\b",
    re.IGNORECASE,
)
_WHOLE_DATE = re.compile(
    r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}|\b\d{1,2}\.?\s+(?:de\s+)?[^\W\d]{3,12}\.?,?\s+(?:de\s+)?\d{4}|\d[年년]"
    r"|[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:\d\d:\d\d:\d\d\s+)?\d{4}"
)
_CITED = re.compile(r"\* .{1,80}[<(]\S{1,64}@\S{1,255}[>)] (?:\[.{6,60}\]|.{2,20}):\s*$")
_SELON = re.compile(r"[Ss]elon .{0,60}<\S{1,64}@\S{1,255}>\s?:\s*$")


def says_who(said: str, *, starts: bool, colon: bool) -> float:
    """How surely `said` tells that somebody wrote something at some time; 0 when it does not."""
    wrote = WROTE.search(said)
    address = "@" in said and ADDRESS.search(said) is not None
    if not wrote and not address:
        return 0.0
    time = _TIME.search(said) is not None
    date = _DATE.search(said) is not None
    if wrote and starts and address and (date or time):
        return SURE
    if wrote and starts and date and time:
        return 0.95
    if wrote and address and colon and ("<" in said or starts):
        return 0.9
    if starts and date and time and address and _ADDRESS_LAST.search(said):
        return 0.9
    if wrote and date and time and colon:
        return 0.6
    if wrote and starts and (date or time):
        return 0.5
    if address and (_CITED.match(said) or _SELON.match(said)):
        return 0.5
    return 0.5 if wrote and colon and _names(said, wrote) else 0.0


def begins_anew(line: str, *, alone: bool) -> bool:
    """Whether a line begins an attribution, and does not go on with one that stands above it.

    `alone`: what stands above it begins none; then a date says so, too.
    """
    found = _BEGINS.match(line)
    return found is not None and (alone or found["word"] is not None)


def is_dated(said: str) -> bool:
    """Whether it tells a whole date and a time of the day, and does not begin with "wrote"."""
    return (
        not WROTE.match(said)
        and _TIME.search(said) is not None
        and _WHOLE_DATE.search(said) is not None
    )


def is_beginning(line: str) -> bool:
    """Whether a line is nothing but how an attribution begins: "Am Montag, den"."""
    return BEGINNING.match(line) is not None


def _names(said: str, wrote: re.Match[str]) -> bool:
    """Whether nothing is said but a name, and that it wrote: "Anna Berg wrote:"."""
    name = said[: wrote.start()].split()
    if not 1 <= len(name) <= 5 or len(said) - wrote.end() > 3:
        return False
    if not any(map(str.isalpha, said[: wrote.start()])):
        return False
    return all(word[0].upper() == word[0] or word in _PARTICLES for word in name)


def is_told(said: str) -> bool:
    """Whether a person tells it: in a longer sentence, or of himself."""
    wrote = WROTE.search(said)
    if (wrote and _THAT.match(said, wrote.end())) or machine_says(said):
        return True
    if len(said.split()) > _WORDS or _OURS.match(said):
        return True
    person = _FIRST_PERSON.search(said)
    if person is None:
        return False
    # "help@my.example" says nothing of oneself.
    return "@" not in said or _FIRST_PERSON.search(ADDRESS.sub("", said)) is not None


def machine_says(said: str) -> bool:
    """Whether it is no person that wrote, but a program, a screen, a log."""
    if "@" in said:
        return False
    if not _MACHINES.isdisjoint(_WORD.findall(said.lower())):
        return True
    return not said.isascii() and _MACHINES_WITHIN.search(said) is not None


def names_somebody(said: str) -> bool:
    """Whether it was somebody with an address or a name who wrote, and not "your technician"."""
    return "@" in said or (_TOLD.search(said) is None and _by_name(said))


def _by_name(said: str) -> bool:
    """Whether it was somebody with a name who wrote: what stands beside the word is no noun."""
    wrote = WROTE.search(said)
    if wrote is None:
        return True
    after = said[wrote.end() :].strip(" *_:：()/a")
    if not after.split() or any(map(str.isdigit, after)):
        before = said[: wrote.start()].split()
        return not before or before[-1] in _YOU or before[-1][0].upper() == before[-1][0]
    first, *rest = after.split()
    if first in _ARTICLES:
        return False
    name = next((word for word in [first, *rest] if word not in _PARTICLES), first)
    return name[0].upper() == name[0]
