"""How mail programs announce what they quote and forward, in the languages that must be read."""

GMAIL = {
    "en": "On Mon, Jun 3, 2024 at 10:00 AM Anna Berg <anna@example.com> wrote:",
    "de": "Am Mo., 3. Juni 2024 um 10:00 Uhr schrieb Anna Berg <anna@example.com>:",
    "fr": "Le lun. 3 juin 2024 à 10:00, Anna Berg <anna@example.com> a écrit :",
    "es": "El lun, 3 jun 2024 a las 10:00, Anna Berg (<anna@example.com>) escribió:",
    "it": "Il giorno lun 3 giu 2024 alle ore 10:00 Anna Berg <anna@example.com> ha scritto:",
    "pt": "Em seg., 3 de jun. de 2024 às 10:00, Anna Berg <anna@example.com> escreveu:",
    "nl": "Op ma 3 jun 2024 om 10:00 schreef Anna Berg <anna@example.com>:",
    "sv": "Den mån 3 juni 2024 kl 10:00 skrev Anna Berg <anna@example.com>:",
    "da": "Den man. 3. jun. 2024 kl. 10.00 skrev Anna Berg <anna@example.com>:",
    "nb": "man. 3. juni 2024 kl. 10:00 skrev Anna Berg <anna@example.com>:",
    "fi": "ma 3. kesäk. 2024 klo 10.00 Anna Berg (anna@example.com) kirjoitti:",
    "pl": "pon., 3 cze 2024 o 10:00 Anna Berg <anna@example.com> napisał(a):",
    "cs": "po 3. 6. 2024 v 10:00 odesílatel Anna Berg <anna@example.com> napsal:",
    "ru": "пн, 3 июн. 2024 г. в 10:00, Anna Berg <anna@example.com>:",
    "tr": "Anna Berg <anna@example.com>, 3 Haz 2024 Pzt, 10:00 tarihinde şunu yazdı:",
    "zh": "Anna Berg <anna@example.com> 于2024年6月3日周一 10:00写道：",
    "zh-TW": "Anna Berg <anna@example.com> 於 2024年6月3日 週一 上午10:00寫道：",
    "ja": "2024年6月3日(月) 10:00 Anna Berg <anna@example.com>:",
    "ko": "2024년 6월 3일 (월) 오전 10:00, Anna Berg <anna@example.com>님이 작성:",
}

APPLE = {
    "en": "On 3 Jun 2024, at 10:00, Anna Berg <anna@example.com> wrote:",
    "de": "Am 03.06.2024 um 10:00 schrieb Anna Berg <anna@example.com>:",
    "fr": "Le 3 juin 2024 à 10:00, Anna Berg <anna@example.com> a écrit :",
    "es": "El 3 jun 2024, a las 10:00, Anna Berg <anna@example.com> escribió:",
    "it": "Il giorno 3 giu 2024, alle ore 10:00, Anna Berg <anna@example.com> ha scritto:",
    "pt": "No dia 03/06/2024, às 10:00, Anna Berg <anna@example.com> escreveu:",
    "nl": "Op 3 jun 2024, om 10:00 heeft Anna Berg <anna@example.com> het volgende geschreven:",
    "sv": "3 juni 2024 kl. 10:00 skrev Anna Berg <anna@example.com>:",
    "da": "Den 3. jun. 2024 kl. 10.00 skrev Anna Berg <anna@example.com>:",
    "nb": "3. jun. 2024 kl. 10:00 skrev Anna Berg <anna@example.com>:",
    "fi": "Anna Berg <anna@example.com> kirjoitti 3.6.2024 kello 10.00:",
    "pl": "Wiadomość napisana przez Anna Berg <anna@example.com> w dniu 3 cze 2024, o godz. 10:00:",
    "cs": "3. 6. 2024 v 10:00, Anna Berg <anna@example.com>:",
    "ru": "3 июня 2024 г., в 10:00, Anna Berg <anna@example.com> написал(а):",
    "tr": "Anna Berg <anna@example.com> şunları yazdı (3 Haz 2024 10:00):",
    "zh": "2024年6月3日 10:00，Anna Berg <anna@example.com> 写道：",
    "ja": "2024/06/03 10:00、Anna Berg <anna@example.com>のメール:",
    "ko": "2024. 6. 3. 오전 10:00, Anna Berg <anna@example.com> 작성:",
}

