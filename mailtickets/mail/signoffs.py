"""What telephones, mail programs and antivirus write below a letter: "Sent from my iPhone".

A sentence counts only if it names a telephone, a tablet or a program for mail, and if it says
nothing else: people, too, end letters with "Sent with DHL" and "Sent from my phone, call me back".
"""

# ruff: noqa: E501, SIM905 - tables of words read best unwrapped

from __future__ import annotations

import re

LENGTH = 120
"""A line that is longer than this is no such line, in characters."""

_MOST_WORDS = 14
_VERSION = 2  # digits of "Windows 10"

# How it begins and ends, language by language. What stands between is the one group that matched:
# it is looked at word by word.
_SENT = re.compile(
    r"\W{0,4}(?:(?:this (?:e-?mail|message) was )?(?:sent|written|typed) (?:from|via|using|with|on(?= my\b))\b(.*)"
    r"|(?:(?:typed|tapped|dictated|composed|e-?mailed|mailed|posted|swiped|brief|short|quick|message|note|reply|mail|e-?mail|greetings"
    r"|cheers|regards|thanks|mobile|sent|directly|straight) ){0,3}from ((?:my )?(?:mobile|iphone|ipad|phone|android|blackberry|cell)\b.*)"
    r"|(?!not|log|order|only|also|even|access|call|works?\b|\w{1,20}(?:ed|ing)\b)\S+ from (mobile)[^\w.]*|<<sent by (.+)>>"
    r"|(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:gesendet|verschickt|versendet|geschrieben) (?:von|mit|über|vom|aus)\b(.*)"
    r"|(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:von|mit|vom|aus) (.+) (?:gesendet|versendet|verschickt|geschrieben)\W*"
    r"|(?:envoyée?|transmise?|écrite?) (?:depuis|de|à partir de|avec|via)\b(.*)|provenance ?: (.+)"
    r"|(?:enviad[oa]|escrit[oa]) (?:desde|do|da|de|a partir d[eo]|con|com|pelo|pela|via|vía)\b(.*)"
    r"|(?:inviat[oa]|spedit[oa]|scritt[oa]) (?:da|dal|dallo|dalla|dall'|con|tramite)\b(.*)"
    r"|(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|van|via|vanuit)\b(.*)"
    r"|(?:skickat|skickades|sänt|skickad) (?:från|med|via)\b(.*)|(?:sendt|skrevet) (?:fra|med|via)\b(.*)"
    r"|lähetetty (.+)|(?:wysłan[eoay]) (?:z|ze|za)\b(.*)|(?:odesláno|posláno|odoslané) (?:z|ze|přes|pomocí)\b(.*)"
    r"|(?:отправлено|послано|написано|надіслано) (?:с помощью|с|из|через|со|при|з|от)\b(.*)"
    r"|küldve (.+)|trimis de pe (.+))",
    re.IGNORECASE,
)
# Where the verb stands last, or no blanks are between words, nothing but these may stand before it.
_LATIN = r"[a-z0-9 .'’+-]"
_OURS = re.compile(
    r"\W{0,4}(?:(?:(?:(?:iphone|ipad|samsung|galaxy|windows|android|ios|huawei|xiaomi|outlook|mobil|akıllı|cep)[\w'’]{0,12}"
    r"|için|posta|mail|telefonumdan|telefondan|ile|tablet\w{0,8}|cihaz\w{0,8}|uygulaması\w{0,6}|[a-z]{0,3}\d\w{0,5})[ .,-]{1,2}){1,7}gönderildi"
    r"|(?:发自|發自|发送自|發送自|寄自|寄件自|来自|來自|自|从|從) ?(?:我的)?"
    rf"(?:{_LATIN}|小米|红米|华为|華為|荣耀|三星|苹果|蘋果|魅族|网易|新浪|手机|手機|平板|邮箱|信箱|邮件|郵件|客户端|大师|适配|智能|移动|的|版){{1,60}}"
    r"(?:发送|發送|傳送|发出|寄出)?"
    rf"|(?:私の)?(?:{_LATIN}|スマホ|スマートフォン|携帯|電話|タブレット|メール|アプリ|版|用|の|ドコモ){{1,60}}(?:から送信|より送信)(?:されました|しました)?"
    rf"|(?:(?:나의|내|제) )?(?:{_LATIN}|삼성|갤럭시|스마트폰|휴대폰|핸드폰|아이폰|태블릿|용|메일|네이버|다음|앱){{1,60}}에서 (?:보냄|보낸 메일|전송|보냈습니다|보냅니다)"
    r")\W*",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\b(?:iphon|ipad|ipod|samsung|android|blackberry|smart-?phone|nokia|lumia|outlook|windows|hotmail|gmail|protonmail|tutanota"
    r"|thunderbird|fairemail|bluemail|huawei|xiaomi|redmi|oneplus|motorola|xperia|fairphone|смартфон|телефон|айфон|устройств|mobil"
    r"|handy\b|handheld|tablet|älypuhelim|puhelim|(?:tele)?phones?\b|téléphone|tel[eé]fon|appareil|dispositivo|device|geräts?\b|zařízení"
    r"|urządzeni|(?:galaxy|pixel|nexus|oppo|realme|honor|htc|wiko|spark|nine|hey|mailbox|mailspring|mailmate|mimestream|polymail|postbox"
    r"|kmail|shortwave|proton|tuta|airmail|mailbird|superhuman|k-9|zoho|yahoo|aol|gmx|web\.de|mail\.(?:ru|com)|macbook|imac|asus|lenovo"
    r"|sony|lg|zte|vivo|tcl|alcatel|moto)\b|яндекс|почты mail|mail[ -]app|application mail)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"iphon|ipad|android|windows|outlook|galaxy|samsung|pixel|huawei|xiaomi|gmail|telefon|tablet|cihaz"
    r"|手机|手機|小米|华为|荣耀|邮箱|信箱|平板|스마트폰|휴대폰|핸드폰|갤럭시|아이폰|スマホ|スマートフォン|携帯",
    re.IGNORECASE,
)
_MAKER = re.compile(
    r"\W*(?:samsung|nokia|huawei|xiaomi|motorola|sony|lg|asus|lenovo|honor|windows)\W*",
    re.IGNORECASE,
)
# Words that begin with a small letter and may stand there, too.
_FILLERS = frozenset(
    "a an the my ios mobile phone cell smartphone tablet device handheld app application client email e-mail mail secure free network"
    " on for with via using from by to-go of wireless powered"
    " mein meine meinem meiner dem der einem einer für mit mobilen mobiler gerät handy auf von aus über"
    " mon ma mes l'application l’application l'appli appareil téléphone messagerie sécurisée pour avec depuis sur la le un une"
    " mi el dispositivo móvil teléfono celular para con desde aplicación correo mio mia il lo per da dal cellulare telefono tramite"
    " dispositivo meu minha o celular telemóvel do da aplicativo app"
    " mijn telefoon voor vanaf vanuit op toestel min mitt mobil telefon surfplatta för från til fra med på mobilen nettbrett enhet"
    " aplikacji mobilnej systemu dla telefonu mojego z telefonu komórkowego urządzenia mého aplikace pro mobilu telefonu systém"
    " моего моей моей мобильной мобильного приложения устройства телефона смартфона помощью для на с из почты"
    " -älypuhelimestani älypuhelimestani älypuhelimesta puhelimestani puhelimesta laitteesta laitteestani matkapuhelimesta"
    " tablettäni tabletista telefonomról készülékemről pe meu".split()
)
# What is asked to be forgiven.
_FORGIVEN = frozenset(
    "please pls excuse forgive pardon sorry so my any the for of and all possible typing typo typos errors error mistakes mistake"
    " spelling brevity short shortness terse auto-correct autocorrect autocorrects thumbs thumb fat fingers fingering grammar or"
    " this reply message bitte entschuldigen entschuldige sie eventuelle etwaige mögliche tippfehler schreibfehler und die kürze daher"
    " désolé pardonnez excusez les fautes frappe de merci perdón disculpe las erratas on go road move ignore his its autocorrection".split()
)
_EXCUSE = re.compile(r"excuse|typo|brevity|forgive|pardon|sorry|tippfehler", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:my|mein\w{0,2}|mon|ma|mi|mio|mia|meu|minha|mijn|min|mitt|mého|mojego|моего|моей)\b",
    re.IGNORECASE,
)
# Who carries goods, who mends them, and what letters are written with before they are sent.
_TRADE = re.compile(
    r"\b(?:dhl|ups|fedex|dpd|gls|tnt|hermes|(?<!-)post|postnl|usps|chronopost|correos|word|excel|paypal|service\w{0,10}|cent(?:er|re)"
    r"|store|shop|support|repair\w{0,5}|kundendienst|händler|filiale|imei|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|vendredi|lunes|martes|viernes|(?:iphone|ipad) app)\b(?! ?(?:systemu|для|für|para|per))",
    re.IGNORECASE,
)
# A telephone whose maker nobody here knows.
_MODEL = re.compile(r"\W*\S{2,6} (?:[A-Z]\w{1,11} ){0,2}[A-Z]{1,4}-?[A-Z]?\d\w{0,8}\W*")
_WORD = re.compile(r"[^\s/]+")
_PLATFORM = r"(?:ios|android|mac(?:os)?|mobile|windows)"
_GET = re.compile(
    r"\W{0,4}(?:(?:get|download|obtenir|obtene[zr]|téléchargez?|télécharger|obtenga|descarg(?:ar|ue|a)|ottieni|scarica"
    r"|obter|obtenha|baix(?:e|ar)|transferir|hent|hämta|skaffa?(?: deg)?|få|hanki|hae|lataa|pobierz|získ(?:at|ejte)"
    r"|stáhn(?:out|ěte)|скача(?:йте|ть)|получит[еь]|загрузит[еь]|holen sie sich|laden sie"
    r"|last ned|отрима(?:ти|йте)|завантаж(?:ити|те)|obțineți|descărcați|získať|nabavite|preuzmite"
    r"|λήψη του|dapatkan|tải)"
    r" (?:o |program |aplikacj\w{1,2} |aplikaci |приложение )?\W?outlook"
    rf" (?:(?:for|für|pour|para|per|voor|för|til|på|dla|pro|для|pentru|pre|za|για|untuk|cho) (?:systemu )?{_PLATFORM}|{_PLATFORM}:\w{{2,4}})(?: herunter)?"
    rf"|\W?outlook (?:für|voor|for|til|på) {_PLATFORM} (?:beziehen|herunterladen|downloaden|laden)"
    rf"|(?:获取|取得|下载|下載) ?(?:outlook for {_PLATFORM}|(?:[适適]用[于於] ?)?{_PLATFORM} ?版? ?(?:的 ?)?outlook)"
    rf"|(?:{_PLATFORM} ?版 ?outlook|outlook for {_PLATFORM}) ?を(?:入手|取得|ダウンロード)"
    rf"|az outlook (?:beszerzése|letöltése) {_PLATFORM}(?:-?(?:re|ra|hez|hoz|höz|rendszerre))?"
    rf"|az? {_PLATFORM}(?:-?(?:hez|hoz|höz|re|ra) (?:készült|való))? outlook (?:beszerzése|letöltése)"
    rf"|outlook for {_PLATFORM} ?(?:を入手|を取得|をダウンロード|다운로드|가져오기|받기)"
    rf"|{_PLATFORM}용 outlook을? ?(?:다운로드|가져오기|받기)(?:하세요)?"
    rf"|{_PLATFORM} için outlook['’]?u? (?:edinin|indirin|alın))\W*",
    re.IGNORECASE,
)
_NAMED_BY_A_LINK = re.compile(rf"\W*outlook for {_PLATFORM}\W*", re.IGNORECASE)
_ADVERTISED = re.compile(
    r"\W{0,4}(?:yahoo mail ?: (?:search|suche|recherche|busca|cerca|pesquis|zoek|sök)\w{0,4}, organi[sz]\w{0,6}, .{1,30}"
    rf"|get (?:bluemail|typeapp|newton|edison|canary)(?: mail)? for (?:{_PLATFORM}|desktop)\W*)",
    re.IGNORECASE,
)
_LINK = re.compile(r"<?\[?\(?https?://[^\s>\])]*[>\])]*")
_LINE = re.compile(
    r"aka\.ms/|\boutlook\b.{0,30}\b(?:ios|android)\b|\b(?:ios|android)\b.{0,6}\boutlook\b",
    re.IGNORECASE,
)
# On what Yahoo's program runs, and whose network a telephone is in.
_ON = re.compile(
    r"(?<=mail) (?:su|en|no|na|on|op|på|для|w systemie) (?=(?:android|iphone|ipad|ios)\b)",
    re.IGNORECASE,
)
_CARRIER = re.compile(
    r" (?:de|da|do|di|by|von|van|powered by) (?:movistar|vodafone|orange|claro|telcel|entel|tigo|personal|telef[oó]nica|o2|t-mobile|telekom"
    r"|tim|wind|vivo|digicel|bitel|avantel|iusacell|kpn|proximus|sfr|bouygues|swisscom|yoigo)\W*$",
    re.IGNORECASE,
)
# What Avast and its like sell below the letters of those who use them.
_SELLER = r"(?:www\.)?(?:avast|avg|avira|norton)\.(?:com|de|fr|es|it|nl|pl|cz|ru|co\.uk|com\.br)\b(?:/\S{0,200})?"
_FREE_OF_VIRUSES = re.compile(
    r"(?:\[?\b(?:image|bild|logo)\b[^\]]{0,40}\]?)?\W{0,6}(?:virus[ -]?free|virenfrei|garanti sans virus|neobsahuje žádné viry|(?:sans|senza|sem|sin|bez|ohne) v[ií]rus\w{0,3}|libre de virus|livre de vírus|priv[ao] di virus"
    r"|virus-?vrij|virus-?fri\w?|virusfritt|fri från virus|fri for virus|ei viruksia|viirusvaba|virukseton|wolny od wirusów|wolne od wirusów|bez wirusów|bez virů"
    r"|neobsahuje viry|без вирусов|не содержит вирусов|вирусов нет|без вірусів|vírusmentes|virüssüz|virüs içermez|virüs bulunmamaktadır|ウイルス(?:フリー|なし|は検出されませんでした)|[无無]病毒|不含病毒)"
    rf"\W{{0,6}}{_SELLER}\W{{0,6}}(?:{_SELLER}\W{{0,6}})?",
    re.IGNORECASE,
)
_SELLING = re.compile(
    r"\W{0,2}<(?:https?://\S{0,40}\b(?:avast|avg)\.com/\S{0,60}sig-email\S{0,160}|#[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})>\W{0,2}",
    re.IGNORECASE,
)
_SOLD = 600  # characters of such a line: its links are long


