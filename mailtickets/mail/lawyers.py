"""What lawyers have every letter say, clause by clause, in each language."""

# ruff: noqa: E501, SIM905 - tables of sentences read best unwrapped

from __future__ import annotations

import functools
import re

from mailtickets.mail.secrecy import HAPPENS, NEAR, QUOTES, calls_itself_secret

SUBJECTS = 8  # so many are looked at
# What lawyers write in every language, clause by clause: for whom alone a message is ("to"), what
# whoever has it by mistake is told ("stray"), that its use is forbidden ("ban"), and that its
# sender, in the third person, be told ("tell"). One of these says little: people write so, too.
_END = r"(?=[^.!?,;:]{0,70}(?:[.!]|$))"
_LAWYERS: dict[str, dict[str, str]] = {
    "nl": {
        "mail": r"\b(?:(?:de |alle )?(?:inhoud|informatie|gegevens)\b[^.!?:]{0,30}? )?(?:dit|deze) (?:elektronische )?(?:e-?mail(?:bericht)?|bericht|mail)\b",
        "to": r"\b(?:uitsluitend|alleen|enkel|slechts|exclusief)(?: \S{1,20}){0,2}? (?:bestemd|bedoeld|gericht)\b"
        r"|\b(?:bestemd|bedoeld) voor (?:de |het gebruik door de |gebruik door de )(?:beoogde )?(?:geadresseerde|ontvanger)",
        "stray": r"\b(?:indien|als|mocht|wanneer) (?:u|je)\b[^.!?]{0,50}?(?:(?:ten onrechte|abusievelijk|per abuis|(?:per|bij) vergissing)\b[^.!?]{0,20}?\bontvangen"
        r"|\bniet de (?:beoogde |bedoelde )?(?:geadresseerde|ontvanger))|\b(?:indien|als|mocht) (?:dit|deze) [^.!?]{0,40}?\bniet voor u (?:is )?bestemd",
        "ban": r"\b(?:kennisneming|kennisname|gebruik|openbaarmaking|vermenigvuldiging|verspreiding|verstrekking|doorzending)\b[^.!?]{0,110}?\b(?:verboden|niet (?:is )?(?:toegestaan|geoorloofd)|onrechtmatig)"
        r"|\baan (?:dit|deze|de inhoud van dit) [^.!?]{0,40}?\bgeen rechten (?:worden )?ontleend",
        "tell": r"\b(?:verzoeken|verzocht|verzoek|gelieve|dient)\b[^.!?]{0,40}?\bafzender\b",
    },
    "de": {
        "mail": r"\b(?:(?:der|die) (?:inhalte?|in|informationen)\b[^.!?:]{0,10}? )?diese[rn]? (?:e-?mail|nachricht|mail|mitteilung)\b",
        "to": r"\b(?:ausschlie(?:ß|ss)lich|nur|allein|lediglich) für (?:den|die|das) [^.!?]{0,40}?(?:empfänger|adressat)\w{0,5}[^.!?]{0,30}?\b(?:bestimmt|gedacht|vorgesehen)",
        "stray": r"\b(?:wenn|sollten|falls|sofern) sie\b[^.!?]{0,60}?\b(?:(?:irrtümlich|versehentlich|fälschlich)\w{0,10} (?:erhalten|bekommen)"
        r"|nicht der (?:\S{1,25} )?(?:empfänger|adressat))",
        "ban": r"\b(?:unerlaubte|unbefugte|veröffentlichung|vervielfältigung|weitergabe|verbreitung|nutzung|kopieren)\b[^.!?]{0,100}?\b(?:nicht (?:gestattet|erlaubt|zulässig)|untersagt|verboten|unzulässig)",
        "tell": r"\b(?:informieren|benachrichtigen|verständigen|unterrichten) sie\b[^.!?]{0,30}?\babsender\b",
    },
    "fr": {
        "mail": r"(?:\bl['’](?:intégrité|information)\b[^.!?:]{0,30}? |\bles (?:informations|données)\b[^.!?:]{0,30}? |\ble contenu de )?\b(?:ce|cet|le présent|ce présent|du présent) (?:message|courriel|e-?mail|courrier|mail)\b",
        "to": r"\b(?:exclusivement|uniquement|strictement) (?:destin|adress|réserv|établi)|\b(?:destiné|adressé|réservé|établi)e?s? (?:exclusivement|uniquement|strictement|à (?:la seule|l['’]usage))"
        r"|\bl['’](?:attention|intention|usage) exclusi",
        "stray": r"\bsi vous n['’]êtes pas (?:\S{1,15} ){0,3}?destinataire|\bsi vous (?:l['’])?(?:avez reçu|recevez) [^.!?]{0,50}?\bpar erreur"
        r"|\bsi (?:ce|cet) (?:message|courriel|e-?mail|mail)\b[^.!?]{0,40}?\b(?:ne vous est pas destiné|vous (?:\S{1,12} ){1,3}?par erreur)",
        "ban": r"\b(?:utilisation|diffusion|reproduction|publication|divulgation|copie|usage|modification|exploitation|distribution)\b[^.!?]{0,100}?\b(?:interdit|prohib|illicite|proscrit)",
        "tell": r"\b(?:avertir|aviser|informer|prévenir|avertissez|avisez|informez) [^.!?]{0,20}?\bexpéditeur\b",
    },
    "es": {
        "mail": r"\b(?:la información (?:\S{1,15} )?(?:en|de) |el contenido de |as? informaç(?:ão|ões)\b[^.!?:]{0,20}? n?|o conteúdo d|n)?(?:est[ae]|el presente|la presente|o presente|a presente)"
        r" (?:mensaje|correo(?: electrónico)?|comunicación|e-?mail|transmisión|mensagem|correio(?: eletr[óô]nico)?|comunicação)\b",
        "to": r"\b(?:dirigid|destinad|remitid|endereçad)\w{1,2} (?:exclusiva|[uú]nica)mente|\b(?:exclusiva|[uú]nica)mente (?:dirigid|destinad|remitid|endereçad)"
        r"|\b(?:exclusiva|[uú]nica)mente (?:al|a su|para)\b[^.!?]{0,30}?\bdestinat|\buso exclusivo d",
        "stray": r"\bsi (?:usted )?no (?:es|fuera|fuese) (?:usted )?(?:el|la|su) (?:\S{1,15} )?destinatari|\bsi (?:usted )?(?:l[oa] )?(?:ha recibido|recibe|recibió|hubiera recibido|recibiera)\b[^.!?]{0,50}?\bpor (?:error|equivocación)"
        r"|\b(?:se|caso) (?:v\. ?ex\S{0,3} |você )?não (?:é|for|seja) (?:o|a|seu) (?:\S{1,15} )?destinat|\b(?:se|caso) (?:\S{1,10} ){0,3}?receb(?:eu|er|ido|a)\b[^.!?]{0,50}?\bpor (?:engano|erro|lapso)",
        "ban": r"\b(?:divulgación|copia|distribución|difusión|utilización|reproducción|divulgação|cópia|distribuição|utilização|reprodução|disseminação)\b[^.!?]{0,100}?\b(?:prohibid|proibid|interdit|vedad)"
        r"|\b(?:prohibid|proibid|vedad)[oa]s?\b[^.!?]{0,60}?\b(?:divulgación|copia|distribución|difusión|utilización|reproducción|divulgação|cópia|distribuição|utilização|reprodução)",
        "tell": r"\b(?:notif|comuni|inform|avis)\w{1,10}\b[^.!?]{0,30}?\b(?:remitente|remetente)\b",
    },
    "it": {
        "mail": r"\b(?:(?:le informazioni|il contenuto|i dati)\b[^.!?:]{0,30}? (?:in|nel(?:la)?|di|del(?:la)?) )?(?:quest[oa]|(?:il |la )?presente|codest[oa]) (?:messaggio|e-?mail|comunicazione|mail|trasmissione)\b",
        "to": r"\b(?:indirizzat|destinat|rivolt|dirett|riservat|intes)\w (?:esclusiva|unica)mente|\b(?:esclusiva|unica)mente (?:indirizzat|destinat|rivolt|dirett|a[li] destinatari)|\buso esclusivo",
        "stray": r"\b(?:se|qualora|ove|nel caso(?: in cui)?) (?:non (?:siete|è|sei|foste|fosse) (?:\S{1,15} ){0,3}?destinatari"
        r"|(?:\S{1,15} ){0,3}?(?:l['’])?(?:avete|abbiate|aveste|ha|hai|abbia|avesse) (?:\S{1,15} )?ricevut\w\b[^.!?]{0,40}?\b(?:per errore|erroneamente)|\S{0,12} ?(?:\S{1,12} )?vi (?:\S{1,9} ){1,2}pervenut\w per errore)",
        "ban": r"\b(?:diffusione|copia|utilizzo|uso|divulgazione|riproduzione|distribuzione|pubblicazione)\b[^.!?]{0,130}?(?:\b(?:vietat|proibit)|\bnon (?:è|sono) (?:\S{1,15} )?(?:consentit|autorizzat))"
        r"|\bvietat\w\b[^.!?]{0,60}?\b(?:diffusione|copia|divulgazione|riproduzione|distribuzione)",
        "tell": r"\b(?:informar|avvisar|avvertir|comunicar|notificar|darne|avvertit|informat)\w{0,4}\b[^.!?]{0,40}?\bmittente\b",
    },
    "sv": {
        "mail": r"\b(?:(?:innehållet|informationen|indholdet|informasjonen|innholdet|oplysningerne)\b[^.!?:]{0,25}? (?:i|av|af) )?(?:detta|denna|denne|dette|de[nt] här) (?:\S{1,20} ){0,2}?"
        r"(?:e-?post\w{0,12}|meddelande\w{0,3}|e-?mail\w{0,9}|mail\w{0,2}|mejl\w{0,3}|besked\w{0,2}|meddelelse\w{0,2}|melding\w{0,2})\b",
        "to": r"\b(?:udelukkende|kun|alene|utelukkende|bare|endast|enbart|uteslutande) (?:beregnet|tiltænkt|bestemt|ment|tiltenkt|avsedda?|avsett|ämna[dt])\b"
        r"|\b(?:beregnet|tiltænkt|bestemt|ment|tiltenkt|avsedda?|avsett) (?:udelukkende|kun|alene|utelukkende|bare|endast|enbart|uteslutande)\b",
        "stray": r"\b(?:har|hvis|såfremt|skulle|dersom|om) (?:du|de|ni)\b[^.!?]{0,50}?\b(?:mottatt|modtaget|mottagit|fått|fået|erhållit)\b[^.!?]{0,40}?\b(?:ved en fe[ij]l\w{0,9}|ved fejl|feilaktig|fejlagtigt|av misstag|felaktigt)"
        r"|\bom (?:du|ni) (?:har )?av misstag (?:har )?(?:fått|mottagit|erhållit)"
        r"|\b(?:hvis|såfremt|dersom|om) (?:du|de|ni) (?:ikke|inte|ej) (?:er|är) (?:\S{1,20} ){0,3}?(?:mottak|modtag|mottag|adressat)",
        "ban": r"\b(?:spridning|kopiering|användning|vidarebefordran|videregivelse|offentliggørelse|anvendelse|distribution|distribusjon|videresending|offentliggjøring|spredning)\b[^.!?]{0,100}?\b(?:förbju|forbudt|(?:ikke|inte|ej) till[aå][dt]|otillå|ulovlig)",
        "tell": r"\b(?:gi|gje|meddela|underrätta|kontakta|informera|informer|underret|underrett|kontakt|give|giv|varsle) (?:\S{1,12} ){0,3}?(?:avsänd|afsend|avsend)\w{1,6}",
    },
    "fi": {
        "mail": r"\btämän? (?:\S{1,20} )?(?:viesti\w{0,3}|sähköposti\w{0,9})\b",
        "to": r"\b(?:vain|ainoastaan|yksinomaan) (?:\S{1,25} ){0,3}?(?:vastaanottaj|saaj)\w{1,9}|\btarkoitettu (?:vain|ainoastaan|yksinomaan)\b",
        "stray": r"\b(?:jos|mikäli) (?:et|ette) ole (?:\S{1,25} ){0,3}?(?:vastaanottaj|saaj)|\b(?:jos|mikäli) olet(?:te)? (?:\S{1,25} ){0,4}?(?:erehdyksessä|vahingossa|virheellisesti)",
        "ban": r"\b(?:käyttö|käyttäminen|kopiointi|kopioiminen|jakelu|julkaiseminen|levittäminen|paljastaminen)\b[^.!?]{0,100}?\b(?:kiellet|ei ole sallittu)",
        "tell": r"\b(?:ilmoita|ilmoittakaa|ilmoittamaan) (?:\S{1,20} ){0,3}?lähettäjälle",
    },
    "pl": {
        "mail": r"\b(?:treść |zawartość |informacje [^.!?:]{0,15}? ?w )?(?:tej|ta|ten|niniejsz(?:a|ej|y)) (?:wiadomoś\w{1,4}|e-?mail\w{0,2}|korespondencj\w)\b",
        "to": r"\bprzeznaczon\w{1,2} (?:wyłącznie|tylko|jedynie)\b|\b(?:wyłącznie|tylko|jedynie) (?:dla|do) (?:\S{1,20} )?(?:adresat|odbiorc)|\bwyłącznie do użytku",
        "stray": r"\b(?:jeśli|jeżeli) nie (?:jest|są|jesteś)\w{0,3} (?:\S{1,20} ){0,3}?(?:adresat|odbiorc)"
        r"|\b(?:jeśli|jeżeli) (?:otrzymal|otrzymał|państwo)\w{0,5}\b[^.!?]{0,50}?\b(?:omyłkowo|przez pomyłkę|błędnie)",
        "ban": r"\b(?:kopiowanie|rozpowszechnianie|ujawni[ea]nie|wykorzystanie|wykorzystywanie|rozprowadzanie|udostępnianie)\b[^.!?]{0,100}?\b(?:zabronion|niedozwolon|zakazan|bezprawn)",
        "tell": r"\b(?:poinformow|powiadom|zawiadom|o poinformowanie|o powiadomienie)\w{0,6}\b[^.!?]{0,25}?\bnadawc\w{1,2}\b",
    },
    "cs": {
        "mail": r"\b(?:obsah |informace [^.!?:]{0,15}? ?v )?(?:tato|této|tento|tohoto|tomto|táto|tejto) (?:e-?mailov\w{1,2} |elektronick\w{1,2} )?(?:zpráv\w|správ\w|e-?mail\w{0,2})\b",
        "to": r"\burčen\w{0,2} (?:výhradně|pouze|výlučně|jen|výhradne|iba|len)\b|\b(?:výhradně|pouze|výlučně|výhradne|iba) (?:pro |jejímu |jeho |její )?(?:adresát|příjemc|príjemc)",
        "stray": r"\b(?:pokud|jestliže|ak) (?:nejste|nie ste) (?:\S{1,20} ){0,3}?(?:adresát|příjemc|príjemc)|\b(?:pokud|jestliže|ak) (?:jste|ste) [^.!?]{0,50}?\b(?:omylem|omylom|nedopatřením)",
        "ban": r"\b(?:použití|šíření|kopírování|zveřejnění|rozšiřování|užití|použitie|kopírovanie|šírenie)\b[^.!?]{0,100}?\b(?:zakáz[aá]n|není dovolen|nie je dovolen|protiprávn)",
        "tell": r"\b(?:informujte|informovat|uvědomte|upozorněte|vyrozumějte) (?:\S{1,15} ){0,3}?(?:odesílatel|odosielateľ)\w",
    },
    "ru": {
        "mail": r"\b(?:информация,? (?:содержащ\w{3,4} )?в |содержание |содержимое )?(?:это|данное|настоящее|этом|данном|настоящем|этого|данного|настоящего) (?:электронн\w{2,3} )?(?:письм\w|сообщени\w)\b",
        "to": r"\bпредназначен\w{0,4} (?:исключительно|только|лишь)\b|\b(?:исключительно|только) для (?:\S{1,20} ){0,2}?(?:адресат|получател)",
        "stray": r"\bесли вы не являетесь (?:\S{1,20} ){0,3}?(?:адресат|получател)|\bесли вы [^.!?]{0,40}?\b(?:получили\b[^.!?]{0,50}?\b(?:по ошибке|ошибочно)|(?:по ошибке|ошибочно) получили)",
        "ban": r"\b(?:использование|копирование|распространение|раскрытие|разглашение)\b[^.!?]{0,100}?\b(?:запрещ|не допуска|воспрещ)",
        "tell": r"\b(?:уведомить|сообщить|уведомите|сообщите|известить|проинформ\w{3,9}) (?:\S{1,15} ){0,3}?отправител\w",
    },
    "uk": {
        "mail": r"\b(?:інформація,? (?:(?:що|яка) міститься )?[ву] )?(?:це|цей|дане|цьому|цього|даному|даного) (?:електронн\w{2,4} )?(?:повідомленн\w|лист\w{0,2})\b",
        "to": r"\bпризначен\w{0,4} (?:виключно|лише|тільки)\b|\b(?:виключно|лише|тільки) для (?:\S{1,20} ){0,2}?(?:адресат|одержувач|отримувач)",
        "stray": r"\bякщо ви не є (?:\S{1,20} ){0,3}?(?:адресат|одержувач|отримувач)|\bякщо ви [^.!?]{0,40}?\b(?:отримали\b[^.!?]{0,50}?\bпомилково|помилково отримали)",
        "ban": r"\b(?:використання|копіювання|розповсюдження|розголошення|поширення)\b[^.!?]{0,100}?\bзаборон",
        "tell": r"\b(?:повідомте|повідомити|сповістіть|поінформуйте) (?:\S{1,15} ){0,3}?відправник\w",
    },
    "hu": {
        "mail": r"\b(?:ez az|ezen|jelen|ezt az) (?:elektronikus )?(?:e-?mail\w{0,4}|üzenet\w{0,3}|levél|levelet)\b",
        "to": r"\bkizárólag (?:az? )?(?:\S{1,20} ){0,2}?címzett",
        "stray": r"\b(?:ha|amennyiben) (?:\S{1,15} ){0,4}?(?:tévedésből|tévesen) (?:\S{1,15} ){0,3}?(?:kapta|kapott|jutott|érkezett)|\b(?:ha|amennyiben) (?:ön )?nem (?:ön )?(?:az? )?(?:\S{1,15} )?címzett",
        "ban": r"\b(?:másolás|felhasználás|terjesztés|nyilvánosságra hozatal|továbbítás)\w{0,3}\b[^.!?]{0,100}?\b(?:tilos|nem megengedett|jogellenes)",
        "tell": r"\b(?:értesítse|értesíteni|tájékoztassa) (?:\S{1,15} ){0,2}?feladót",
    },
    "tr": {
        "mail": r"\bbu (?:e-?posta|elektronik posta|mesaj|ileti|e-?mail)\w{0,4}\b",
        "to": r"\b(?:sadece|yalnızca|yalnız|münhasıran) (?:\S{1,25} ){0,4}?(?:alıcı|kişi|muhata[bp])\w{0,10}|\b(?:gönderildiği|gönderilen|belirtilen) (?:\S{1,25} ){0,3}?kişi\S{0,14} (?:ait|özel)",
        "stray": r"\b(?:yanlışlıkla|hataen|hatayla|sehven) (?:\S{1,20} ){0,3}?\w{2,10}[mdt][ıiuü][şy]s[ae]\w{0,4}\b|\b(?:muhatabı|alıcısı) değilseniz",
        "ban": r"\b(?:kopyalan|dağıtıl|kullanıl|açıklan|çoğaltıl|ifşa)\w{0,6}\b[^.!?]{0,100}?\b(?:yasak|hukuka aykırı)",
        "tell": r"\bgönderen\w{1,4} (?:\S{1,20} ){0,2}?(?:bilgilendir|haber ver)\w{1,8}",
    },
    "ja": {
        "mail": r"(?:本|この|当)(?:電子)?(?:e-?)?(?:メール|メッセージ)",
        "to": r"(?:宛先|受信者|受取人|名宛人|送信先)[^。]{0,15}?(?:のみ|だけ)(?:を対象|に|が|へ)",
        "stray": r"誤って[^。]{0,20}?(?:受信|受け取|届い|配信)[^。]{0,8}?(?:方|場合|際)|(?:宛先|名宛人|受信者)(?:以外の|でない)方",
        "ban": r"(?:開示|複製|転送|複写|配布|転載)[^。]{0,40}?(?:禁じ|禁止)",
        "tell": r"(?:送信者|発信者|差出人)[^。]{0,15}?(?:通知|連絡)[^。]{0,30}?(?:破棄|削除|消去)",
    },
    "zh": {
        "mail": r"(?:本|此|該|该|這封|这封)(?:電子|电子)?(?:郵件|邮件|信件|電郵|电邮)",
        "to": r"[仅僅只][供限][^。，]{0,20}?(?:收件人|收件者|收信人|接收人|接收者)",
        "stray": r"[若如](?:果)?(?:您|閣下|阁下)?[^。，]{0,8}?[誤误錯错](?:收|接收|送|寄)|非(?:本郵件|本邮件)?(?:之|的)?(?:指定|预期|預期|原定)(?:之|的)?(?:收件人|收件者|收信人)",
        "ban": r"(?:禁止|严禁|嚴禁|不得)[^。]{0,14}?(?:蒐集|复制|複製|散布|散佈|转发|轉發|披露|揭露|泄露|洩露|傳播|传播)",
        "tell": r"通知(?:寄件人|寄件者|發件人|发件人)[^。]{0,10}?(?:刪除|删除|銷毀|销毁)",
    },
    "ko": {
        "mail": r"[본이] ?(?:전자 ?우편|이메일|메시지)|[본이] 메일|본메일",
        "to": r"(?:수신인|수신자|수취인)(?:만을|에게만|만이|에 한)",
        "stray": r"(?:잘못|착오로|실수로) [^.]{0,10}?(?:수신|전달|전송|받으|받은|발송)[^.]{0,12}?(?:경우|분은|분께|면)|(?:수신인|수신자|수취인)[이가] 아[닌니]",
        "ban": r"(?:공개|배포|복사|복제|유포|누설)[^.]{0,40}?금지",
        "tell": r"(?:발신인|발신자|송신자)(?:에게|께) [^.]{0,20}?(?:알려|통보|연락)[^.]{0,20}?(?:삭제|폐기)",
    },
}
_MAIL = re.compile(
    "|".join(f"(?P<{tongue}>{clauses['mail']})" for tongue, clauses in _LAWYERS.items()),
    re.IGNORECASE,
)
# One of these is in whatever names a letter.
_LETTERS = tuple(
    "mail bericht nachricht mitteilung message courri mensaje correo comunica transmisi mensage correio messaggi trasmission post meddel mejl besked melding viesti"
    " wiadomo korespond zpráv správ письм сообщени повідомл лист üzenet levél levelet mesaj ileti メール メッセージ 郵件 邮件 信件 電郵 电邮 우편 메일 메시지".split()
)
_ENOUGH = 2  # kinds of clauses
_TOLD = frozenset({"stray", "tell"})  # whoever has a letter by mistake is told to tell its sender
# For whom alone a company's letter is: one's own is for Mr Brown, or for the workshop.
_WHOM = re.compile(
    r"geadresseerde|ontvanger|empfänger|adressat|destinat[aá]|person|usage|\buso\b|gebruik|brug|bruk|mot?tag|mottak|modtag|adresser|vastaanot|saaj|adresat|odbiorc|adresát|příjemc|príjemc"
    r"|получател|адресат|лиц|одержувач|отримувач|címzett|alıcı|kişi|muhata|宛先|受信者|受取人|名宛人|送信先|收件|收信|接收|수신|수취",
    re.IGNORECASE,
)
_CLOSE = 40  # characters behind "this message" in which it appears somewhere
# What stands above such a sentence, and nothing else.
_HEADING = re.compile(
    r"\W*(?:(?:disclaimer|notice|confiden\w{1,12}|confidenzialità|legal\w?|légal\w{0,2}|important\w?|privacy|hinweis|wichtig\w{0,3}|vertraulich\w{0,8}|avis|aviso|avertissement"
    r"|nota|note|avviso|avvertenza|riservatezza|advertencia|clausula|cláusula|vertrouwelijk\w{0,4}|opgelet|let op|obs|viktigt?|vigtigt|fortrolig\w{0,4}|konfiden\w{1,12}"
    r"|uwaga|poufn\w{1,6}|upozornění|внимание|конфиденц\w{1,12}|увага|конфіденц\w{1,12}|uyarı|yasal|gizlilik|de|di|du|of|on|om|o|i|en|et|y|e|and|bildirimi|免責事項|免责声明|免責聲明|注意"
    r"|ご注意|주의|법적 고지)(?:\W{1,4}|$)){1,6}",
    re.IGNORECASE,
)
# Behind "this message": lawyers do not say whose it is.
_OF = re.compile(
    r" (?:fra|från|van|von|vom|du|de(?! co(?:rreo|urri))|del|dal?|from|od|от|від)\b", re.IGNORECASE
)