THUNDERBIRD = {
    "en": "On 6/3/24 10:00, Anna Berg wrote:",
    "de": "Am 03.06.24 um 10:00 schrieb Anna Berg:",
    "fr": "Le 03/06/2024 à 10:00, Anna Berg a écrit :",
    "es": "El 3/6/24 a las 10:00, Anna Berg escribió:",
    "it": "Il 03/06/24 10:00, Anna Berg ha scritto:",
    "pt": "Em 03/06/2024 10:00, Anna Berg escreveu:",
    "nl": "Op 03-06-2024 om 10:00 schreef Anna Berg:",
    "sv": "Den 2024-06-03 kl. 10:00, skrev Anna Berg:",
    "da": "Den 03-06-2024 kl. 10:00 skrev Anna Berg:",
    "nb": "Den 03.06.2024 10:00, skrev Anna Berg:",
    "fi": "Anna Berg kirjoitti 3.6.2024 klo 10.00:",
    "pl": "W dniu 3.06.2024 o 10:00, Anna Berg pisze:",
    "cs": "Dne 03. 06. 24 v 10:00 Anna Berg napsal(a):",
    "ru": "03.06.2024 10:00, Anna Berg пишет:",
    "tr": "3.06.2024 10:00 tarihinde Anna Berg yazdı:",
    "zh": "在 2024/6/3 10:00, Anna Berg 写道:",
    "ja": "On 2024/06/03 10:00, Anna Berg wrote:",
    "ko": "2024-06-03 오전 10:00에 Anna Berg 이(가) 쓴 글:",
}

_WHO = "Anna Berg <anna@example.com>"
OUTLOOK = {
    "en": ("From:", "Sent:", "To:", "Subject:"),
    "de": ("Von:", "Gesendet:", "An:", "Betreff:"),
    "fr": ("De :", "Envoyé :", "À :", "Objet :"),
    "es": ("De:", "Enviado:", "Para:", "Asunto:"),
    "it": ("Da:", "Inviato:", "A:", "Oggetto:"),
    "pt": ("De:", "Enviado:", "Para:", "Assunto:"),
    "nl": ("Van:", "Verzonden:", "Aan:", "Onderwerp:"),
    "sv": ("Från:", "Skickat:", "Till:", "Ämne:"),
    "da": ("Fra:", "Sendt:", "Til:", "Emne:"),
    "nb": ("Fra:", "Sendt:", "Til:", "Emne:"),
    "fi": ("Lähettäjä:", "Lähetetty:", "Vastaanottaja:", "Aihe:"),
    "pl": ("Od:", "Wysłano:", "Do:", "Temat:"),
    "cs": ("Od:", "Odesláno:", "Komu:", "Předmět:"),
    "ru": ("От:", "Отправлено:", "Кому:", "Тема:"),
    "tr": ("Gönderen:", "Gönderildi:", "Kime:", "Konu:"),
    "zh": ("发件人:", "发送时间:", "收件人:", "主题:"),
    "zh-TW": ("寄件者:", "寄件日期:", "收件者:", "主旨:"),
    "ja": ("差出人:", "送信日時:", "宛先:", "件名:"),
    "ko": ("보낸 사람:", "보낸 날짜:", "받는 사람:", "제목:"),
}


