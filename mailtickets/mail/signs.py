"""By what machines betray themselves: fields, senders, subjects and words, in many languages."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

from mailtickets.mail.fields import Fields

DAEMON = re.compile(
    r"(?:(?P<daemon>mailer-?daemon|mail-?daemon|mdaemon|mail-delivery-(?:sub)?system|smtp-?daemon|majordomo|uucp"
    r"|nobody-bounce|no-?reply-bounce|bounces?|mail-?system|microsoftexchange[0-9a-f]{0,64}|internet-?mail-?delivery|mmdf"
    r"|delivery-?notification|listserv|autoanswer|mxdaemon)"
    r"|(?P<office>post[-_]?master\W{0,64}|\w{0,32}?anti-?virus\w{0,32})"
    r"|(?P<shared>ndr|post_?office|mailer|mail_?router|mail-?admin|postino|mta|mail))$",
    re.IGNORECASE,
)
"""Addresses of daemons; of an office that people hold, too; and of whole firms (mail@example.com)."""

DAEMON_NAME = re.compile(
    r"(?P<daemon>mail delivery (?:sub)?system|mailer-daemon|delivery (?:subsystem|notification)|mail-?delivery|internet mail delivery)"
    r"|(?P<office>mail (?:administrator|system|router)|system administrator|postmaster|microsoft (?:outlook|exchange)$"
    r"|systemadministrator|administrateur système|administrador del sistema|amministratore di sistema|administrador do sistema"
    r"|システム管理者|系统管理员|系統管理員)",
    re.IGNORECASE,
)

BOUNCE_SUBJECT = re.compile(
    r"undeliver|non-?deliver|not deliver|returned (?:mail|to sender|message)|return(?:ed|ing) (?:mail|message|email)"
    r"|deliver\w* (?:status|fail|problem|error|report|notification|notice|unsuccessful|has failed|impossible|delay|incomplete)"
    r"|fail(?:ure|ed)? (?:notice|delivery|to deliver|mail|message)|mail (?:delivery|error|failure|failed|system error|could not)"
    r"|(?:message|mail|e-?mail) (?:delivery|not|could not|can ?not|status|undeliver|returned|failed|rejected|delayed|warning|has been rejected)"
    r"|could not (?:be )?(?:send|sent|deliver)|cannot (?:be )?(?:send|sent|deliver)|unable to deliver|rejected(?: mail| message|:)"
    r"|user (?:unknown|not known)|no such user|notification d'état|warning: (?:could not|message|mail)|bounce|dsn|nondeliverable"
    r"|delayed mail \(|delivery confirmation|mailbox (?:full|unavailable)|quota|over ?quota|bad address|unzustellbar|nicht zustellbar|nicht zugestellt"
    r"|zustellung|fehlgeschlagen|zurückgewiesen|rücksendung|unbekannter empfänger|non (?:remis|distribu|délivr)|échec|non remise"
    r"|impossible de remettre|retour(?: à|né)|mail retourné|no se (?:puede|pudo|ha podido) entreg|no (?:se )?entreg|devuelto|devolución"
    r"|rechazad|error de entrega|correo no entregado|non recapit|mancato recapito|mancata consegna|impossibile recapitare|messaggio respinto"
    r"|não (?:é possível|foi possível|pôde|entreg)|falha na entrega|devolvid|onbestelbaar|niet (?:bezorgd|afgeleverd|bestelbaar)|olever|ej levererat"
    r"|kan ikke leveres|ikke leveret|kunne ikke leveres|ikke levert|uleverbar|kan inte leverera|returnerat|leveringsfejl|toimittaminen epäonnistui|ei voi(?:tu|da)? toimittaa"
    r"|toimitus epäonnistui|perille toimittamaton|niedostarcz|nie (?:można|udało się) dostarcz|zwrot|nedoručiteln|nedoručen|vrácen|недоставлен|не доставлен"
    r"|не удалось доставить|доставка не удалась|доставить не удалось|невозможно доставить|ошибка доставки|возврат|teslim edilemedi|iletilemedi|gönderilemedi|退信|无法(?:投递|送达|发送)|無法(?:傳遞|投遞|送達)"
    r"|投递失败|退回|传输失败|传送失败|系统退信|配信不能|送信不能|配信できません|送信できません|不達|未配信|エラーメール|配送不能|배달되지|배달할 수|전송 실패|반송|수신 불가",
    re.IGNORECASE,
)

BOUNCE_WORDS = re.compile(
    r"could\s+not\s+be\s+delivered|(?:was|were|not)\s+(?:un)?deliver(?:ed|able)|unable\s+to\s+deliver|delivery\s+(?:has\s+)?(?:failed|to\s+the)"
    r"|failed\s+to\s+(?:deliver|reach)|did\s+not\s+reach|permanent\s+(?:fatal\s+)?(?:error|failure)|fatal\s+errors?|user\s+unknown"
    r"|no\s+such\s+(?:user|recipient|mailbox)|unknown\s+(?:user|address|recipient)|returned\s+(?:mail|to\s+(?:the\s+)?sender|message)|host\s+unknown"
    r"|(?:mailbox|quota)\s+(?:is\s+)?(?:full|exceeded|unavailable)|over\s+quota|recipient\s+(?:rejected|not\s+found|address)|transcript\s+of\s+session"
    r"|undeliver|(?:was|been)\s+rejected|cannot\s+be\s+delivered|can't\s+be\s+delivered|not\s+been\s+delivered|had\s+(?:delivery\s+)?(?:problems|errors)"
    r"|550[\s-]|554[\s-]|5\.\d\.\d{1,2}|konnte\s+nicht|nicht\s+zugestellt|n'a\s+pas\s+pu|no\s+pudo|não\s+pôde|non\s+è\s+stato|不能|无法|無法|できません|エラー",
    re.IGNORECASE,
)

NOTICE_SUBJECT = re.compile(
    r"\s*(?:\[postmaster\]\s*)?(?:undeliver(?:ed|able)\b|non-?deliver(?:y|able)\b|return(?:ed|ing) (?:mail|message|email)\b|returned to sender|mail system error"
    r"|(?:(?:mail|e-?mail|message|permanent|final)\s+){0,3}deliver(?:y|ing)\s+(?:has )?(?:status|failure|failed|warning|notification|report|problem|error|unsuccessful|delayed|incomplete)"
    r"|(?:mail )?failure (?:notice|delivery)|failed (?:mail|delivery)\b|(?:your )?(?:mail|message|e-?mail)\b.{0,120}(?:could not|can ?not) be (?:delivered|sent)"
    r"|unzustellbar|nicht zustellbar|ihre (?:nachricht|e-?mail).{0,80}nicht zugestellt|non (?:remis|distribu|délivr)|mail retourné|no se (?:puede|pudo|ha podido) entreg"
    r"|correo no entregado|error de entrega|non recapit|manca(?:to recapito|ta consegna)|impossibile recapitare|não (?:é possível|foi possível|pôde) (?:ser )?entreg"
    r"|falha na entrega|onbestelbaar|olever|ej levererat|kan ikke leveres|ikke lever(?:et|t)|kunne ikke leveres|uleverbar|kan inte leverera|leveringsfejl"
    r"|toimittaminen epäonnistui|toimitus epäonnistui|perille toimittamaton|niedostarcz|nie (?:można|udało się) dostarcz|nedoručiteln|nedoručen|недоставлен|не доставлен"
    r"|(?:ваше )?(?:сообщение|письмо) не доставлено|не удалось доставить|доставка не удалась|доставить не удалось|невозможно доставить|ошибка доставки|teslim edilemedi|iletilemedi"
    r"|(?:系统)?退信|无法(?:投递|送达|传递)|無法(?:傳遞|投遞|送達)|(?:邮件)?(?:投递|传输)失败|(?:メール|メッセージ)(?:を|が)?(?:配信|送信)できません|配信不能|送信不能|不達|未配信|配送不能"
    r"|배달되지|배달할 수|전송 실패|반송|메일 전송 실패"
    r"|\W{0,3}message you sent blocked by|message status - |nachrichtenstatus - |(?:banned|virus) \S.{0,200} from you\b|considered unsolicited bulk email, apparently from you"
    r"|benachricht(?:ig)?ung (?:zum|über den) (?:übermittlungs|zustell)status|notification d'état de remise|notificación de estado de entrega|notifica (?:sullo|dello) stato de"
    r"|notificação de status de entrega|уведомление о состоянии доставки|配信状態の通知|verzögerte zustellung|zustellfehler:|delivery delayed:|未送达|kézbesíthetetlen|det går inte att leverera)",
    re.IGNORECASE,
)
"""With what a notice's subject begins; people who write about one begin elsewhere."""

