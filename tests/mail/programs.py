"""What programs write above what is answered and forwarded, beyond the forms in `forms`."""

# ruff: noqa: E501, SIM905 - lines as they are written

from __future__ import annotations

WROTE = """\
On Mon, 3 Jun 2024 at 10:00, Anna Berg <anna@example.com> wrote:
On Mon, 3 June 2024 at 10:00 am, Anna Berg <anna@example.com> wrote:
On Mon, Jun 3, 2024, 10:00 AM Anna Berg <anna@example.com> wrote:
On Jun 3, 2024, at 10:00 AM, Anna Berg <anna@example.com> wrote:
On Monday, June 3, 2024 at 10:00:00 AM GMT+2, Anna Berg <anna@example.com> wrote:
On Monday, June 3rd, 2024 at 10:00 AM, Anna Berg <anna@example.com> wrote:
On 6/3/2024 10:00 AM, Anna Berg wrote:
On 6/3/24 10:00, Anna Berg via List wrote:
On Mon, 2024-06-03 at 10:00 +0200, Anna Berg wrote:
On Monday, June 3, 2024 10:00:00 AM CEST Anna Berg wrote:
On Mon, Jun 03, 2024 at 10:00:00AM +0200, Anna Berg wrote:
On 2024-06-03 10:00, Anna Berg wrote:
On Mon, Jun 3, 2024, at 10:00 AM, Anna Berg wrote:
On 3 Jun 2024, 10:00 +0200, Anna Berg <anna@example.com>, wrote:
On 3 Jun 2024 at 10:00:00, Anna Berg (anna@example.com) wrote:
On Jun 3 2024, at 10:00 am, Anna Berg <anna@example.com> wrote:
On 06/03/2024 10:00 AM CEST Anna Berg <anna@example.com> wrote:
3 Jun 2024, 10:00 by anna@example.com:
---- On Mon, 03 Jun 2024 10:00:00 +0200 Anna Berg <anna@example.com> wrote ---
On Mon, 3 Jun at 10:00 AM , Anna Berg <anna@example.com> wrote:
At 2024-06-03 10:00:00, "Anna Berg" <anna@example.com> wrote:
At 10:00 AM 6/3/2024, Anna Berg wrote:
On June 3, 2024 10:00:00 AM GMT+02:00, Anna Berg <anna@example.com> wrote:
On June 3, 2024, Anna Berg <anna@example.com> wrote:
>>> Anna Berg <anna@example.com> 03.06.2024 10:00 >>>
Am 3. Juni 2024 um 10:00 schrieb Anna Berg <anna@example.com>:
Am Montag, 3. Juni 2024 um 10:00:00 MESZ hat Anna Berg <anna@example.com> Folgendes geschrieben:
Anna Berg <anna@example.com> hat am 03.06.2024 10:00 CEST geschrieben:
Anna Berg <anna@example.com> schrieb am Mo., 3. Juni 2024, 10:00:
Am Montag, dem 03.06.2024 um 10:00 +0200 schrieb Anna Berg:
Am Montag, 3. Juni 2024, 10:00:00 CEST schrieb Anna Berg:
Am 2024-06-03 10:00, schrieb Anna Berg:
Am 03.06.2024 10:00, schrieb Anna Berg:
Am 3. Juni 2024 10:00:00 MESZ schrieb Anna Berg <anna@example.com>:
Am Mo., Juni 3, 2024 at 10:00 schrieb Anna Berg <anna@example.com>:
Le lun. 3 juin 2024, à 10 h 00, Anna Berg <anna@example.com> a écrit :
Le lundi 3 juin 2024 à 10:00:00 UTC+2, Anna Berg <anna@example.com> a écrit :
Le 03/06/2024 10:00 CEST, Anna Berg <anna@example.com> a écrit :
Le 2024-06-03 10:00, Anna Berg a écrit :
Le 03/06/2024 à 10:00, « Anna Berg » <anna@example.com> a écrit :
El lun., 3 jun. 2024 a la(s) 10:00 a.m., Anna Berg (anna@example.com) escribió:
El lunes, 3 de junio de 2024, 10:00:00 CEST, Anna Berg <anna@example.com> escribió:
El 2024-06-03 10:00, Anna Berg escribió:
Il giorno 03/giu/2024, alle ore 10:00, Anna Berg <anna@example.com> ha scritto:
Il lunedì 3 giugno 2024 alle ore 10:00:00 CEST, Anna Berg <anna@example.com> ha scritto:
Il lun 3 giu 2024, 10:00 Anna Berg <anna@example.com> ha scritto:
Il 03/06/2024 10:00 CEST Anna Berg <anna@example.com> ha scritto:
Em 3 de jun. de 2024, à(s) 10:00, Anna Berg <anna@example.com> escreveu:
Anna Berg <anna@example.com> escreveu (segunda, 3/06/2024 à(s) 10:00):
Anna Berg <anna@example.com> escreveu no dia segunda, 3/06/2024 à(s) 10:00:
Em segunda-feira, 3 de junho de 2024 10:00:00 BRT, Anna Berg <anna@example.com> escreveu:
Às 10:00 de 03/06/24, Anna Berg escreveu:
Op 3 jun. 2024 om 10:00 heeft Anna Berg <anna@example.com> het volgende geschreven:
Op maandag 3 juni 2024 om 10:00:00 CEST schreef Anna Berg <anna@example.com>:
Op 3-6-2024 om 10:00 schreef Anna Berg:
Op 03/06/2024 10:00 CEST schreef Anna Berg <anna@example.com>:
Den måndag 3 juni 2024 10:00:00 CEST, Anna Berg <anna@example.com> skrev:
Anna Berg skrev den 2024-06-03 10:00:
Den mandag den 3. juni 2024 kl. 10.00.00 CEST skrev Anna Berg <anna@example.com>:
Anna Berg skrev den 03-06-2024 kl. 10:00:
mandag 3. juni 2024 kl. 10:00:00 CEST skrev Anna Berg <anna@example.com> følgende:
maanantai 3. kesäkuuta 2024 klo 10.00.00 UTC+3 Anna Berg <anna@example.com> kirjoitti:
W dniu 3 cze 2024, o godz. 10:00, Anna Berg <anna@example.com> napisał(a):
W dniu poniedziałek, 3 czerwca 2024 10:00:00 CEST użytkownik Anna Berg <anna@example.com> napisał:
Dnia 3 czerwca 2024 10:00 Anna Berg <anna@example.com> napisał(a):
W dniu 03.06.2024 10:00, Anna Berg napisał(a):
Dne pondělí 3. června 2024 10:00:00 SELČ, Anna Berg <anna@example.com> napsal:
Dne 2024-06-03 10:00, Anna Berg napsal:
понедельник, 3 июня 2024 г., 10:00:00 GMT+3, Anna Berg <anna@example.com> написал(а):
В понедельник, 3 июня 2024 г., 10:00:00 GMT+3, пользователь Anna Berg <anna@example.com> написал:
Понедельник, 3 июня 2024, 10:00 +03:00 от Anna Berg <anna@example.com>:
03.06.2024, 10:00, "Anna Berg" <anna@example.com>:
3 Haz 2024 tarihinde 10:00 saatinde, Anna Berg <anna@example.com> şunları yazdı:
3 Haziran 2024 Pazartesi 10:00:00 GMT+3 tarihinde Anna Berg <anna@example.com> şunu yazdı:
在 2024年6月3日，上午10:00，Anna Berg <anna@example.com> 写道：
在 2024-06-03 10:00:00，"Anna Berg" <anna@example.com> 写道：
在 2024年6月3日 星期一 上午10:00:00 [GMT+8]， Anna Berg<anna@example.com> 写道：
Anna Berg <anna@example.com> 於 2024年6月3日 上午10:00 寫道：
Anna Berg 於 2024/6/3 上午 10:00 寫道:
2024年6月3日 月曜日 10:00:00 JST、Anna Berg <anna@example.com>が書き込みました:
Anna Berg さんは書きました (2024/06/03 10:00):
2024년 6월 3일 월요일 오전 10:00:00 GMT+9에 Anna Berg <anna@example.com>님이 작성:
Quoting Anna Berg <anna@example.com>:
Citando Anna Berg <anna@example.com>:
Anna Berg <anna@example.com> writes:
Anna Berg <anna@example.com> wrote:
Zitat von Anna Berg <anna@example.com>:\
""".split("\n")
"""Before a quote, whether it has marks or not."""

