"""What programs add to letters that look for viruses, and what one is asked before printing."""

# ruff: noqa: E501, SIM905 - tables of sentences read best unwrapped

from __future__ import annotations

import functools
import re

_TRIED = 12  # lines, from the last on, that a program's sentence may begin with
# The sentences between which nothing of a person's stands.
_PIECE = re.compile(r"[^.!|;]++")
# What one is asked before printing, told by its words: there are no others in it.
_GREEN = re.compile(
    r"\b(?:environment\w{0,2}|umwelt|natur|naturen|nature|ambiente|environnement|éco-attitude|éco-responsables?|milieu|miljö\w{0,2}|miljø\w{0,2}|ympäristö\w{0,4}|środowisk\w{1,2}"
    r"|přírod\w|životní\w?|prostředí|окружающ\w{2,3}|природ\w|довкілл\w|çevre\w{0,3}|környezet\w{0,3}|trees?|bäume?n?|arbres?|árbol(?:es)?|alber[oi]|árvores?|bomen|boom|träd|planet\w{0,2}|planète|planeta)\b",
    re.IGNORECASE,
)
_PRINTING = re.compile(
    r"\b(?:print|(?:aus)?(?:ge)?druck|ausdruck|imprim|impresi|impres[sã]|stamp|afdruk|uitprint|printe?n|(?:skriv\w{0,3}|udskriv\w{0,4})\b|utskrift|tulost|wydruk|drukow|vytis|tisk|распечат|печат|роздрук|друк|yazdır|nyomtat|kinyomtat)",
    re.IGNORECASE,
)
_A_MAIL = re.compile(
    r"\b(?:e-?mail\w{0,5}|mail\w{0,2}|messages?|nachricht|courriel|courrier|correo|mensaje|mensagem|messaggio|(?:e-mail)?bericht|e-?post\w{0,6}|mejl\w{0,3}|meddelande\w{0,2}|besked\w{0,2}|viesti\w{0,2}|sähköposti\w{0,4}"
    r"|wiadomoś\w{1,3}|zpráv\w|письм\w|сообщени\w|лист\w?|повідомлення|e-?posta\w{0,3}|mesajı|levelet|üzenetet)\b",
    re.IGNORECASE,
)
_SPARING = re.compile(
    r"\b(?:before|unless|only if|(?:do )?not print|bevor|vor|nur|ob|avant|que si|ne pas|n['’]imprim\w{1,3}|antes|sólo si|solo si|no imprim\w{1,2}|não imprim\w{1,2}|só|prima|solo se|non stamp\w{2,4}|voordat|voor|alleen"
    r"|innan|bara om|inte|før|inden|kun|ikke|ennen|zanim|przed|czy musisz|než|před|прежде|перед|перш|önce|mielőtt|előtt)\b",
    re.IGNORECASE,
)
_GREEN_WORDS = frozenset(
    "p please consider think of about the your our environment environmental impact before you printing print this that e-mail email mail message it out and only if really necessary needed absolutely save a tree trees"
    " paper planet green go respect protect nature is do not unless must be to need responsibility"
    " bitte denken denk sie an die der umwelt natur bevor diese dieser e-mails nachricht ausdrucken drucken ausgedruckt gedruckt werden wird muss müssen ob wirklich nur wenn falls nötig notwendig unbedingt erforderlich ist"
    " ausdruck prüfen überlegen zuliebe vor dem den drucken aus es schonen berücksichtigen schützen helfen bäume bäumen baum papier sparen umweltbewusst zum schutz unserer unsere ein einen im interesse"
    " pensez pensons à a au l'environnement l’environnement environnement avant d'imprimer d’imprimer imprimer ce cet courriel courrier message n'imprimez n’imprimez n'imprimer n’imprimer que si nécessaire cela est vraiment"
    " adoptons adoptez l'éco-attitude l’éco-attitude soyons éco-responsable éco-responsables merci de ne pas préservons préservez protégeons respectez respectons la planète nature les arbres un arbre électronique et notre"
    " prima di stampare questa questo messaggio pensa pensi pensate all'ambiente all’ambiente ambiente l'ambiente l’ambiente se è necessario davvero solo valuta valutare rispetta rispettiamo proteggi salva un albero alberi"
    " per favore stampa stampate non la il che sia effettivamente realmente verifica considera nostro responsabilità verso"
    " antes imprimir este esta correo electrónico mensaje piense piensa en el medio medioambiente ambiente medioambiental por favor si es necesario realmente hacerlo compruebe asegúrese responsabilidad imprima no cuide"
    " cuidemos proteja proteger protejamos su con compromiso comprometidos estamos nuestro planeta lo los las árboles árbol ayude ayúdenos"
    " pense no meio meio-ambiente imprima mensagem verifique certifique-se que é mesmo necessário preserve proteja natureza árvores árvore seu compromisso com do da o os as"
    " denk denkt bedenk overweeg gelieve aan het milieu voordat voor u je deze dit bericht e-mailbericht afdrukt print printen afdrukken uitprint af te nodig alleen als echt noodzakelijk bomen wij a.u.b aub alstublieft spaar"
    " tänk på miljön innan du ni skriver ut det här detta mejlet mailet e-postmeddelandet meddelandet e-post e-brevet spara ett träd papper om verkligen behöver måste vänligen snälla"
    " tænk miljøet før inden udskriver printer denne mailen e-mailen besked skåne hensyn tag venligst spar papir kun hvis nødvendigt"
    " tenk e-posten eposten meldingen utskrift skrive vennligst ta til er det ikke av hensynet"
    " ajattele ajattelethan ympäristöä ennen kuin tulostat tulostamista tämän viestin sähköpostin säästä luontoa"
    " pomyśl proszę o środowisku zanim wydrukujesz tę wiadomość tego drzewach chroń środowisko naturalne prosimy czy musisz przed wydrukowaniem wydrukiem tej wiadomości"
    " myslete prosím na životní prostředí přírodu než vytisknete tento tuto zprávu před vytištěním tohoto e-mailu zprávy vytisknutím tiskem chraňte"
    " пожалуйста подумайте об окружающей среде прежде чем распечатать печатать распечатывать это письмо сообщение природе о берегите природу перед печатью"
    " будь ласка подумайте про довкілля перш ніж друкувати роздруковувати цей лист"
    " lütfen bu e-postayı e-posta mesajı yazdırmadan önce çevreyi çevremizi düşünün doğayı"
    " kérjük gondoljon a környezetre mielőtt kinyomtatja kinyomtatná ezt az e-mailt levelet üzenetet nyomtatás előtt".split()
)
_ASKED = (_GREEN, _PRINTING, _A_MAIL, _SPARING)
# What a program that looks for viruses says of a letter, and nothing else.
_MAKER = r"(?:avast|avg|avira|eset|nod32|norton|kaspersky|mcafee|bitdefender|sophos|f-secure|g ?data|trend micro|panda)"
_PRODUCT = rf"(?:d['’])?{_MAKER}!?(?:[ -](?:anti-?vir(?:us|en)?\w{{0,12}}|antivírus|antivirüs|nod32|free|internet|total|endpoint|mail|security|software\w{{0,2}}|szoftver\w{{0,2}}|programvara|programvare|protection|yazılımı|アンチウイルス|ソフトウェア)){{0,4}}"
_ANTIVIRUS = r"(?:(?:the |das |le |el |il |o |het |från |programm |program |programem |programmet )?(?:(?:logiciel|software|antivirus\w{0,12}|antywirusow\w{1,2}|antivírus|antivirový|oprogramowanie|антивирус\w{0,3}|антивірус\w{0,3}|программ\w{1,3})(?: de| di| d['’]| do| da| von| från| fra| van)?[ ]?){0,3})?"
_BY = _ANTIVIRUS + _PRODUCT
_SCANNED = (
    r"\W{0,4}(?P<sentence>"
    rf"this (?:e-?mail|message|communication) (?:has been|was|is) (?:\S{{1,12}} )?(?:checked|scanned|tested|verified) (?:for viruses |for malware )?(?:by|with|using) {_BY}"
    rf"|this (?:e-?mail|message) (?:has been|was) sent from a virus-free computer protected by {_BY}"
    rf"|this (?:e-?mail|message) is free from viruses and malware because {_BY} (?:protection )?is active"
    rf"|(?:no virus(?:es)? found in this message\W{{1,3}})?checked by {_PRODUCT}|the message was checked by {_BY}"
    rf"|diese (?:e-?mail|nachricht|mail) wurde (?:von|mit|durch) {_BY} (?:auf viren (?:geprüft|überprüft|untersucht|gescannt)|geprüft|überprüft)"
    rf"|diese (?:e-?mail|nachricht|mail) ist frei von viren und malware, (?:denn|weil) der {_BY}(?: schutz)? (?:ist )?aktiv(?: ist)?"
    rf"|diese (?:e-?mail|nachricht|mail) wurde von einem virenfreien computer gesendet, der von {_BY} geschützt wird"
    rf"|l['’]absence de virus dans (?:ce|cet) (?:courrier électronique|courriel|e-?mail|message) a été vérifiée par {_BY}"
    rf"|(?:ce|cet) (?:courrier électronique|courriel|e-?mail|message) a été (?:vérifié|analysé|contrôlé)(?: contre les virus)? par {_BY}"
    rf"|(?:ce|cet) (?:courrier électronique|courriel|e-?mail|message) ne contient aucun virus ou logiciel malveillant parce que la protection {_BY} est active"
    rf"|este (?:correo electrónico|correo|mensaje|e-?mail) (?:ha sido|fue) (?:comprobado|analizado|verificado|revisado) (?:en busca de virus )?(?:por|con) {_BY}(?: en busca de virus)?"
    rf"|(?:el )?{_BY} ha (?:analizado|comprobado) este (?:correo electrónico|correo|mensaje) en busca de virus"
    rf"|questa e-?mail è stata (?:controllata|esaminata|verificata|analizzata)(?: alla ricerca di virus| per individuare virus| per la presenza di virus)? (?:da|con|dal) {_BY}"
    rf"|(?:deze|dit) e-?mail(?:bericht)? (?:is|werd) (?:gecontroleerd|gescand) op virussen (?:door|met) {_BY}|(?:deze|dit) e-?mail(?:bericht)? (?:is|werd) door {_BY} (?:gecontroleerd|gescand) op virussen"
    rf"|est[ae] (?:e-?mail|mensagem) foi (?:verificad|escanead|analisad)[oa](?: em busca de vírus| quanto a vírus| para vírus)? (?:pelo|por|com) {_BY}"
    rf"|(?:denna|detta|det här|denne|dette) (?:e-?post\w{{0,12}}|e-?mail\w{{0,5}}|mail\w{{0,2}}|mejl\w{{0,3}}|meddelande\w{{0,2}}) (?:har|er|är) (?:blevet |blitt |blivit )?(?:kontrollera\w{{1,2}}|scannet|sökts|skannats|kontrolleret|kontrollert|sjekket|skannet|undersøgt) "
    rf"(?:(?:för|for|efter|mot) virus )?(?:av|af|med) {_BY}"
    rf"|ta wiadomość(?: e-?mail)? została sprawdzona (?:pod kątem wirusów )?przez {_BY}"
    rf"|(?:tato zpráva byla zkontrolována|tento e-?mail byl zkontrolován) na viry programem {_BY}"
    rf"|(?:это|данное) (?:сообщение|письмо) (?:было )?проверено на вирусы (?:с помощью )?{_BY}"
    rf"|bu e-?posta (?:virüslere karşı )?{_BY} tarafından (?:virüslere karşı )?kontrol ed\w{{3,8}}"
    rf"|(?:この|本)(?:電子|e-?)?メールは ?{_PRODUCT}[^。]{{0,20}}ウイルススキャンされ(?:てい)?ま(?:す|した)"
    r")\W{0,6}(?:(?:version\b.{0,120}|(?:https?://|www\.)\S{1,200})\W{0,4}){0,2}$"
)
_VIRUS = re.compile(r"[vw][ií]r[uúüieů]|malware|вирус|вірус|ウイルス", re.IGNORECASE)