NOTICE_TEXT = re.compile(
    r"^[ \t>*=_-]{0,80}(?:this is (?:the (?:mail|e-?mail|qmail|postfix)\b|an? (?:mail delivery|automat(?:ed|ically generated) (?:alert|delivery)))"
    r"|this message was (?:created|generated) automatically|hi\. this is the |i'm (?:sorry|afraid)[^\n]{0,20} (?:to have to inform you|wasn't able to deliver)"
    r"|your (?:message|mail|e-?mail) (?:with subject:|did not reach (?:some|the following)|(?:could not|cannot|can't) be delivered to|was not delivered to|has encountered delivery)"
    r"|delivery (?:to the following|has failed to|failed \d)|(?:the|each of the) following (?:recipients?|address(?:es)?|message|mail|e-?mail)\b[^\n]{0,40}(?:could|did|had|was|were|failed|cannot)"
    r"|(?:the )?transcript of session|the original message was received|an error (?:was detected|occurred) while (?:processing|sending|delivering)"
    r"|unable to deliver (?:the |your |this )?(?:mail|message|e-?mail) to|message (?:could not be delivered to|from interscan)|error: invalid (?:user|address|recipient)"
    r"|(?:ihre|die(?: folgende)?) (?:nachricht|e-?mail) (?:konnte nicht (?:zugestellt|übermittelt)|hat (?:einige|die folgenden))|votre message n'a pas (?:pu être|été) (?:remis|distribu|délivr)"
    r"|(?:su|tu) (?:mensaje|correo) no (?:pudo|se pudo|se ha podido|ha podido) (?:ser )?entreg|(?:il )?(?:suo )?messaggio non è stato (?:recapitato|consegnato)"
    r"|ваше (?:сообщение|письмо) не (?:было )?(?:доставлено|может быть)|fehler bei der nachrichtenzustellung an|die zustellung an diese empfänger|échec de la remise à ces|delivery to these recipients|ihre (?:nachricht|e-?mail) an \S+@\S+ konnte nicht"
    r"|(?:su|tu) mensaje (?:a|para) \S+@\S+ no (?:pudo|se)|your (?:message|e-?mail) to:? \S+@\S+\s{1,3}(?:was blocked|was rejected|could not be|couldn't be)|votre message (?:adressé )?à \S+@\S+ n'a"
    r"|our content checker found|ваше письмо не может быть|您的邮件无法|this is a delivery status notification"
    r"|このメールは「|次のあて先へのメッセージ|以下のメールアドレスへの送信に失敗|您(?:的|发送的)邮件(?:无法|未能|被退))",
    re.IGNORECASE | re.MULTILINE,
)
"""With what a line of a notice begins, near its top, and no letter of a person."""

