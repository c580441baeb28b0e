"""The sentences of companies' lawyers, of mailing lists and of gateways, told by their grammar.

People, too, write "confidential" and "mailing list": what is folded has to speak of the letter
itself, or say where one leaves the list, in the words that only programs use.
"""

# ruff: noqa: E501 - a table of sentences reads best unwrapped

from __future__ import annotations

import re

_WRAPPED = 50
"""A line that is shorter than this was not wrapped, in characters."""

_MOST = 3000  # characters that are looked at
_WINDOW = 200  # characters behind "this message" in which it is called confidential
_NEAR = 40  # characters between "is" and "confidential"
_SUBJECTS = 8  # so many are looked at
_LONG = 280  # characters of a paragraph that only a lawyer writes, if it says two formal things

_SUBJECT = re.compile(
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
    r"|důvěrn|конфиденц|gizli|保密|机密|機密|기밀|비밀(?!번호)|(?:intended|designated) (?:solely |only |exclusively )?for|(?:sole|exclusive) use",
    re.IGNORECASE,
)
_IS = re.compile(
    r"\b(?:is|are|may|might|can|contains?|ist|sind|enth(?:ält|alten)|k(?:ann|önnen)|est|sont|peu(?:t|vent)|contien(?:t|nent|en?)|es|son"
    r"|puede|pueden|está|van?(?= dirigid)|é|são|contém|podem?|è|sono|può|possono|contengono|zijn|kan|bevat(?:ten)?|är|er|innehåller|indeholder"
    r"|inneholder|on(?=\s*$)|sisältää|saattaa|voi|jest|są|zawiera|mo[żž]e|je|jsou|obsahuje|явля[ею]тся|содерж\w{1,4}|мо(?:жет|гут))\b"
    r"|[含属包]",
    re.IGNORECASE,
)
# In these languages the verb stands behind.
_IS_BEHIND = re.compile(r"içer|gizli(?:dir| olabilir| ve| bilgi)|[含属包]|포함", re.IGNORECASE)
_HOLDS = re.compile(
    r"\b(?:contain|enth(?:ält|alten)|contien|contenir|contener|contém|conter|conte(?:ngono|nere)|bevat|innehåll|indehold|inneh[ao]ld"
    r"|sisält|zawiera|obsahuj|содерж|içer)|[含]|포함",
    re.IGNORECASE,
)
_INFORMATION = re.compile(
    r"informa|информац|bilgi|信息|情報|정보|op?plysning|uppgift|tieto|gegevens", re.IGNORECASE
)
# What a message does of which somebody tells us.
_HAPPENS = re.compile(
    r"\b(?:appear|shown|displayed|pops?|comes? up|popped|opens?|says?|erschein|angezeigt|kommt|steht|s'affiche|s’affiche|appara[iî]t"
    r"|sale|aparece|appare|compare|si apre|esce|verschijnt|visas|dyker|vises|dukker|näkyy|pojawia|wyświetla|zobraz|objev|появля|выходит"
    r"|çıkıyor|görün)|出现|表示され|나옵|나와",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"[\"“”„«»「『:：]")