WROTE_BEFORE_MARKS = """\
Selon Anna Berg <anna@example.com>:
Anna Berg wrote:
* Anna Berg <anna@example.com> [2024-06-03 10:00]:
* Anna Berg (anna@example.com) wrote:\
""".split("\n")
"""Before a quote with marks; without them, people write so too."""

HEADS = """\
*From:* Anna Berg <anna@example.com>
*Sent:* Monday, June 3, 2024 10:00 AM
*To:* help@example.org
*Subject:* Printer

________________________________
From: Anna Berg <anna@example.com>
Sent: Monday, June 3, 2024 10:00 AM
To: help@example.org
Subject: Printer

From: Anna Berg <anna@example.com>
Sent: Monday, June 3, 2024 10:00 AM
To: help@example.org; Bob Builder <bob@example.org>; Carl Carlson
<carl@example.org>; Dora <dora@example.org>; Dora <dora@example.org>;
Dora <dora@example.org>
Subject: Printer

Gesendet: Montag, 03. Juni 2024 um 10:00 Uhr
Von: "Anna Berg" <anna@example.com>
An: help@example.org
Betreff: Printer

Von: Anna Berg <anna@example.com>
Datum: Montag, 3. Juni 2024 um 10:00
An: help@example.org
Betreff: Printer

De\xa0: Anna Berg <anna@example.com>
Envoyé\xa0: lundi 3 juin 2024 10:00
À\xa0: help@example.org
Objet\xa0: Printer

De: "Anna Berg" <anna@example.com>
À: help@example.org
Envoyé: Lundi 3 Juin 2024 10:00:00
Objet: Printer

----- Mail original -----
De: "Anna Berg" <anna@example.com>
À: help@example.org
Envoyé: Lundi 3 Juin 2024 10:00:00
Objet: Printer

> Message du 03/06/24 10:00
> De : "Anna Berg" <anna@example.com>
> A : help@example.org
> Copie à :
> Objet : Printer

De: Anna Berg <anna@example.com>
Enviado el: lunes, 3 de junio de 2024 10:00
Para: help@example.org
Asunto: Printer

Da: Anna Berg <anna@example.com>
Data: lunedì 3 giugno 2024 10:00
A: help@example.org
Oggetto: Printer

---------- Messaggio originale ----------
Da: Anna Berg <anna@example.com>
A: help@example.org
Data: 3 giugno 2024 alle 10.00
Oggetto: Printer

----Messaggio originale----
Da: anna@example.com
Data: 03/06/2024 10.00
A: <help@example.org>
Ogg: Printer

De: Anna Berg <anna@example.com>
Enviada em: segunda-feira, 3 de junho de 2024 10:00
Para: help@example.org
Assunto: Printer

Van: Anna Berg <anna@example.com>
Datum: maandag 3 juni 2024 om 10:00
Aan: help@example.org
Onderwerp: Printer

Od: Anna Berg <anna@example.com>
Wysłane: poniedziałek, 3 czerwca 2024 10:00
Do: help@example.org
DW: bob
Temat: Printer

Temat: Re: Printer
Data: 2024-06-03 10:00
Nadawca: "Anna Berg" <anna@example.com>
Adresat: help@example.org

---------- Původní e-mail ----------
Od: Anna Berg <anna@example.com>
Komu: help@example.org
Datum: 3. 6. 2024 10:00:00
Předmět: Printer

Kimden: Anna Berg <anna@example.com>
Gönderilme: 3 Haziran 2024 Pazartesi 10:00
Kime: help@example.org
Konu: Printer

发件人：Anna Berg <anna@example.com>
发送时间：2024年6月3日 10:00
收件人：help@example.org
主题：Printer

------------------&nbsp;原始邮件&nbsp;------------------
发件人:                                                                                                                        "Anna Berg"                                                                                    <anna@example.com>;
发送时间:&nbsp;2024年6月3日(星期一) 上午10:00
收件人:&nbsp;"Help"<help@example.org>;
主题:&nbsp;Printer

发件人： Anna Berg
发送时间： 2024-06-03 10:00
收件人： help@example.org
主题： Printer

寄件者：Anna Berg <anna@example.com>
日期：2024年6月3日 上午 10:00
收件者：help@example.org
主旨：Printer

差出人: Anna Berg <anna@example.com>
日付: 2024年6月3日 月曜日 10:00
宛先: help@example.org
件名: Printer

-----Original Message-----
From: "Anna Berg"<anna@example.com>
To: <help@example.org>;
Cc:
Sent: 2024. 6. 3. (월) 10:00 (GMT+09:00)
Subject: Printer

--------- 원본 메일 ---------
보낸사람 : Anna Berg <anna@example.com>
받는사람 : help@example.org
날짜: 2024년 6월 3일
제목: Printer

-------- Alkuperäinen viesti --------
Lähettäjä: Anna Berg <anna@example.com>
Päivämäärä: 3.6.2024 10.00 (GMT+02:00)
Saaja: help@example.org
Aihe: Printer

-------- 원본 이메일 --------
발신: Anna Berg <anna@example.com>
날짜: 24/6/3 오전 10:00 (GMT+09:00)
받은 사람: help@example.org
제목: Printer

-------- 原始信息 --------
发件人： Anna Berg <anna@example.com>
日期： 2024/6/3 10:00 (GMT+08:00)
收件人： help@example.org
主题： Printer

From:\tAnna Berg/Oslo/Example@EXAMPLE
To:\thelp@example.org
Date:\t03.06.2024 10:00
Subject:\tPrinter

-----Ursprüngliche Nachricht-----
Von: Anna Berg [mailto:anna@example.com]
Gesendet: Montag, 3. Juni 2024 10:00
An: help@example.org
Betreff: Printer\
""".split("\n\n")
"""Above an older letter."""

