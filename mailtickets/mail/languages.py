"""What mail programs write around a quote, in the languages they write it in."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re
import unicodedata
from enum import Enum


class Label(Enum):
    """A line of the head that a program puts before what it quotes or forwards."""

    FROM = 1
    DATE = 2
    SENT = 7  # as DATE, in a word that nothing but mail uses
    TO = 3
    SUBJECT = 4
    COPY = 5
    ANSWER = 6


_LABELS = {
    Label.FROM: "from|von|de|da|van|från|fra|lähettäjä|od|от|от кого|від|kimden|gönderen|发件人|寄件者"
    "|寄件人|差出人|送信者|送信元|发信人|發件人|발신|보낸 사람|보낸사람|보낸이|de la|feladó|από|מאת|من|dari|từ|จาก|از|expéditeur"
    "|afzender|remitente|mittente|odesílatel|nadawca|отправитель|saatja|avsändare|avsender|afsender"
    "|absender|originator",
    Label.DATE: "date|datum|fecha|data|dato|päiväys|päivämäärä|päivä|дата|tarih|日期|时间|日付|日時|날짜"
    "|dátum|ημερομηνία|תאריך|تاريخ|التاريخ|ngày",
    Label.SENT: "sent|sent at|sent on|gesendet|gesendet am|envoyé|envoyé le|envoyée|date d'envoi"
    "|enviado|enviados|enviadas|enviado el|enviada em|enviado em|enviada|inviato|inviata|data invio|verzonden"
    "|verzonden op|skickat|skickat den|sendt|sendt den|lähetetty|wysłano|wysłane|wysłany|wysłana"
    "|data wysłania|odesláno|отправлено|послано|надіслано|gönderildi|gönderilme tarihi"
    "|gönderme tarihi|gönderilme|发送时间|发送日期|寄件日期|傳送日期|傳送時間|寄件時間|送信日時|보낸 날짜|보낸날짜"
    "|message du|trimis|elküldve|στάλθηκε|נשלח|odoslané|đã gửi|تاريخ الإرسال|تم الإرسال|ส่ง|ส่งแล้ว|ارسال",
    Label.TO: "to|an|à|a|para|per|aan|till|til|vastaanottaja|do|komu|кому|kime|alıcı|kimə|收件人|收件者"
    "|收信人|宛先|送信先|saaja|pour|받은 사람|수신|받는 사람|받는사람|받는이|către|címzett|προς|אל|إلى|destinataire|destinatario"
    "|destinatário|empfänger|mottagare|mottaker|modtager|ontvanger|adresat|do kogo|kohteelle|kepada|đến|tới|ถึง|به",
    Label.SUBJECT: "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|ogg|temat"
    "|předmět|тема|konu|主题|主題|主旨|标题|標題|标题|件名|제목|subiect|tárgy|θέμα|נושא|الموضوع|predmet|subjek|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง|موضوع|re",
    Label.COPY: "cc|bcc|kopie|copie|copie à|copia|cópia|kopia|kopi|kopio|dw|копия|копія|bilgi|抄送|副本"
    "|참조|ccc|udw|kopie an|c.c.|con copia",
    Label.ANSWER: "reply-to|reply to|antwort an|antworten an|répondre à|risposta|rispondi a"
    "|responder a|responder para|svar til|svara till|antwoord aan|odpovědět komu|odpowiedź do"
    "|ответить|vastausosoite|yanıtla|返信先|回复|回覆|importance|wichtigkeit|priority|priorität"
    "|attachments|anlagen|anhänge|pièces jointes|allegati|adjuntos|anexos|bijlagen|organization"
    "|mailed-by|signed-by",
}
LABELS = {word: label for label, words in _LABELS.items() for word in words.split("|")}
"""A label in lower case, without its colon -> what it labels."""

LONGEST_LABEL = max(map(len, LABELS))

_ORIGINAL = (
    "this is a copy of the message, including all the headers.|below this line is a copy of the message.|below this line is a copy of the message"
    "|original message|mail original|e-mail original|原始信息|原始訊息|original appointment|original email|original mail|reply message"
    "|ursprüngliche nachricht|originalnachricht|original-nachricht|ursprüngliche mail"
    "|message d'origine|message d’origine|message original|message initial|courriel original"
    "|mensaje original|correo original|messaggio originale|messaggio originario"
    "|mensagem original|oorspronkelijk bericht|origineel bericht|originalmeddelande"
    "|ursprungligt meddelande|ursprungligt brev|oprindelig meddelelse|oprindelig besked"
    "|original besked|opprinnelig melding|original melding|opprinnelig e-post"
    "|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|oryginalna wiadomosc"
    "|wiadomość pierwotna|původní zpráva|původní e-mail|pôvodná správa|исходное сообщение"
    "|оригинальное сообщение|первоначальное сообщение|исходное письмо|оригінальне повідомлення"
    "|orijinal ileti|orijinal mesaj|özgün ileti|asıl mesaj|asıl ileti|原始邮件|原始郵件|原始信件"
    "|邮件原件|原邮件|原郵件|回复的原邮件|回覆的原郵件|replied message|元のメッセージ|元のメール|オリジナルメッセージ|original message -|원본 메시지"
    "|원본메시지|원본 메일|원본메일|원본 이메일|eredeti üzenet|mesaj original|mesajul original"
    "|αρχικό μήνυμα|izvorna poruka|originalna poruka|הודעה מקורית|الرسالة الأصلية|pesan asli"
    "|tin nhắn gốc|in reply to|ursprungliches e-mail|ursprüngliche e-mail"
)
ORIGINAL = frozenset(_ORIGINAL.split("|"))
"""What stands on the ruling before an older letter, as `plain` gives it."""

_FORWARDED = (
    "forwarded message|转发的原邮件|轉發的原郵件|forwarded email|forwarded mail|begin forwarded message|forwarded letter"
    "|start of forwarded message|weitergeleitete nachricht|weitergeleitete e-mail"
    "|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail"
    "|message transféré|message transmis|message réexpédié|début du message transféré"
    "|début du message réexpédié|courriel transféré|mensaje reenviado|correo reenviado"
    "|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato"
    "|inizio del messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada"
    "|início da mensagem encaminhada|início da mensagem reencaminhada"
    "|iniciar mensagem encaminhada|doorgestuurd bericht|begin doorgestuurd bericht"
    "|doorgestuurde e-mail|vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mail"
    "|vidarebefordrad e-post|vidarebefordrat mejl|börja vidarebefordrat meddelande"
    "|början på vidarebefordrat meddelande|videresendt meddelelse|videresendt besked"
    "|videresendt mail|start på videresendt besked|start på videresendt meddelelse"
    "|videresendt melding|videresendt e-post|start på videresendt melding"
    "|begynnelse på videresendt melding|videresendte meldingen|välitetty viesti"
    "|edelleenlähetetty viesti|välitetty viesti alkaa|välitetyn viestin alku"
    "|edelleen lähetetty viesti|przekazana wiadomość|wiadomość przekazana"
    "|wiadomość przekazana dalej|przesłana wiadomość|początek przekazywanej wiadomości"
    "|treść przekazanej wiadomości|přeposlaná zpráva|přeposlaný e-mail|předaná zpráva"
    "|začátek přeposílané zprávy|začátek přeposlané zprávy|přesměrovaná zpráva"
    "|пересылаемое сообщение|перенаправленное сообщение|пересланное сообщение|пересылаемое письмо|пересланное письмо"
    "|переадресованное сообщение|начало переадресованного сообщения"
    "|начало пересылаемого сообщения|начало пересланного сообщения|переслане повідомлення"
    "|iletilmiş ileti|iletilmiş mesaj|yönlendirilmiş ileti|yönlendirilmiş mesaj|yönlendirilen ileti|iletilen mesaj|iletilen ileti"
    "|iletilmiş mesajın başlangıcı|iletilen mesajın başlangıcı|yönlendirilen mesaj"
    "|转发的邮件|转发的消息|轉寄的訊息|转发邮件|转发邮件信息|转发的郵件|轉寄郵件|轉寄的郵件|轉寄的信件|開始轉寄郵件|开始转发的邮件"
    "|以下是转发的邮件|以下是轉寄的郵件|已转发的邮件|被转发邮件信息|転送されたメッセージ|転送メッセージ|転送メール"
    "|転送されたメール|転送されたメッセージの始まり|以下は転送されたメッセージです|전달된 메시지|전달된 메일"
    "|전달 메시지|전달된 이메일|전달된 메시지 시작|전달된 메시지의 시작|továbbított üzenet|preposlaná správa|proslijeđena poruka"
    "|mesaj redirecționat|mesaj redirecţionat|προωθημένο μήνυμα|הודעה שהועברה|رسالة معاد توجيهها"
    "|pesan terusan|thư đã chuyển tiếp|missatge reenviat"
)
FORWARDED = frozenset(_FORWARDED.split("|"))
"""What stands on the ruling before a letter that is forwarded."""

FORWARD_ENDS = re.compile(
    r"^[^\w\n]{0,60}+(?:end (?:of )?(?:the )?forwarded message|ende der weitergeleiteten (?:nachricht|e-?mail)|fin du message (?:transféré|réexpédié)|fin del mensaje reenviado"
    r"|fine (?:del )?messaggio inoltrato|fim da mensagem (?:encaminhada|reencaminhada)|einde (?:van het )?doorgestuurd(?:e)? bericht|конец пересылаемого сообщения"
    r"|koniec przekazywanej wiadomości|slut på vidarebefordrat meddelande|slut på videresendt (?:besked|melding))[^\w\n]{0,60}+$",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a letter that is forwarded ends; few programs say so."""

