"""By what machines betray themselves: fields, senders, subjects and words, in many languages."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

DAEMON = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|mailerdaemon|post[-_]?master\W*|ndr|\w*anti-?virus\w*|post_?office|mdaemon|mail-delivery-(?:sub)?system"
    r"|mailer|mail_?router|smtp-?daemon|majordomo|uucp|nobody-bounce|bounces?|mail-?system|microsoftexchange[0-9a-f]*"
    r"|internet-?mail-?delivery|mmdf|no-?reply-bounce|delivery-?notification|listserv|autoanswer|mail-?admin"
    r"|postino|mta|mxdaemon|mail)$",
    re.IGNORECASE,
)
DAEMON_NAME = re.compile(
    r"mail delivery (?:sub)?system|mailer-daemon|mail (?:administrator|system|router)|delivery (?:subsystem|notification)"
    r"|system administrator|postmaster|microsoft (?:outlook|exchange)$|mail-?delivery|internet mail delivery"
    r"|systemadministrator|administrateur système|administrador del sistema|amministratore di sistema|administrador do sistema"
    r"|システム管理者|系统管理员|系統管理員",
    re.IGNORECASE,
)

BOUNCE_SUBJECT = re.compile(
    r"undeliver|non-?deliver|not deliver|returned (?:mail|to sender|message)|return(?:ed|ing) (?:mail|message|email)"
    r"|deliver\w* (?:status|fail|problem|error|report|notification|notice|unsuccessful|has failed|impossible|delay|incomplete)"
    r"|fail(?:ure|ed)? (?:notice|delivery|to deliver|mail|message)|mail (?:delivery|error|failure|failed|system error|could not)"
    r"|(?:message|mail|e-?mail) (?:delivery|not|could not|can ?not|status|undeliver|returned|failed|rejected|delayed|warning|has been rejected)"
    r"|could not (?:be )?(?:send|sent|deliver)|cannot (?:be )?(?:send|sent|deliver)|unable to deliver|rejected(?: mail| message|:)"
    r"|user (?:unknown|not known)|no such user|notification d'état|warning: (?:could not|message|mail)|bounce|dsn|nondeliverable"
    r"|delivery confirmation|mailbox (?:full|unavailable)|quota|over ?quota|bad address|unzustellbar|nicht zustellbar|nicht zugestellt"
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

BOUNCE_ADDRESS = re.compile(r"(?:^|[-_+.=])bounces?(?:$|[-_+=])", re.IGNORECASE)
"""An address that nobody writes to: only what comes back goes there."""

AUTO_SUBJECT = re.compile(
    r"\s*(?:\[?auto(?:matic(?:ally generated)?|mated|mat(?:ed|ic))?[ -]?(?:reply|response|responder|answer)\]?\s*(?:[:：\-–]|$|from|to)|auto(?:-reply|reply|response|responder)?\s*:"
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
    r"|automatikus válasz\s*(?:[:：\-]|$)|răspuns automat\s*(?:[:：\-]|$)|αυτόματη απάντηση\s*(?:[:：\-]|$))",
    re.IGNORECASE,
)

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