def signs(line: str) -> bool:
    """Whether a program signs a letter with this line.

    >>> signs("Sent from my iPhone"), signs("Sent with DHL")
    (True, False)
    """
    if "avast" in line or "avg." in line or line.startswith("<#"):
        sold = line[: _SOLD + 1]
        if len(sold) <= _SOLD and (
            _SELLING.fullmatch(sold) or _FREE_OF_VIRUSES.fullmatch(_LINK.sub("", sold).strip())
        ):
            return True
    if len(line) > 2 * LENGTH:
        return False
    whole, line = line, (_LINK.sub("", line) if "://" in line else line).strip()
    if not line or len(line) > LENGTH or "?" in line:
        return False
    sent = _SENT.fullmatch(line)
    if sent is not None and sent.lastindex and _from_a_device(sent[sent.lastindex]):
        return True
    if _OURS.fullmatch(line) and _WITHIN.search(line):
        return True
    if "utlook" in line and _GET.fullmatch(line):
        return True
    if "aka.ms/" in whole and _NAMED_BY_A_LINK.fullmatch(line):
        return True
    return bool(_ADVERTISED.fullmatch(line))


def _from_a_device(what: str) -> bool:
    """Whether it was sent from `what` names, and nothing else is said there."""
    what = _ON.sub(" ", _CARRIER.sub("", what))
    excused = _EXCUSE.search(what) is not None
    words = _WORD.findall(what)
    own = _OWN.search(what) is not None
    named = excused or _DEVICE.search(what) or (own and _MODEL.fullmatch(what))
    if len(words) > _MOST_WORDS or ":" in what or not named:
        return False
    if _TRADE.search(what) or (_MAKER.fullmatch(what) and not own):
        return False
    # The version of a program is an answer; the number of a telephone of one's own is a name.
    if not own and any(len(word) > _VERSION and word.strip(".,").isdecimal() for word in words):
        return False
    return all(_may_stand(word.strip(".,;()<>!\"'’[]–-®™*_"), excused=excused) for word in words)


def _may_stand(word: str, *, excused: bool) -> bool:
    """Whether a word says no more than from what, or what is to be forgiven."""
    small = word.lower()
    if not word or small in _FILLERS or any(map(str.isdecimal, word)):
        return True
    if excused and (small in _FORGIVEN or _EXCUSE.match(word)):
        return True
    return not word[0].isalpha() or word[0].isupper() or _DEVICE.match(word) is not None


def outlook_signs(line: str) -> bool:
    """Whether it is Outlook's own line, which it writes between an answer and what is answered."""
    return "utlook" in line and bool(_LINE.search(line)) and signs(line)