ASKING = re.compile(
    r"\?(?=[\s\"')»”]|$)|[？؟]|[α-ωά-ώ][;\u037e](?=\s|$)"
    r"|please (?:fix|look|help|advise|investigate|un-?block|white-?list|let (?:me|us)|send (?:us|me|a|an|it)|check (?:this|it))\b|please check\s?[.!]|\byour (?:domain|server|firewall|spam ?filter)\b"
    r"|bitte (?:um (?:prüfung|hilfe|klärung|rückmeldung|rückruf)|(?:\w+ )?(?:prüfen|beheben|freischalten|freigeben|helfen))\b"
    r"|merci (?:de|d['’])|por favor (?:revis|ayud|arregl)|per favore (?:verific|control|aiut)",
    re.IGNORECASE,
)
"""How a person asks for something, who writes of what does not arrive."""

MACHINE_WORDS = re.compile(
    r"mail|delivery|daemon|system|administ|\badmin\b|post_?master|server|service|gateway|rout(?:er|ing)|virus|spam|filter|firewall"
    r"|scan|security|notif|report|exchange|outlook|microsoft|internet|smtp|\bmta\b|\bmx\b|content|bounce|auto|no-?reply|quarant"
    r"|messag|symantec|sophos|barracuda|mimecast|proofpoint|ironport|amavis|robot|\bbot\b|\bndr\b|post ?office|lotus|domino|network|postino|dienst\b|zustell|return|undeliver|failure|error"
    r"|管理|システム|系统|系統|почт|систем",
    re.IGNORECASE,
)
"""Words in the names that programs and their offices have, and hardly any person."""

