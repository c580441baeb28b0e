"""Whether a writer goes on below what may be his signature: he asks, adds, counts, or says "I"."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

from mailtickets.mail.signoffs import signs
from mailtickets.tickets.values import Person

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
LABELLED = re.compile(
    r"\W{0,3}(?!(?:tel|phone|mob|fax|cell|direct|office|e-?mail|mail|web|www|skype|m|t|p|f|e|w|д?тел|tlf|puh)\b)"
    r"[^\s:：]{2,20}(?: [^\s:：]{1,20})? ?[:：](?!//) ?\S",
    re.IGNORECASE,
)
ITEM = re.compile(r"\W{0,2}\d{1,2}[.)] \S+ \S")
_CLAUSE = 5  # words that begin with a small letter
_SMALL = 3  # words of a line that are no names, and no particles of names and titles
_CJK_STATEMENT = 8  # characters
_STATEMENT = 6  # words of a sentence that is no motto
SENTENCE = 4  # words: with fewer it may be a name, a title, a city
MARKS = frozenset("\"'“”„«»‘’*_-–—=#~+|<[(")
_SENTENCE_ENDS = frozenset(".!:。！")
CONTACT = re.compile(
    r"(?:^|\s)(?:tel|phone|mobile|fax|mob|cell|direct|t|m|p|f|telefon|tél|tlf|puh|тел)\s*[.:]|\+\d{1,3}"
    r"[\s(-]|https?://|www\.|@",
    re.IGNORECASE,
)

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_CJK_SAYS = re.compile(
    r"[。！]|です|ます|ました|ません|[了请請吗呢]|麻烦|麻煩|下さい|ください|お願い"
)
_REQUEST = re.compile(
    r"\b(?:please|bitte|merci de|veuillez|s['’]il (?:vous|te) pla[iî]t|por favor|per favore|per cortesia|alstublieft|alsjeblieft|graag|snälla|vänligen"
    r"|venligst|vennligst|prosím|prosz[eę]|пожалуйста|прошу|(?:пере)?звоните|будь ласка|lütfen|arayın|kérem|vă rog|παρακαλώ|\w{3,12}(?:kaa|kää))\b"
    r"|[请請]|麻烦|麻煩|ください|下さい|お願い|주세요|바랍니다|십시오|부탁",
    re.IGNORECASE,
)
# What firms, their lawyers and friends of trees ask for.
_OF_FIRMS = re.compile(
    r"print|druck|imprim|stamp|skriv ut|afdruk|распечат|environment|umwelt|confiden|vertraul|mail|message|nachricht|курьер"
    r"|note|beachten|visit|besuch|follow|folgen|newsletter|://|www\.|@|邮件|郵件|メール|메일|打印|印刷",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "a an and at by for in of on or the to und der die das den dem des im am bei für von zu zur zum et de du des la"  # noqa: SIM905 - a table
    " le les à au en y del el los las da do di e il per con van het voor bij och i av til af og ja w z na ve".split()
)

_OPENING = 5  # words
_NAMES = 8  # words of anybody's name
_SIGNED = 12  # lines of a signature
_FAREWELL = re.compile(
    r"(?:(?:kind|best|warm|many) ?(?:regards|wishes)|regards|(?:yours )?(?:sincerely|faithfully|truly)|mit (?:freundlichen|freundlichem|besten|lieben) gr(?:ü|ue)(?:ß|ss)(?:en)?"
    r"|mfg|(?:viele|beste|liebe|schöne|freundliche) gr(?:ü|ue)(?:ß|ss)e|vg|lg|cordialement|bien (?:à vous|cordialement)|(?:meilleures |sincères )?salutations(?: distinguées)?"
    r"|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|(?:cordiali|distinti) saluti|saluti|atenciosamente|(?:com os melhores )?cumprimentos"
    r"|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvh|(?:med )?vänliga? hälsning(?:ar)?|hälsningar|(?:med )?venn?lig(?:e)? hilsen(?:er)?|hilsen"
    r"|(?:ystävällisin )?terveisin|z poważaniem|pozdrawiam|s pozdravem|с уважением|з повагою|saygılarımla|iyi çalışmalar|敬具|此致)\W*(?:[^\W\d]{1,20}\W*){0,2}$",
    re.IGNORECASE,
)

_REACHES = re.compile(
    r"\S{1,64}@|https?:|www\.|(?:e-?mail|tel|fax|mobil\w{0,2}|phone)\b", re.IGNORECASE
)

_BELOW = re.compile(
    r"\b(?:below|following|unten|folgende\w?|ci-dessous|suivante?s?|abajo|siguientes?|sotto|seguent[ei]"
    r"|abaixo|seguintes?|hieronder|volgende|nedan|nedenfor|följande|følgende|alla|seuraava\w?|poniżej"
    r"|níže|následující|ниже|следующ\w{2,3}|нижче|aşağıda\w{0,2})\b|如下|以下|下記|아래",
    re.IGNORECASE,
)

_ABOUT = 4  # lines
_FOOTER = re.compile(
    r"\b(?:footers?|disclaimers?|signatures?|signatur(?:en)?|fußzeilen?|haftungsausschluss\w{0,4}|pied de page|pie de (?:página|firma)|piè di pagina|rodapé"
    r"|voettekst|handtekening|sidfot|sidefod|bunntekst|underskrift|alatunniste|stopk[aię]|patičk\w|подпись|дисклеймер|imza|altbilgi)\b"
    r"|\b(?:following|folgende[nr]?) (?:text|line|sentence|satz|zeile)\b|签名|免责声明|署名|フッター|서명",
    re.IGNORECASE,
)


def size(line: str) -> int:
    """How many words a line has; where no blanks are between them, two characters are one."""
    words = len(line.split())
    return words if line.isascii() else words + len(_CJK.findall(line)) // 2


def requests(line: str) -> bool:
    """Whether a line asks for something to be done, and not for what firms ask in each letter."""
    return (
        len(line) <= 2 * BRIEF and _REQUEST.search(line) is not None and not _OF_FIRMS.search(line)
    )


def states(line: str, least: int = _SMALL) -> bool:
    """Whether a line tells something, though no full stop ends it: it is no name, no title.

    It has `least` words at least that begin with a small letter, and are no particles.
    """
    if CONTACT.search(line) or line[:1] in MARKS:
        return False
    if len(_CJK.findall(line)) >= _CJK_STATEMENT:
        return _CJK_SAYS.search(line) is not None
    small = [word for word in line.split() if word[0].islower() and word not in _PARTICLES]
    return len(small) >= (min(least, 2) if least <= _SMALL and says(line, 3) else least)


def signature(written: list[str]) -> bool:
    """Whether the last of these lines may belong to a signature, as those above it do.

    It begins with a farewell, or a telephone's line; a name and how to reach somebody follow.
    """
    last = written[-1]
    if len(written) == 1:
        return _FAREWELL.match(last) is not None or signs(last)
    if len(written) > _SIGNED or len(last) > BRIEF:
        return False
    if signs(written[0]):
        return signs(last)
    return not (says(last, SENTENCE) or asks(last) or states(last) or requests(last))


def card(written: list[str]) -> bool:
    """Whether these lines are a name and how to reach somebody, and nothing else."""
    if not 1 < len(written) <= _SIGNED or goes_on(written):
        return False
    if CONTACT.search("\n".join(written)[:2000]) is None:
        return False
    return not any(
        len(one) > BRIEF
        or (one[0].islower() and not _REACHES.match(one))
        or says(one, SENTENCE)
        or asks(one)
        or states(one)
        or requests(one)
        for one in written
    )


def farewell(line: str) -> bool:
    """Whether a line is how one ends a letter: "Kind regards,"."""
    return _FAREWELL.match(line) is not None


def greets(line: str) -> bool:
    """Whether a line greets somebody, and says nothing else."""
    return _GREETS.match(line) is not None and line.rstrip()[-1:] not in ".?" and size(line) <= 4


def opens(line: str) -> bool:
    """Whether a line opens a letter: "Hi Anna,"; "Hello" may be an answer."""
    return (
        _GREETS.match(line) is not None and line.rstrip()[-1:] in ",，、" and size(line) <= _OPENING
    )


def names(said: str, author: Person) -> bool:
    """Whether this is the letter's author: his address, if it has one; else his name or domain."""
    small, address = said.lower(), author.address.lower()
    if "@" in small:
        return bool(address) and address in small
    known = (address.rpartition("@")[2], *author.name.lower().split()[:_NAMES])
    return any(len(word) > 1 and word in small for word in known)