def outlook(language: str) -> str:
    """The head that Outlook puts above what is answered."""
    labels = OUTLOOK[language]
    values = (_WHO, "2024-06-03 10:00", "help@example.org", "Printer")
    return "\n".join(f"{label} {value}" for label, value in zip(labels, values, strict=True))


RULED = {
    "en": ("Original Message", "Forwarded message"),
    "de": ("Ursprüngliche Nachricht", "Weitergeleitete Nachricht"),
    "fr": ("Message d'origine", "Message transféré"),
    "es": ("Mensaje original", "Mensaje reenviado"),
    "it": ("Messaggio originale", "Messaggio inoltrato"),
    "pt": ("Mensagem original", "Mensagem encaminhada"),
    "nl": ("Oorspronkelijk bericht", "Doorgestuurd bericht"),
    "sv": ("Ursprungligt meddelande", "Vidarebefordrat meddelande"),
    "da": ("Oprindelig meddelelse", "Videresendt meddelelse"),
    "nb": ("Opprinnelig melding", "Videresendt melding"),
    "fi": ("Alkuperäinen viesti", "Välitetty viesti"),
    "pl": ("Wiadomość oryginalna", "Przekazana wiadomość"),
    "cs": ("Původní zpráva", "Přeposlaná zpráva"),
    "ru": ("Исходное сообщение", "Пересылаемое сообщение"),
    "tr": ("Özgün İleti", "Yönlendirilmiş ileti"),
    "zh": ("原始邮件", "转发的邮件"),
    "ja": ("元のメッセージ", "転送メッセージ"),
    "ko": ("원본 메시지", "전달된 메시지"),
}

WORDS = {
    "en": "Thank you, the printer still makes that noise. Could somebody come by tomorrow?",
    "de": "Danke, der Drucker macht noch immer das Geräusch. Kann bitte jemand vorbeikommen?",
    "fr": "Merci, l'imprimante fait toujours ce bruit. Est-ce que vous pouvez passer demain ?",
    "es": "Gracias, la impresora sigue haciendo el ruido. ¿Puede venir alguien por la mañana?",
    "it": "Grazie, la stampante fa ancora quel rumore. Qualcuno può passare anche domani?",
    "pt": "Obrigado, a impressora ainda faz esse ruído. Alguém pode vir amanhã? Não funciona.",
    "nl": "Bedankt, de printer maakt nog steeds dat geluid. Kan er morgen iemand langskomen?",
    "sv": "Tack, skrivaren låter fortfarande så. Kan någon komma förbi och titta på det?",
    "da": "Tak, printeren laver stadig den lyd. Kan jeg få en til at komme forbi i morgen?",
    "nb": "Takk, skriveren lager fortsatt den lyden. Kan noen komme innom og se på det, hei?",
    "fi": "Kiitos, tulostin pitää yhä sitä ääntä. Voisiko joku tulla huomenna, kun se ei toimi?",
    "pl": "Dziękuję, drukarka nadal wydaje ten dźwięk. Czy ktoś mógłby to jutro zobaczyć, proszę?",
    "cs": "Děkuji, tiskárna pořád vydává ten zvuk. Mohl by se na to prosím někdo podívat?",
    "ru": "Спасибо, принтер всё ещё издаёт этот звук. Не могли бы вы прислать кого-нибудь?",
    "tr": "Teşekkürler, yazıcı hâlâ bu sesi çıkarıyor. Yarın biri gelebilir mi lütfen, çok ve bir?",
    "zh": "谢谢，打印机还是有那个声音。明天可以派人来看看吗？",
    "zh-TW": "謝謝，印表機還是有那個聲音。明天可以派人來看看嗎？",
    "ja": "ありがとうございます。プリンターはまだその音がします。明日どなたか来ていただけますか。",
    "ko": "감사합니다. 프린터에서 아직도 그 소리가 납니다. 내일 누가 와 주실 수 있나요?",
}

OLDER = "We have cleaned the printer.\nPlease tell us whether the noise is gone.\n\nThe help desk"
