"""Whether a letter calls itself confidential: "this message" is what is, in its own grammar."""

# ruff: noqa: E501 - tables of sentences read best unwrapped

from __future__ import annotations

import re

_WINDOW = 200  # characters behind "this message" in which it is called confidential
NEAR = 40  # characters between "is" and "confidential"
SUBJECT = re.compile(
    r"\b(?:(?:(?:the |any )?(?:information|contents?) (?:contained |transmitted )?(?:in|of|with(?:in)?) )?this (?:entire |electronic )?"
    r"(?:e-?mail|message|communication|transmission|mail)"
    r"|(?:der )?inhalt dieser (?:e-?mail|nachricht|mail)|diese (?:e-?mail|nachricht|mail|mitteilung)"
    r"|die in dieser (?:e-?mail|nachricht) enthaltenen informationen"
    r"|(?:les informations contenues dans )?(?:ce|cet|ce présent|le présent) (?:message|courriel|e-?mail|courrier|mail)"
    r"|(?:la información (?:contenida )?(?:en|de) )?(?:est[ae]|el presente|la presente) (?:mensaje|correo(?: electrónico)?|comunicación|e-?mail|transmisión)"
    r"|(?:as informações contidas n)?(?:est[ae]|o presente|a presente) (?:mensagem|e-?mail|correio(?: eletr[óô]nico)?|comunicação)"
    r"|(?:le informazioni contenute (?:in|nel(?:la)?) )?(?:quest[oa]|(?:il |la )?presente|codest[oa]) (?:messaggio|e-?mail|comunicazione|documento|mail|trasmissione)"
    r"|(?:de informatie (?:in|verzonden (?:met|in|via)) )?(?:dit|deze) (?:e-?mail(?:bericht)?|bericht|mail)"
    r"|(?:detta|denna|denne|dette|tämä) (?:\S{1,20} ){0,2}?(?:e-post\w{0,12}|meddelande\w{0,3}|e-?mail\w{0,9}|mail|besked\w{0,2}|meddelelse\w{0,2}|melding\w{0,2}|viesti|sähköposti\w{0,8})"
    r"|(?:treść )?(?:tej|ta|niniejsza) wiadomoś\w{1,4}|(?:tato|tento) (?:zpráva|e-?mail)"
    r"|(?:это|данное|настоящее) (?:электронное )?(?:письмо|сообщение)|bu (?:e-?posta|mesaj|ileti))(?: mesajı)?\b"
    r"|本邮件|本メール|이 (?:메일|메시지|전자우편)",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"confiden|privileged|vertraulich|rechtlich geschützt|confidenzial|riservat|vertrouwelijk|konfiden|fortrolig|luottamuksel|poufn"
    r"|důvěrn|конфиденц|конфіденц|bizalmas|gizli|保密|机密|機密|기밀|비밀(?!번호)|(?:intended|designated) (?:solely |only |exclusively )?for|(?:sole|exclusive) use",
    re.IGNORECASE,
)
_IS = re.compile(
    r"\b(?:is|are|may|might|can|contains?|ist|sind|enth(?:ält|alten)|k(?:ann|önnen)|est|sont|peu(?:t|vent)|contien(?:t|nent|en?)|es|son"
    r"|puede|pueden|está|van?(?= dirigid)|é|são|tem|contém|podem?|è|sono|può|possono|contengono|zijn|kan|bevat(?:ten)?|är|er|innehåller|indeholder"
    r"|inneholder|on(?=\s*$)|sisältää|saattaa|voi|jest|są|zawiera|mo[żž]e|je|jsou|obsahuje|явля[ею]тся|содерж\w{1,4}|мо(?:жет|гут)"
    r"|є|містить|може)\b"
    r"|[含属包]|均[為为屬係系]",
    re.IGNORECASE,
)
# In these languages the verb stands behind.
_IS_BEHIND = re.compile(
    r"içer|gizli(?:dir| olabilir| olup| ve| bilgi)|tartalmaz|[含属屬包]|포함", re.IGNORECASE
)
_HOLDS = re.compile(
    r"\b(?:contain|enth(?:ält|alten)|contien|contenir|contener|contém|conter|conte(?:ngono|nere)|bevat|innehåll|indehold|inneh[ao]ld"
    r"|sisält|zawiera|obsahuj|содерж|içer)|[含]|포함",
    re.IGNORECASE,
)
_INFORMATION = re.compile(
    r"informa|информац|bilgi|信息|情報|정보|op?plysning|uppgift|tieto|gegevens", re.IGNORECASE
)
# What a message does of which somebody tells us.
HAPPENS = re.compile(
    r"\b(?:appear|shown|displayed|pops?|comes? up|popped|opens?|says?|erschein|angezeigt|kommt|steht|s'affiche|s’affiche|appara[iî]t"
    r"|sale|aparece|appare|compare|si apre|esce|verschijnt|visas|dyker|vises|dukker|näkyy|pojawia|wyświetla|zobraz|objev|появля|выходит"
    r"|çıkıyor|görün)|出现|表示され|나옵|나와",
    re.IGNORECASE,
)
QUOTES = re.compile(r"[\"“”„«»「『:：]")
# Whoever asks for discretion himself does so in one short sentence, without what lawyers say.
_PLEADS = re.compile(
    r"\b(?:please|bitte|merci d[e']|s'il (?:vous|te) pla|por favor|per favore|per cortesia|alstublieft|a\.?u\.?b\.?|graag|gelieve"
    r"|snälla|vänligen|venligst|vennligst|prosím|prosz[eę]|пожалуйста|прошу|lütfen|do not|don't|nicht|ne pas|inte|ikke|älkää|älä"
    r"|niet|nie|не)\b|[请請勿]|ください|下さい|주세요|마세요|십시오|바랍니다",
    re.IGNORECASE,
)


def calls_itself_secret(said: str, begin: int, *, formal: bool) -> bool:
    """Whether "this message", which ends at `begin`, is what is confidential here."""
    rest = said[begin : begin + _WINDOW]
    secret = _SECRET.search(rest)
    if secret is None:
        return False
    until = rest[: secret.start()]
    if QUOTES.search(until) or HAPPENS.search(until):
        return False
    behind = _IS_BEHIND.search(rest, max(0, secret.start() - 1)) is not None
    verbs = list(_IS.finditer(until))
    if formal:
        return behind or bool(verbs)
    near = behind or any(len(until) - verb.end() <= NEAR for verb in verbs)
    if _PLEADS.search(said) or not near:
        return False
    return _HOLDS.search(rest) is not None and _INFORMATION.search(rest) is not None