@functools.cache
def _scanned() -> re.Pattern[str]:
    """The sentences about viruses; to compile them takes longer than to read a hundred letters."""
    return re.compile(_SCANNED, re.IGNORECASE)


def advertises(said: str, begins: set[int]) -> int:
    """Where a program says that it found no virus, and nothing else is said; -1 if nowhere."""
    if not _VIRUS.search(said):
        return -1
    for at in sorted(begins)[-_TRIED:]:
        found = _scanned().match(said, at)
        if found is not None and _VIRUS.search(found["sentence"]):
            return at
    return -1


def spares_paper(said: str, begins: set[int]) -> int:
    """Where nothing follows but what one is to think of before one prints; -1 if nowhere."""
    if not all(words.search(said) for words in _ASKED):
        return -1
    starts = sorted(place for place in begins if place < len(said))
    pieces = [
        (from_, said[from_:until])
        for begin, end in zip(starts, [*starts[1:], len(said)], strict=True)
        for piece in _PIECE.finditer(said, begin, end)
        for from_, until in (piece.span(),)
    ]
    first = -1
    for at, piece in reversed(pieces):
        if not all(map(_of_paper, piece.split())):
            break
        if at in begins:
            first = at
    return first if first >= 0 and all(words.search(said, first) for words in _ASKED) else -1


def _of_paper(word: str) -> bool:
    """Whether a word may stand in what one is asked before printing."""
    small = word.lower().strip(".,:;()*_\"'“”„«»-–—")
    return small in _GREEN_WORDS or not any(map(str.isalnum, small))