GREETING = re.compile(
    r"\s*(?:(?:hello|hi|hey)\b|dear (?!sender|user|customer(?! (?:support|service|care)))|good (?:morning|afternoon|day|evening)|guten (?:tag|morgen|abend)|hallo|moin|servus|liebe[rs]?\b|sehr geehrte"
    r"|to whom(?:so)? ?(?:ever)? (?:it|this) may concern|greetings|grüß (?:gott|dich|euch)|grüss (?:gott|di)|grüezi|mahlzeit|werte[rs]?\b|messieurs|ch(?:er|ère)s?\b|cari?\b|egregi|caros?\b|prezzad"
    r"|tisztelt|kedves|üdvöz|jó (?:napot|reggelt|estét)|szia|köszön|γει[αά]|καλη[μσ]|αγαπητ|αξι[οό]τιμ|κύρι|ευχαριστ|שלום|היי|בוקר טוב|ערב טוב|צהריים טובים|לכבוד|תודה"
    r"|مرحبا|السلام عليكم|السادة|السيد|تحية|صباح الخير|مساء الخير|عزيز|شكرا|سلام|доброго (?:дня|ранку|вечора|времени)|добр(?:ий|идень)|вітаю|шановн|дякую|привіт|здрастуйте"
    r"|szanown|cześć|vážen|bună|stimat|mulțumesc|poštovan|dobar dan|pozdravljeni|здравей|hyvä|terve\b|päivää|kära|kære|iyi (?:günler|akşamlar)|selam|xin chào|chào|kính gửi|selamat|halo\b|สวัสดี|เรียน|नमस्ते|拝啓|いつも|尊敬的"
    r"|bonjour|bonsoir|salut|madame|monsieur|buen[oa]s|hola|estimad|buongiorno|salve|ciao|gentile|spett|bom dia|boa tarde|olá|prezad|goede|beste|geachte|hej|hei\b|god (?:dag|morgen)"
    r"|dzień dobry|witam|dobrý den|ahoj|здравствуйте|добрый|привет|уважаем|merhaba|sayın|您好|你好|お世話|こんにちは|안녕"
    r"|thank|danke|merci|gracias|grazie|obrigad|bedankt|dank\b|tack\b|takk?\b|kiitos|dziękuję|děkuji|спасибо|teşekkür|谢谢|謝謝|ありがとう|감사)(?!\W{1,40}this is the (?:mailer|mail delivery|qmail|postfix))(?!\. this is the )[^\n]{0,60}(?:\n\s{0,20}\S|[,!.。，！]\s{0,20}\S)",
    re.IGNORECASE,
)
"""How a person begins, who greets or thanks and goes on."""

PASSED_ON = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|ilt|pd|转发|轉寄|轉發|転送|전달|пересл)\s*[:：]",
    re.IGNORECASE,
)
"""What programs put before the subject of a letter that they pass on."""

RULE_FIELDS = frozenset(
    {b"x-ms-exchange-inbox-rules-loop", b"x-ms-exchange-generated-message-source"}
)
"""What Exchange sets for whatever a rule of an inbox sends: its answers, and letters passed on."""

BOUNCE_ADDRESS = re.compile(r"(?:^|[-_+.=])bounces?(?:$|[-_+=])", re.IGNORECASE)
"""An address that nobody writes to: only what comes back goes there."""