_FORMAL = re.compile(
    r"intended|recipient|addressee|in error|unauthori[sz]ed|disclos|destinat[aá]|empfänger|adressat|irrtüm|par erreur"
    r"|por error|por engano|per errore|geadresseerde|bestemd|avsedd|avsett|mottak|mottag|modtag|vastaanot|odbiorc|adresát|adresat"
    r"|получател|адресат|alıcı|exclusiv[ae]mente|esclusiv|附件|宛先|誤って|收件人|错收|误收|发件人|수신인|수신자|(?:and|,) (?:any|all|its|the) (?:\S{1,20} ){0,2}attach"
    r"|et (?:toutes les|ses) pièces",
    re.IGNORECASE,
)
# Whoever asks for discretion himself does so in one short sentence, without what lawyers say.
_PLEADS = re.compile(
    r"\b(?:please|bitte|merci d[e']|s'il (?:vous|te) pla|por favor|per favore|per cortesia|alstublieft|a\.?u\.?b\.?|graag"
    r"|snälla|vänligen|venligst|vennligst|prosím|prosz[eę]|пожалуйста|прошу|lütfen|do not|don't|nicht|ne pas|inte|ikke|älkää|älä"
    r"|niet|nie|не)\b|[请請勿]|ください|下さい|주세요|마세요|십시오|바랍니다",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"this message w/attachments"
    r"|(?:message|e-?mail|communication)\b.{0,120}\b(?:is|are|be|only|solely|exclusively|information) intended (?:only |solely |exclusively )?for the "
    r"(?:(?:sole |exclusive |personal |confidential )?use|addressee|named|exclusive|(?:intended )?recipient|(?:person|individual)(?:s|\(s\))? (?:or|and|to|named))"
    r"|(?<!was )(?<!were )intended (?:solely|only|exclusively) for the (?:use of |named |intended )?(?:addressee|recipient|individual)"
    r"|if you (?:are not .{0,60}intended recipient|(?:have )?received this (?:(?:e-?mail|message|mail|communication|transmission"
    r"|correspondence|document|fax|information)\b.{0,40})?\bin error)"
    r"|(?:wenn|sollten|falls|sofern) sie .{0,40}nicht der (?:richtige|beabsichtigte|vorgesehene) (?:empfänger|adressat)"
    r"|niet de geadresseerde bent|(?:informatie|gegevens) .{0,40}niet voor u (?:is )?bestemd"
    r"|(?:indien|als|mocht) (?:dit|deze|het|de) (?:e-?mail|bericht|mail)\w{0,7} .{0,30}niet voor u (?:is )?bestemd"
    r"|please consider the environment before printing"
    r"|ce message et (?:toutes les|ses) pièces.{0,120}(?:confiden|établi|exclusi|destinés|destinées)",
    re.IGNORECASE,
)
# What may stand before the sentence, besides the end of another.
_LABEL = re.compile(
    r"\b(?:(?:notice|confidential\w{0,4}|disclaimer|note|important|hinweis|wichtig|haftungsausschluss|avis|aviso|nota|avviso|avvertenza"
    r"|legal|privacy|let op|obs|warning) ?[:：-]|please note that|note that|bitte beachten sie, dass|confidentiality (?:notice|statement|note))\W*$",
    re.IGNORECASE,
)
_ENDS = frozenset(".!;|>-–—_=*#。！")