FORWARD_SUBJECT = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|tr|rv|enc|doorst|fw\.|vb|vs|vl|pd|fs|i|inoltra|reenv|rtr"
    r"|пересл|перес|ilt|i̇lt|yön|转发|轉寄|転送|전달|weitergeleitet|továbbítás|πρθ|הועבר)\s*[:：]",
    re.IGNORECASE,
)

REPLY_ABOVE = re.compile(
    r"\W*+(?:please )?(?:type|write|enter|add|send)?(?: your)? ?(?:repl(?:y|ies)|response|answer|comment)s? (?:by typing |only )?above (?:this|the) line"
    r"|\W*+(?:bitte )?(?:antworten sie |schreiben sie |geben sie )?.{0,40}(?:oberhalb|über) diese[rs]? (?:linie|zeile)"
    r"|\W*+.{0,40}au-dessus de cette ligne|\W*+.{0,40}(?:por )?encima de esta l[ií]nea|\W*+.{0,40}(?:al di )?sopra (?:di )?questa riga"
    r"|\W*+.{0,40}acima desta linha|\W*+.{0,40}boven deze (?:regel|lijn)|\W*+.{0,40}ovanför (?:den här|denna) rad|\W*+.{0,40}over denne linje"
    r"|\W*+.{0,40}powyżej (?:tej|tego) lini|\W*+.{0,40}nad t(?:ento|ímto) řád|\W*+.{0,40}выше этой (?:строки|линии)|\W*+.{0,40}bu satırın üst"
    r"|\W*+.{0,30}(?:在此行上方|此线上方|この行より上|이 줄 위)",
    re.IGNORECASE,
)
"""What ticketing systems write above their letters, within a ruling, so that answers stand above it."""