AUTO_SUBJECT = re.compile(
    r"\s*(?:\[?auto(?:matic(?:ally generated)?|mated|mat(?:ed|ic))?[ -]?(?:reply|response|responder|answer)\]?\s*(?:[:：\-–]|$|from(?! your)\b|to(?:\s*[:：]|\s+(?:your|you|re|aw|message|e-?mail)\b|\s+[\"'\[]|\s+\S{1,64}@))|auto(?:-reply|reply|response|responder)?\s*:"
    r"|out of (?:the )?office(?: auto-?(?:matic )?reply)?\s*[:：]|ooo\s*:|vacation(?: reply| response| message| notice)?\s*:|away from (?:my |the )?(?:office|mail)\s*:"
    r"|abwesenheits(?:notiz|nachricht|meldung|assistent|agent)\s*(?:[:：\-]|$)|automatische (?:antwort|rückantwort|abwesenheit\w*)\s*(?:[:：\-]|$)|autom\. antwort\s*:"
    r"|réponse automatique\s*(?:[:：\-]|$)|message d'absence\s*[:：]|absence du bureau\s*[:：]|respuesta automática\s*(?:[:：\-]|$)|fuera de (?:la )?oficina\s*[:：]"
    r"|risposta automatica\s*(?:[:：\-]|$)|fuori (?:sede|ufficio)\s*[:：]|resposta automática\s*(?:[:：\-]|$)|ausência (?:temporária|do escritório)\s*[:：]"
    r"|automatisch antwoord\s*(?:[:：\-]|$)|afwezigheids(?:bericht|melding|assistent)\s*(?:[:：\-]|$)|niet aanwezig\s*[:：]|autosvar\s*(?:[:：\-]|$)|automatiskt svar\s*(?:[:：\-]|$)"
    r"|frånvaro(?:meddelande)?\s*[:：]|automatisk svar\s*(?:[:：\-]|$)|fravær(?:sbesked|smelding)?\s*[:：]|automaattinen vastaus\s*(?:[:：\-]|$)|poissaoloviesti\s*(?:[:：\-]|$)|poissa\s*[:：]"
    r"|(?:odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź)\s*(?:[:：\-]|$)|automatická odpověď\s*(?:[:：\-]|$)|(?:автоответ|автоматический ответ|автоматична відповідь)\s*(?:[:：\-]|$)"
    r"|otomatik (?:yanıt|cevap)\s*(?:[:：\-]|$)|自动(?:回复|答复)\s*(?:[:：\-]|$)|自動(?:回覆|回復|応答|返信)\s*(?:[:：\-]|$)|不在通知\s*(?:[:：\-]|$)|자동\s?(?:회신|응답)\s*(?:[:：\-]|$)|부재중\s*[:：]"
    r"|(?:i am |i'm )?(?:out of (?:the )?office|on vacation|on leave|away)(?=.{0,20}\bre:)|abwesen(?:d|heit)\s*(?:[:：]|re:|aw:)|ich bin nicht im büro"
    r"|absent(?:\(e\)|e)? du bureau\s*[:：]|assente\s*[:：]|fora do escritório\s*[:：]|afwezig\s*[:：]|ikke til stede\s*[:：]|poza biurem\s*[:：]|mimo kancelář\s*[:：]"
    r"|ofis dışında\s*[:：]|нет на (?:месте|работе)\s*[:：]|不在\s*[:：]|外出(?:通知|自动回复)\s*[:：]|부재\s?중\s*[:：]"
    r"|[\[【（(〔「『<*]{0,2}\s{0,3}(?:automatisk(?:e)? svar|automatsvar|automatiskt (?:svar|meddelande)|frånvaroassistent|fraværs(?:melding|meddelelse|assistent)"
    r"|automaattinen (?:vastaus|poissaoloviesti|ilmoitus)|automaattivastaus|poissaolo(?:ilmoitus|vastaus)|odpowied[zź] automatyczna|automatyczna (?:odpowied[zź]|wiadomość)"
    r"|auto-?odpowied[zź]|automatická (?:odpov[ěe]ď|odpoveď|zpráva)|automatikus (?:válasz|üzenet)|r[ăa]spuns automat|mesaj automat|ответ автоответчика|автоответчик|автовідповід(?:ь|ач)|автоматична відповідь"
    r"|автоматичен отговор|аутоматски одговор|automatski odgovor|samodejni odgovor|otomatik (?:yanıt|cevap|mesaj)(?: mesajı)?|(?:αυτόματη|αυτοματοποιημένη) απάντηση|(?:תגובה|תשובה|הודעה) אוטומטית|מענה אוטומטי"
    r"|(?:ال)?رد (?:ال)?(?:تلقائي|آلي)|(?:إجابة|استجابة) (?:تلقائية|آلية)|پاسخ خودکار|(?:การ|ข้อความ)?ตอบ(?:กลับ)?(?:โดย)?อัตโนมัติ|(?:thư |tin nhắn )?(?:trả lời|phản hồi|hồi đáp) tự động|tự động trả lời"
    r"|(?:balasan|jawaban|jawapan|respons) (?:otomatis|automatik)|automaat(?:ne )?vastus|automātisk[āa] atbilde|automatinis atsakymas|sjálfvirkt svar|resposta automàtica|erantzun automatikoa|स्वचालित (?:उत्तर|प्रतिक्रिया)"
    r"|自動(?:返信|応答|回答|回[覆復信]|答[覆复])(?:メール|メッセージ|通知|[邮郵]件)?|(?:外出|不在|休假)?(?:时|時|中)?的?(?:自[动動])(?:回[复覆信]|答[复覆]|应答)(?:[邮郵]件)?|不在(?:応答|返信|メッセージ)(?:メール)?"
    r"|(?:부재\s?중?\s?)?자동\s?(?:회신|응답|답장|답변)(?:\s?(?:메일|메시지))?|부재\s?중?\s?(?:응답|회신|메시지|알림|안내))\s{0,3}(?:[\]】）)〕」』>:：\-–—]|$))",
    re.IGNORECASE,
)
"""With what the subject begins of a program's answer, or of somebody's who is away."""