_LEAVING = re.compile(
    r"\W{0,4}(?:you(?: are|'re|’re)? (?:receiving|received|have received|get|got) this\b.{0,40}(?:because|since|as) you\b.{0,40}(?:subscribed|signed up)"
    r"|sie (?:erhalten|bekommen|haben) diese.{0,40}(?:weil|da) .{0,60}(?:abonn|angemeldet|eingetragen)"
    r"|vous (?:recevez|avez reçu) cet? .{0,40}(?:parce que|car|puisque) .{0,40}(?:abonn|inscrit)"
    r"|(?:has recibido|ha recibido|recibes?|está recibiendo) este .{0,30}(?:porque|ya que) .{0,40}suscri"
    r"|(?:hai ricevuto|ricevi|avete ricevuto) quest.{0,30}(?:perché|in quanto) .{0,40}iscritt"
    r"|você (?:está recebendo|recebeu|recebe) es[st]{1,2}a .{0,30}porque .{0,40}(?:inscrit|assin)"
    r"|(?:u|je) (?:ontvangt|krijgt|hebt|heeft) .{0,40}omdat .{0,40}(?:geabonneerd|ingeschreven)"
    r"|list-?unsubscribe ?:)",
    re.IGNORECASE,
)
_LEAVE = re.compile(
    r"\W{0,4}(?:you(?: are|'re|’re)? (?:receiving|received|have received|get|got) this\b.{0,40}(?:because|since|as) you\b.{0,40}(?:member|group|list)"
    r"|to (?:unsubscribe|un/subscribe)(?: from (?:this|our)\b.{0,40}?(?:[,:](?!//)|\b(?:and stop|send|visit|click|go|e-?mail|reply|write|please)\b)"
    r"| from the \S{1,30} (?:mailing )?list[,:]| or\b|\W{1,3}(?:send|visit|go|click|e-?mail|write|please|https?|mailto)\b| \S{1,30}@)"
    r"|to (?:view this discussion|post to this (?:group|list)|visit (?:this|your) group"
    r"|manage your (?:subscription|membership)s?\W{0,2}(?:[,:<(]|\b(?:or|and|go|visit|click|https?)\b))"
    r"|um sich (?:aus|von) .{0,60}abzumelden[,:]? (?:senden|schicken|klicken|besuchen|gehen|schreiben|bitte|<?https?|<?mailto)"
    r"|pour (?:se|vous) dés(?:abonner|inscrire)|se désabonner de (?:cette|la) liste ?[:<]"
    r"|para (?:cancelar (?:la|su|a|sua) (?:suscripción|inscrição|assinatura)|darse de baja|anular (?:la|su) suscripción)"
    r"|per (?:cancellar|disiscriver)\w{1,3})",
    re.IGNORECASE,
)
# A line that ends with the address to which one writes, or goes, to leave.
_COMMAND = re.compile(
    r"\W{0,4}(?:(?:to|for|list-\w{1,12}|unsubscribe|subscribe|abmelden|manage)\b.{0,100}[-+](?:unsubscribe|request|leave|help|owner)@\S{1,100}"
    r"|(?:unsubscribe|abmelden|désabonnement|désinscription) ?[:<] ?<?(?:https?://|mailto:)\S{1,300})\W*",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"://|@|mailto|\bsend |\bvisit|\bclick|klick|\bsenden|cliquez|envoyez|\bclic|envíe|invia",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\W{0,4}(?!the |our |your |this |my |a |die |unsere |la |notre |votre |nuestra )(?:\S{1,40} ){1,2}"
    r"(?:mailing ?list\w{0,3}|mailinglist|maillist|discussion list)(?: -{1,2} \S{1,80}@\S{1,80})?\W*",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\W{0,4}(?:\w{1,20} ?: ?)?<?(?:https?://|mailto:)?\S*(?:[@/]list|listinfo|mailman|@)\S*\W*"
)
_AHEAD = 3  # lines that a sentence of a list may be wrapped to

_EXTERNAL = r"external(?: (?:sender|source|e-?mail|address|party|network|domain|organi[sz]ation|user|contact|account|system)\w{0,2})?(?:\W{0,3}$|[.!,;])"
_THIS = (
    r"(?:this (?:e-?mail|message|mail) (?:is (?:from )?(?:an? )?|(?:(?:has been|has|was|is being|is) )?(?:originat|com|came|sen[td]|receiv|arriv)\w{0,5} (?:\S{1,20} ){0,3}?)"
    rf"(?:outside|{_EXTERNAL})"
    r"|diese (?:e-?mail|nachricht|mail) (?:kommt|stammt|wurde|ist) (?:\S{1,20} ){0,3}?(?:extern(?:en? (?:absender|sender|e-?mail|quelle|adresse|server|domain)|\W|$)|au(?:ß|ss)erhalb)"
    r"|cet? (?:message|courriel|e-?mail|mail|courrier) (?:provient|vient|est|a été|émane) (?:\S{1,20} ){0,4}?(?:\S{1,2}['’])?(?:extern|extérieur)"
    r"|este (?:correo|mensaje|e-?mail)(?: electrónico)? (?:proviene|viene|procede|se originó|fue|ha sido|es) (?:\S{1,20} ){0,4}?(?:extern|fuera)"
    r"|quest[oa] (?:e-?mail|messaggio|mail) (?:proviene|arriva|è) (?:\S{1,20} ){0,4}?(?:\S{1,5}['’])?estern"
    r"|est[ae] (?:mensagem|e-?mail) (?:veio|provém|foi|é|tem) (?:\S{1,20} ){0,4}?(?:extern|fora)"
    r"|(?:dit|deze) (?:e-?mail|bericht|mail) (?:komt|is|werd) (?:\S{1,20} ){0,3}?(?:extern|buiten)"
    r"|(?:denne|dette|detta) (?:e-?mail|mail|e-post\w{0,3}|besked|meddelande\w{0,2}|melding\w{0,2}) (?:kommer|er|är|stammer|skickades) (?:\S{1,20} ){0,3}?(?:e[kx]stern|ut[ea]nfor|udenfor|utanför)"
    r"|ta wiadomość (?:pochodzi|została|jest) (?:\S{1,20} ){0,3}?(?:zewn|spoza))"
)
_CAUTION = re.compile(
    r"^\W{0,4}(?:(?:caution|warning|achtung|attention|external(?: e-?mail| sender| message)?|vorsicht"
    r"|let op|varning|advarsel|uwaga|attenzione|atención|precaución|cuidado|atenção)\b\W{0,4}(?:external(?: e-?mail)?\W{1,4})?(?:the sender of )?"
    + _THIS
    + r"|this message (?:is|came) from an external sender"
    r"|(?:(?:caution|warning|achtung|attention|vorsicht)\W{1,4})?extern(?:al|er?)? (?:e-?mail|sender|message|absender)\W*"
    r"(?:(?:please )?(?:use|do not|don't|don’t|be (?:care|caut|aware|sus)|exercise|think|treat (?:this|it|with|links)|verify)[^?]{0,300})?$)",
    re.IGNORECASE,
)


def disclaims(lines: list[str]) -> int:
    """Where a company's disclaimer begins in these lines, joined with blanks; -1 if nowhere."""
    said, begins = _joined(lines)
    formal = len({found[0].lower() for found in _FORMAL.finditer(said)})
    lawyers = formal > 1 and len(said) >= _LONG
    for number, found in enumerate(_SUBJECT.finditer(said)):
        if number == _SUBJECTS:
            break
        at = found.start()
        if not (lawyers or _opens(said, at, begins)):
            continue
        if _calls_itself_secret(said, found.end(), formal=formal > 0):
            legal = _LEGAL.search(said[:at])
            return min(at, legal.start()) if legal and _opens(said, legal.start(), begins) else at
    for found in _LEGAL.finditer(said):
        if lawyers or _opens(said, found.start(), begins) or found[0][:2].lower() != "if":
            return found.start()
    return -1


def _calls_itself_secret(said: str, begin: int, *, formal: bool) -> bool:
    """Whether "this message", which ends at `begin`, is what is confidential here."""
    rest = said[begin : begin + _WINDOW]
    secret = _SECRET.search(rest)
    if secret is None:
        return False
    until = rest[: secret.start()]
    if _QUOTES.search(until) or _HAPPENS.search(until):
        return False
    behind = _IS_BEHIND.search(rest, max(0, secret.start() - 1)) is not None
    verbs = list(_IS.finditer(until))
    if formal:
        return behind or bool(verbs)
    near = behind or any(len(until) - verb.end() <= _NEAR for verb in verbs)
    if _PLEADS.search(said) or not near:
        return False
    return _HOLDS.search(rest) is not None and _INFORMATION.search(rest) is not None


def _joined(lines: list[str]) -> tuple[str, set[int]]:
    """The lines joined with blanks, and where in it one begins that was not wrapped."""
    begins: set[int] = set()
    place, before = 0, ""
    for line in lines:
        if len(before) < _WRAPPED or before.rstrip()[-1:] in _ENDS:
            begins.add(place + len(line) - len(line.lstrip()))
        place += len(line) + 1
        before = line
        if place > _MOST:
            break
    return " ".join(lines)[:_MOST], begins


def _opens(said: str, at: int, begins: set[int]) -> bool:
    """Whether a sentence begins at this place."""
    before = said[max(0, at - 60) : at].rstrip(" \t\xa0\"'“”«»‘’([")
    if not before or at in begins or before[-1] in _ENDS:
        return True
    return _LABEL.search(before) is not None


def lists(lines: list[str]) -> int:
    """Where the words of a mailing list begin in these lines, joined with blanks; -1 if nowhere."""
    place = 0
    for number, line in enumerate(lines):
        said = " ".join(lines[number : number + _AHEAD])[:400]
        if _LEAVING.match(said) or _COMMAND.fullmatch(line):
            return place
        if _LEAVE.match(said) and _WHERE.search(said):
            return place
        if _NAME.fullmatch(line) and any(map(_PAGE.fullmatch, lines[number + 1 : number + 4])):
            return place
        place += len(line) + 1
        if place > _MOST:
            break
    return -1


def cautions(line: str) -> bool:
    """Whether it is the warning that a gateway puts before every letter from outside."""
    return _CAUTION.match(line) is not None