FORWARDED = """\
Begin forwarded message:|From|Date|Subject
Anfang der weitergeleiteten Nachricht:|Von|Datum|Betreff
Début du message réexpédié :|De|Date|Objet
Début du message transféré :|Expéditeur|Date|Objet
Inicio del mensaje reenviado:|De|Fecha|Asunto
Inizio messaggio inoltrato:|Da|Data|Oggetto
Início da mensagem encaminhada:|De|Data|Assunto
Início da mensagem reencaminhada:|De|Data|Assunto
Begin doorgestuurd bericht:|Van|Datum|Onderwerp
Vidarebefordrat brev:|Från|Datum|Ämne
Start på videresendt besked:|Fra|Dato|Emne
Videresendt melding:|Fra|Dato|Emne
Välitetty viesti alkaa:|Lähettäjä|Päivämäärä|Aihe
Początek przekazywanej wiadomości:|Od|Data|Temat
Začátek přeposílané zprávy:|Od|Datum|Předmět
Начало переадресованного сообщения:|От|Дата|Тема
İletilen mesajın başlangıcı:|Kimden|Tarih|Konu
以下是转发的邮件：|发件人|日期|主题
开始转发的邮件：|发件人|日期|主题
以下是轉寄的郵件：|寄件人|日期|主旨
開始轉寄郵件：|寄件人|日期|主旨
転送されたメッセージ:|差出人|日付|件名
転送されたメール：|差出人|日付|件名
전달된 메시지:|보낸 사람|날짜|제목
전달된 메시지의 시작:|보낸 사람|날짜|제목
-------- Forwarded Message --------|From|Date|Subject
-------- Weitergeleitete Nachricht --------|Von|Datum|Betreff
-------- Message transféré --------|De|Date|Sujet
-------- Mensaje reenviado --------|De|Fecha|Asunto
-------- Messaggio Inoltrato --------|Mittente|Data|Oggetto
-------- Mensagem encaminhada --------|De|Data|Assunto
-------- Mensagem reencaminhada --------|De|Data|Assunto
-------- Doorgestuurd bericht --------|Van|Datum|Onderwerp
-------- Vidarebefordrat meddelande --------|Från|Datum|Ämne
-------- Videresendt meddelelse --------|Fra|Dato|Emne
-------- Videresendt melding --------|Fra|Dato|Emne
-------- Välitetty viesti --------|Lähettäjä|Päiväys|Aihe
-------- Treść przekazanej wiadomości --------|Nadawca|Data|Temat
-------- Přeposlaná zpráva --------|Od|Datum|Předmět
-------- Перенаправленное сообщение --------|От|Дата|Тема
-------- Пересылаемое сообщение --------|От|Дата|Тема
-------- İletilmiş İleti --------|Kimden|Tarih|Konu
-------- 转发的消息 --------|发件人|日期|主题
-------- Forwarded Message --------|差出人|日付|件名
-------- 転送されたメッセージ --------|送信元|日付|件名
-------- 전달된 메시지 --------|보낸 사람|날짜|제목
---------- Forwarded message ---------|From|Date|Subject
---------- Forwarded message ---------|Von|Date|Subject
---------- Forwarded message ---------|De|Date|Subject
---------- Forwarded message ---------|Da|Date|Subject
---------- Forwarded message ---------|Van|Date|Subject
---------- Forwarded message ---------|Från|Date|Subject
---------- Forwarded message ---------|Fra|Date|Subject
---------- Forwarded message ---------|Lähettäjä|Date|Subject
---------- Forwarded message ---------|Od|Date|Subject
---------- Forwarded message ---------|От|Date|Subject
---------- Forwarded message ---------|Gönderen|Date|Subject
---------- Forwarded message ---------|发件人|Date|Subject
---------- Forwarded message ---------|寄件者|Date|Subject
---------- Forwarded message ---------|보낸사람|Date|Subject\
""".split("\n")
"""Above a letter that is forwarded: the ruling, and what sender, date and subject are called."""