AWAY_SUBJECT = re.compile(
    r"\s*[\[【（(〔「『<*]{0,2}\s{0,3}(?:(?:jeg er |jag är )?(?:ikke (?:på kontoret|til stede)|ute av kontoret|borte fra kontoret|ude af (?:kontoret|huset)|(?:inte|ej) på (?:kontoret|plats)|utanför kontoret|fraværende|frånvarande|frånvaro|fravær|på ferie|på semester|bortreist)"
    r"|(?:olen )?(?:lomalla|vuosilomalla|poissa(?: toimistosta| töistä)?)|en ole (?:toimistolla|paikalla|töissä)|ei paikalla|poissaolo|(?:jestem )?(?:poza biurem|nieobecn[ya](?: w biurze)?|na urlopie)|nieobecno[sś][cć](?: w biurze)?|urlop"
    r"|mimo kancel[áa][řr][ie]?|nepřítomn(?:ost|[áy])(?: v kanceláři)?|nepřítomen|nejsem v kanceláři|(?:jsem )?na dovolené|dovolená|mimo kancelári[eu]|neprítomn(?:osť|[áý])|nie som v kancelárii|(?:som )?na dovolenke|dovolenka"
    r"|(?:házon|irodán) kívül|távol(?:lét| vagyok|léti (?:üzenet|értesítés))|nem vagyok az irodában|szabadság(?:on)?(?: vagyok)?|(?:[îi]n )?afara biroului|plecată? din birou|absentă?(?: de la birou| din birou)?|nu sunt la birou|(?:[îi]n )?concediu"
    r"|(?:я )?(?:вне офиса|(?:нет|не) в офисе|нет на (?:месте|работе|рабочем месте)|отсутству(?:ю|ет)(?: на (?:работе|рабочем месте)| в офисе)?|в отпуске)|отсутствие(?: на (?:работе|рабочем месте)| в офисе)?|уведомление об отсутствии|отпуск"
    r"|(?:я )?(?:поза офісом|не в офісі|немає (?:на (?:місці|роботі|робочому місці)|в офісі)|у відпустці)|відсутн(?:ість|ій|я)(?: на (?:роботі|робочому місці))?|відпустка|извън офиса"
    r"|[iİ]şyeri dışında(?:yım)?|ofis dışı(?:nda(?:yım)?)?|ofiste değilim|yerinde değil|[iİ]zinde(?:yim)?|tatilde(?:yim)?|yıllık izin(?:de(?:yim)?)?|εκτός γραφείου|απουσία(?: από το γραφείο)?|απουσιάζω|λείπω|σε άδεια"
    r"|מחוץ למשרד|לא במשרד|אינ?ני במשרד|הודעת היעדרות|היעדרות|בחופשה|(?:أنا )?(?:خارج المكتب|لست في المكتب|غير موجود في المكتب|في إجازة)|إجازة|ไม่อยู่(?:ที่)?(?:สำนักงาน|ออฟฟิศ|ที่ทำงาน)?|นอกสำนักงาน|ลาพักร้อน|ลางาน"
    r"|vắng mặt(?: tại văn phòng)?|ngoài văn phòng|không có (?:mặt )?(?:ở|tại) văn phòng|đi vắng|nghỉ phép|(?:sedang )?(?:di luar (?:kantor|pejabat)|tidak (?:berada )?di kantor|cuti)|izvan ureda|odsotnost|odsot(?:en|na)|kontorist väljas"
    r"|nicht im büro|außer haus|(?:im )?urlaub|ferienabwesenheit|absente?(?: du bureau)?|(?:hors|absence) du bureau|en congés?|ausente|ausencia|fuera de la oficina|de vacaciones|assente|in ferie|fuori (?:ufficio|sede)|ausência|fora do escritório|de férias|niet op kantoor|(?:met|op) vakantie"
    r"|out of (?:the )?office|(?:on )?(?:annual leave|vacation|holiday)|on leave|不在(?:中|です|のお知らせ|のご連絡|のご案内|通知)?|(?:外出|休暇|出張)(?:中|通知)|休假中?|外出|出差中?|不在[办辦]公室|부재\s?중?|휴가\s?중?|외출\s?중?|출장\s?중?)"
    r"\s{0,3}(?:[\]】）)〕」』>:：]|$|(?=(?:re|sv|vs|aw|odp|ynt|vá)\s?:))",
    re.IGNORECASE,
)
"""With what a subject begins where somebody is away, in words that people write as well."""