# How the line before a quote begins ...
_STARTERS = (
    "on|am|at|le|el|il|em|no dia|a|o|op|den|d\\.|på|kl\\.|pe|ma|ti|ke|to|la|su|w dniu|dnia|dne|v|в|во"
    "|on the|in data|in article|in a message dated|quoting|zitat von|citando a|citando|citat|citerar|wiadomość napisana przez|in message|in|il giorno|el día|le jour|a las|às|em seg|em ter|em qua"
    "|em qui|em sex|på|ons|tor|tors|fre|lör|sön|mån|tis|lau|søn|man|tirs?|zo|di|wo|do|vr|za"
    "|в сообщении|on date|från|from|vào|pada|στις|la data de|la|ngày|في|בתאריך|เมื่อ|pada"
)
_WEEKDAYS = (
    "man|tir|tirs|ons|tors?|fre|lør|søn|lör|sön|mån|tis|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|sab|dim"
    "|dom|seg|ter|qua|qui|sex|gio|pn|pon|wt|śr|czw|pt|sob|ndz|niedz|po|út|st|čt|pá|so|ne|пн|вт|ср|чт"
    "|пт|сб|вс|нд|понед|вторн|сред|четв|пятн|субб|воскр|maan|tiis|kesk|tors|perj|lauan|sunn|pzt|sal|çar|per|cum|cmt|paz"
)
STARTS = re.compile(
    rf"[\s>*\-–—]*+(?:(?P<word>(?:{_STARTERS})(?=[\s,])|在|於|于)|(?:{_WEEKDAYS})[a-zéáíóúûçëäöüåşğıčřžýа-яі]*"
    r"[.,\s]|\d{1,4}\s*[./\-年 ]\s*(?:\d|[^\W\d])|\d{1,2}:\d\d|20\d\d)",
    re.IGNORECASE,
)
BEGINNING = re.compile(
    rf"[\s>*]*+(?:(?:{_STARTERS})(?=[\s,]|$)[\s,]*+)?(?:(?:{_WEEKDAYS})[^\W\d]*+[.,]*+)?(?:\s*+(?:den|the|el|le|d\.|de))?[\s,]*+$",
    re.IGNORECASE,
)
"""A line that is nothing but the first words of one: it goes on in the next."""

