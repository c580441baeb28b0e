"""What telephones and mail programs write below a letter by themselves: "Sent from my iPhone".

A sentence counts only if it names a telephone, a tablet or a program for mail, or if it calls what
it was sent from its writer's own: people, too, end letters with "Sent with DHL" and "Sent by post".
"""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

LENGTH = 120
"""A line that is longer than this is no such line, in characters."""

_WORDS, _MOST_WORDS = 9, 11

# How it begins and ends, language by language. What stands between is looked at by `_NAMED`.
_SENT = re.compile(
    r"\W{0,4}(?:(?:this (?:e-?mail|message) was )?(?:sent|written|typed) (?:from|via|using|with|by|on)\b.*"
    r"|(?:(?:typed|tapped|dictated|composed|e-?mailed|mailed|posted|swiped|brief|short|quick|message|note|reply|mail|e-?mail|greetings"
    r"|cheers|regards|thanks|mobile|sent|directly|straight) ){0,3}from (?:my )?(?:mobile|iphone|ipad|phone|android|blackberry|cell)\b"
    r"(?: (?:\d\w*|pro|max|plus|mini|se|x[rs]?|device|phone|smartphone|tablet|app))*"
    r"(?:[\s,.;(–-]+(?:please|pls|excuse|so|sorry|forgive|using|via|with|on (?:the )?\S+ network)\b.*)?\W*|\S+ from mobile\W*|<<sent by .+>>"
    r"|(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:gesendet|verschickt|versendet|geschrieben) (?:von|mit|über|vom|aus)\b.*"
    r"|(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:von|mit|vom|aus) .+ (?:gesendet|versendet|verschickt|geschrieben)\W*"
    r"|(?:envoyée?|transmise?|écrite?) (?:depuis|de|à partir|avec|via|par)\b.*|provenance ?: .+"
    r"|(?:enviad[oa]|escrit[oa]) (?:desde|do|da|de|a partir|con|com|pelo|pela|via|vía|por)\b.*"
    r"|(?:inviat[oa]|spedit[oa]|scritt[oa]) (?:da|dal|dallo|dalla|dall'|con|tramite)\b.*"
    r"|(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|van|via|vanuit)\b.*"
    r"|(?:skickat|skickades|sänt|skickad) (?:från|med|via)\b.*|(?:sendt|skrevet) (?:fra|med|via)\b.*"
    r"|lähetetty .+|(?:wysłan[eoay]) (?:z|ze|przez|za)\b.*|(?:odesláno|posláno|odoslané) (?:z|ze|přes|pomocí)\b.*"
    r"|(?:отправлено|послано|написано|надіслано) (?:с|из|через|со|при|з|от)\b.*"
    r"|.+(?:dan|den|ile) gönderildi\W*"
    r"|(?:发自|發自|发送自|發送自|寄自|寄件自|来自|來自|自我的) ?.+|(?:从|從) ?.+?(?:发送|發送|傳送|发出|寄出)\W*"
    r"|.+(?:から送信|より送信|から送信されました)\W*|.+에서 (?:보냄|보낸 메일|전송|보냈습니다|보냅니다)\W*"
    r"|küldve .+|trimis de pe .+)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:iphon|ipad|ipod|galaxy|samsung|android|blackberry|smart-?phone|nokia|lumia|outlook|windows|hotmail|gmail"
    r"|yahoo|aol|gmx|web\.de|mailbox|mailspring|mailmate|mimestream|polymail|postbox|kmail|shortwave|proton|tutanota|tuta|spark|airmail|mailbird|superhuman|bluemail|fairemail|thunderbird|k-9|nine"
    r"|huawei|honor|xiaomi|redmi|oppo|oneplus|realme|pixel|nexus|motorola|xperia|htc|wiko|fairphone|zoho|hey|mail\.(?:ru|com)"
    r"|яндекс|почты mail|смартфон|телефон|айфон|устройств|mobil|mobiel|handy|handheld|tablet|älypuhelim|puhelim|(?:tele)?phone"
    r"|téléphone|tel[eé]fon|appareil|dispositivo|device|gerät|zařízení|urządzeni|cihaz|mail[ -]app|application mail)"
    r"|手机|手機|小米|华为|荣耀|邮箱|信箱|iphone|ipad|스마트폰|휴대폰|핸드폰|갤럭시|スマホ|スマートフォン|携帯"
    r"|\b(?:from|von|vom|de|depuis|desde|da|dal|do|vanaf|van|från|fra|z|ze|с|из)(?: la| el| o| l)? "
    r"(?:my|mein\w*|mon|ma|mi|mio|mia|meu|minha|mijn|min|mitt|mého|mé|mojego|mojej|моего|моей)\b|나의 |내 |私の",
    re.IGNORECASE,
)
# A telephone of a name that nobody here knows, from which something was sent: a number tells it from
# the town that somebody writes from.
_FROM_A_NAME = re.compile(
    r"\W{0,4}(?i:sent (?:from|using)|gesendet (?:von|aus)|envoyée? (?:depuis|de)|enviad[oa] (?:desde|do)|inviat[oa] da"
    r"|verzonden (?:vanaf|vanuit)|skickat från|sendt fra|wysłan[eo] z|odesláno z|отправлено (?:с|из))"
    r"(?=.*\d)(?: [A-ZÀ-ÞА-Я0-9][\w.+-]*){2,3}\W{0,3}"
)
_CARRIER = re.compile(
    r"\b(?:dhl|ups|fedex|dpd|gls|tnt|hermes|post\w*|usps|chronopost|correos)\b", re.IGNORECASE
)
_GET = re.compile(
    r"\W{0,4}(?:get|download|obtenir|obtene[zr]|téléchargez?|télécharger|obtenga|descarg(?:ar|ue|a)|ottieni|scarica"
    r"|obter|obtenha|baix(?:e|ar)|transferir|hent|hämta|skaffa?|få|hanki|hae|lataa|pobierz|získ(?:at|ejte)"
    r"|stáhn(?:out|ěte)|скача(?:йте|ть)|получит[еь]|загрузит[еь]|holen sie sich|laden sie|获取|取得|下载|下載"
    r"|outlook (?:für|voor|for|til|på) .+|.*(?:を入手|を取得|をダウンロード|다운로드|가져오기|받기|edinin|indirin|alın))",
    re.IGNORECASE,
)
_OUTLOOK = re.compile(
    r"\boutlook.*\b(?:ios|android|mac|mobile|windows)|\b(?:ios|android).*outlook", re.IGNORECASE
)
_ADVERTISED = re.compile(
    r"\W{0,4}(?:yahoo mail ?: .+|get (?:bluemail|typeapp|newton|edison|canary)\b.* for .+)",
    re.IGNORECASE,
)
_EXCUSE = re.compile(r"excuse|typo|brevity|forgive|pardon|sorry|tippfehler", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:yesterday|today|gestern|heute|hier soir|ayer|ieri|ontem|gisteren|igår|i går|eilen|wczoraj|včera|вчера|dün)\b"
    r"|昨天|今天|昨日|어제",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\b(?:it|is|was|are|es|ist|sind|c'est|est|è|é|het|är|er)\b", re.IGNORECASE)
_LINK = re.compile(r"<?\[?\(?https?://[^\s>\])]*[>\])]*")
_LINE = re.compile(r"aka\.ms/|\boutlook\b.{0,30}\b(?:ios|android)\b", re.IGNORECASE)


def signs(line: str) -> bool:
    """Whether a program signs a letter with this line.

    >>> signs("Sent from my iPhone"), signs("Sent with DHL")
    (True, False)
    """
    if len(line) > 2 * LENGTH:
        return False
    line = (_LINK.sub("", line) if "://" in line else line).strip()
    if not line or len(line) > LENGTH or "?" in line:
        return False
    words = len(line.split())
    excused = bool(_EXCUSE.search(line))
    if words > _WORDS and not excused and (words > _MOST_WORDS or _CLAUSE.search(line)):
        return False
    if _WHEN.search(line):
        return False
    if _SENT.fullmatch(line) and (excused or _NAMED.search(line)):
        return True
    if _FROM_A_NAME.fullmatch(line) and not _CARRIER.search(line):
        return True
    if "utlook" in line and _GET.match(line) and _OUTLOOK.search(line):
        return True
    return bool(_ADVERTISED.fullmatch(line))


def outlook_signs(line: str) -> bool:
    """Whether it is Outlook's own line, which it writes between an answer and what is answered."""
    return bool(_LINE.search(line)) and signs(line)