def older_letter(rest: list[str]) -> bool:
    """Whether an older letter stands here: somebody who goes on below Outlook's line is brief."""
    written = [line.strip() for line in rest if line.strip()]
    if len(written) > _OLDER or (written and _GREETS.match(written[0])):
        return True
    return any(_HEAD.match(one) or (one[-1] in ":：" and _WROTE.search(one)) for one in written)


def said_below(above: list[str]) -> bool:
    """Whether somebody said that something stands below: "New address below"."""
    line = next((one for one in reversed(above) if one.strip()), "")
    return len(line) <= BRIEF and _BELOW.search(line) is not None


def about_footers(above: list[str]) -> bool:
    """Whether the last lines speak of footers: who has one set up shows it below."""
    left = _ABOUT
    for line in reversed(above):
        if left and line.strip():
            left -= 1
            if _FOOTER.search(line[:500]):
                return True
    return False


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
    if LABELLED.match(top) or ITEM.match(top):
        return True
    if top[0].islower() and len(words) >= _CLAUSE:
        return True
    # A longer sentence may be a company's, and then tells how to reach it.
    return len(top) < BRIEF and says(top, _STATEMENT) and top[0] not in MARKS


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
    return line.rstrip(" *_)\"'»”’")[-1:] in _SENTENCE_ENDS and size(line) >= words


def asks(line: str) -> bool:
    """Whether a line asks something, and not with an address."""
    return "?" in line and "://" not in line


def speaks(said: str) -> bool:
    """Whether somebody speaks of himself or asks something, and no lawyer or mailing list does."""
    return SELF.search(said) is not None or any(map(asks, said.split(" ")))