# ... and what is said in it: somebody wrote.
_WROTE = (
    "wrote|writes|quoting|zitat von|citando a|citando|has written|schrieb|schreibt|hat geschrieben|geschrieben|a écrit|a ecrit|écrivait|écrivit|ecrit"
    "|écrit|escribió|escribio|ha escrito|escribe|ha scritto|scrive|scrisse|escreveu|schreef"
    "|heeft geschreven|geschreven|skrev|skriver|har skrivit|kirjoitti|kirjoittaa|napisał|napisała"
    "|napisał\\(a\\)|napisał/a|pisze|napsal|napsala|napsal\\(a\\)|napísal|napísal\\(a\\)|píše"
    "|написал|написала|написал\\(а\\)|писал|писал\\(а\\)|писала|пишет|написав|написала|пише|написа"
    "|yazdı|yazmış|şunları yazdı|şöyle yazdı|şunu yazdı|írta|írt|a scris|έγραψε|kirjutas|va escriure"
    "|je napisao|je napisala|napisao je|napisala je|เขียนว่า|je napisao\\/la|rašė|rakstīja|đã viết|menulis|כתב|כתבה|כתב/ה|كتب"
    "|写道|寫道|写了|寫了|书写|書きました|書き込みました|のメール|さんは書きました|작성|작성함|쓴 글|님이 작성|님이 씀|씀|a écrit\xa0"
)
LAST_WORDS = frozenset(word.replace("\\", "").split(" ")[-1] for word in _WROTE.split("|")) | {
    "napisał(a",
    "napsal(a",
    "napísal(a",
    "написал(а",
    "писал(а",
}
"""What the last word of an attribution may be when no colon follows it."""

ENDS_CJK = ("写道", "寫道", "写了", "書きました", "書き込みました", "작성", "님이 씀", "쓴 글")

# Only those are tried that begin as a word does: one by one they take ten times as long.
_BY_FIRST: dict[str, list[str]] = {}
for _word in _WROTE.split("|"):
    _BY_FIRST.setdefault(_word[0], []).append(_word[1:])
_GROUPED = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in _BY_FIRST.items())
WROTE = re.compile(
    rf"(?:(?<!\w)(?=[{''.join(_BY_FIRST)}])(?:{_GROUPED})(?!\w)|写道|寫道|書きました|書き込みました|작성|쓴 글|のメール|napisana przez)",
    re.IGNORECASE,
)


def label_of(line: str) -> tuple[Label, str] | None:
    """What a line such as `*Von:* Nic <nic@ferrier>` labels, and the value; None for others.

    >>> label_of("Betreff: Hallo")
    (<Label.SUBJECT: 4>, 'Hallo')
    """
    shown = line[: LONGEST_LABEL + 20]
    ends = [end for end in (shown.find(":"), shown.find("：")) if end >= 0]
    if not ends:
        return None
    head = shown[: min(ends)]
    label = LABELS.get(head.strip(" \t*_>|\xa0\u200e\u200f").lower())
    if label is None:
        return None
    rest = line[len(head) + 1 :].replace("&nbsp;", " ").strip(" \t*_\xa0")
    return label, rest


def plain(line: str) -> str:
    """A line without its ruling, in lower case: what `ORIGINAL` and `FORWARDED` are looked up by."""
    line = line.replace("İ", "i")  # whose lower case is two characters
    line = line.replace("&nbsp;", " ").replace("\xa0", " ")  # QQ writes so, in text as well
    return unicodedata.normalize("NFC", line.strip(" \t-–—_=*<>:：|#~․…\xa0")).lower()