ABSENT_SUBJECT = re.compile(
    r"(?!.{0,40}?(?:autom\b|auto(?:mat|maat|māt)|samodejn|sjálfvirk|auto[ -]?(?:rep|res|ans)|autosvar|auto(?:-?odp|matick)|otomat|автомат|автоо|автовідпов|аутомат|αυτ[οό]ματ|αυτοματ"
    r"|אוטומטי|تلقائي|آلي|خودکار|อัตโนมัติ|tự động|स्वचालित|自动|自動|자동))",
    re.IGNORECASE | re.DOTALL,
)
"""What a subject begins with that names only an absence, or a car: no word for a program's answer."""

ASKED = re.compile(
    r"[?？؟]|^\W{0,4}(?:how|what|why|when|where|who|which|can|could|does|do|wie|was|warum|wieso|wann|wo|wer|welche[rs]?|kann|können|comment"
    r"|pourquoi|quand|quel(?:le)?s?|cómo|como|por qué|cuándo|come|perché|quando|hoe|waarom|wanneer|hur|varför|hvordan|hvorfor|jak|dlaczego|proč"
    r"|как|почему|когда|як|чому|коли|nasıl|neden|hogyan|miért|miten|miksi)\b|^\W{0,4}(?:如何|怎么|怎麼|为什么|為什麼|どう|なぜ|어떻게|왜)"
    r"|\b(?:does|do|did|is|are|will|can)(?: not|n['’]t)\b|\bcannot\b|not working|\bfails?\b|\bbroken\b|(?:geht|funktioniert|klappt|startet) nicht|nicht (?:möglich|aktiv)"
    r"|ne (?:marche|fonctionne) p(?:as|lus)|no (?:me )?funciona|non funziona|não funciona|werkt niet|nie działa|nefunguje|не (?:работает|працює)|fungerar inte|virker ikke"
    r"|fungerer ikke|ei toimi|çalışmıyor|nem működik|不能|无法|無法|できません|動きません",
    re.IGNORECASE,
)
"""How people go on who write about an absence: they ask, or it does not work."""

SAYS_AUTOMATIC = re.compile(
    r"(?:this is an auto(?:matic|mated|matically generated)? ?(?:vacation |out[ -]of[ -]office |e-?mail )?"
    r"(?:reply|response|answer|message)|这是(?:一封)?(?:来自.{1,20}的)?(?:假期)?自动(?:回复|答复)"
    r"|這是(?:一封)?(?:來自.{1,20}的)?(?:假期)?自動(?:回覆|回复|答覆)|これは自動(?:返信|応答)"
    r"|dies ist eine automatische (?:antwort|abwesenheits)|ceci est une réponse automatique"
    r"|esta es una respuesta automática|questa è una risposta automatica"
    r"|esta é uma resposta automática|dit is een automatisch (?:antwoord|bericht))[^\n?？]{0,300}(?:\n|$)",
    re.IGNORECASE,
)
"""How an answer begins of which its subject says that it is automatic, and its words, too."""