def counsels(said: str, begins: set[int]) -> int:
    """Where lawyers begin who say two things, at least, of the letter itself; -1 if nowhere."""
    lower = said.lower()
    if not any(word in lower for word in _LETTERS):
        return -1
    mails = [found for _, found in zip(range(SUBJECTS), _MAIL.finditer(said), strict=False)]
    if not mails or mails[0].lastgroup is None:
        return -1
    clauses = [
        (found.start(), found.end(), found.lastgroup or "")
        for found in _clauses(mails[0].lastgroup).finditer(said)
        if found.lastgroup != "to" or _WHOM.search(said, found.start(), found.end() + _CLOSE)
    ]
    clauses.extend(
        (mail.start(), mail.end(), "secret")
        for mail in mails
        if not _OF.match(said, mail.end()) and calls_itself_secret(said, mail.end(), formal=True)
    )
    places = sorted({mail.start() for mail in mails} | {clause[0] for clause in clauses})
    for at in places:
        if not _heads(said, at, begins):
            continue
        ahead = [clause for clause in clauses if clause[0] >= at]
        end = max((clause[1] for clause in ahead), default=at)
        happens = any(HAPPENS.search(said[mail.end() : mail.end() + _CLOSE]) for mail in mails)
        if happens or QUOTES.search(said, at, end) or mails[-1].start() < at:
            return -1
        kinds = {clause[2] for clause in ahead}
        if kinds >= _TOLD or len(kinds - {"tell"}) >= _ENOUGH:
            return at
    return -1


@functools.cache
def _clauses(tongue: str) -> re.Pattern[str]:
    """The clauses of lawyers in a language, each by its kind."""
    kinds = _LAWYERS[tongue]
    return re.compile(
        f"(?P<to>{kinds['to']})|(?P<stray>{kinds['stray']})"
        f"|(?P<ban>{kinds['ban']})|(?P<tell>(?:{kinds['tell']}){_END})",
        re.IGNORECASE,
    )


def _heads(said: str, at: int, begins: set[int]) -> bool:
    """Whether a line that was not wrapped begins at this place, or with a heading of lawyers'."""
    before = said[max((place for place in begins if place <= at), default=0) : at]
    return not any(map(str.isalnum, before)) or (
        len(before) <= NEAR * 2 and _HEADING.fullmatch(before) is not None
    )