REPLY_FIELDS = (
    b"x-autoreply",
    b"x-auto-reply",
    b"x-autoreply-from",
    b"x-auto-reply-from",
    b"x-mail-autoreply",
    b"x-autorespond",
    b"x-autoresponder",
    b"x-auto-respond",
    b"x-autogenerated",
    b"x-fc-machinegenerated",
    b"x-vacation",
    b"x-rt-auto-reply",
    b"x-ms-exchange-generated-message-source",
    b"x-ms-exchange-inbox-rules-loop",
    b"x-gitlab-autoreply",
    b"x-loop-autoreply",
    b"x-yahoo-autoresponder",
    b"x-zohomail-autoreply",
    b"x-cron-env",
    b"x-zendesk-autoreply",
)
"""Fields that only answering programs set."""

REPLY_WORDS = (
    (b"precedence", "auto_reply"),
    (b"x-precedence", "auto_reply"),
    (b"preference", "auto_reply"),
    (b"x-post-messageclass", "autoresponder"),
    (b"delivered-to", "autoresponder"),
)
"""Words by which answering programs mark their letters, and the fields that have them."""

LIST_FIELDS = (
    b"list-id",
    b"list-post",
    b"mailing-list",
    b"x-mailing-list",
    b"x-mailman-version",
    b"x-beenthere",
)
"""Fields that only mailing lists set (RFC 2919, RFC 2369, and older)."""

CHALLENGE_FIELDS = (
    b"x-tmda-confirm",
    b"x-challenge-response",
    b"x-spamarrest-challenge",
    b"x-choicemail-registration-request",
    b"x-boxbe-challenge",
    b"x-asg-challenge",
)

CHALLENGE_SUBJECT = re.compile(
    r"(?:please )?(?:confirm|verify|authenticate) (?:your )?(?:message|e-?mail|delivery|sender|you are)|requires? (?:confirmation|verification|your approval)"
    r"|challenge|confirmation required|bestätigen sie ihre|veuillez confirmer|confirme (?:su|seu|o seu)|conferma (?:il|la)|bevestig uw",
    re.IGNORECASE,
)


CHALLENGERS = re.compile(r"(?:[\w-]{1,63}\.){0,3}(?:boxbe|spamarrest)\.com", re.IGNORECASE)
"""Where nothing is but a service that asks senders to prove that they are people."""

NO_REPLY = re.compile(
    r"(?:please[-_.]?)?(?:no|do[-_.]?not|don'?t)[-_.]?reply(?:[-_.+=][0-9a-f-]{0,64})?",
    re.IGNORECASE,
)
"""The whole local part of an address that says in English that it takes no answer."""

PROGRAM_NAME = re.compile(
    r"microsoft (?:outlook|exchange)|postmaster|mail router|mail delivery", re.IGNORECASE
)
"""The whole of a name that no person has, whatever the address."""

MTA_SUBJECT = re.compile(
    r"\s*(?:undelivered mail returned to sender|mail delivery failed: returning|returned mail: |failure notice$"
    r"|delivery failure notice$|delivery status notification|non-?delivery report|mail system error)",
    re.IGNORECASE,
)
"""Subjects that nothing but a mail server writes."""

_NO_PATH = (b"<>", b"<mailer-daemon>", b"<mailer-daemon@")  # the second is Sendmail's spelling


def null_path(fields: Fields) -> bool:
    """Whether nobody is told if the letter fails (RFC 5321 section 4.5.5)."""
    if b"return-path" not in fields:
        return False
    path = fields.raw(b"return-path").strip().lower()
    return not path or path.startswith(_NO_PATH)


def within(subject: str) -> str:
    """The subject of a letter that was passed on."""
    found = PASSED_ON.match(subject)
    return subject[found.end() :] if found else subject


def personal(name: str) -> bool:
    """Whether it is a name as people and firms have: two words or more, and none of a machine."""
    return len(name.split()) > 1 and "@" not in name and not MACHINE_WORDS.search(name)


def bulk(fields: Fields) -> bool:
    """Whether a letter is sent to many, as its Precedence says (RFC 2076 section 3.9)."""
    return fields.word(b"precedence") in {"bulk", "junk", "list"}


def suppressed(fields: Fields) -> list[str]:
    """Which automatic answers a letter asks not to get ([MS-OXCMAIL] section 2.1.3.2.20)."""
    return re.findall(r"[a-z]+", fields.word(b"x-auto-response-suppress"))
