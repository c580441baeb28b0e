"""What stands below letters: written by telephones, by companies, and by people."""

# ruff: noqa: E501, SIM905 - lines as they are written

from __future__ import annotations

SIGNED = """\
Typed from my phone, please excuse typos
Quick note from my iPhone 15 Pro
From my Android phone on the Vodafone network
Sent from my iPhone
Sent from my iPad
Sent from my Galaxy
Sent from my Samsung Galaxy smartphone.
Sent from my Verizon, Samsung Galaxy smartphone
Sent from my BlackBerry 10 smartphone.
Sent from my mobile device
Sent from my Android phone with K-9 Mail. Please excuse my brevity.
Sent from my Pixel 7
Sent from my Huawei phone
Sent from Mail for Windows 10
Sent from Mail for Windows
Sent from Yahoo Mail on Android
Sent from Yahoo Mail for iPhone
Sent from Outlook for Android
Sent from Outlook
Sent from Proton Mail for iOS
Sent from ProtonMail mobile
Sent from Gmail Mobile
Sent from Nine
Sent with Proton Mail secure email.
Sent with Spark
Sent via Superhuman
Sent via the Samsung Galaxy S23, an AT&T 5G smartphone
Sent using Zoho Mail
Get Outlook for iOS
Get Outlook for Android<https://aka.ms/AAb9ysg>
Get [Outlook for iOS](https://aka.ms/o0ukef)
Outlook for iOS<https://aka.ms/o0ukef>
Sent from my iPhone, please excuse typos.
Sent from my phone. Sorry for any typos or brevity!
Sent from my Nokia 3310
Sent from my SM-G991B
Yahoo Mail: Search, Organize, Conquer
Von meinem iPhone gesendet
Von meinem iPad gesendet
Von meinem Samsung Galaxy Smartphone gesendet.
Von meinem/meiner Galaxy gesendet
Von meinem Android-Mobiltelefon mit GMX Mail gesendet.
Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Gesendet mit der mobilen Mail App
Gesendet mit der Telekom Mail App
Gesendet mit der WEB.DE Mail App
Gesendet von Mail für Windows
Gesendet von Outlook für Android
Gesendet von Yahoo Mail auf Android
Gesendet aus der GMX Mail App
Outlook für iOS beziehen
Holen Sie sich Outlook für iOS
Gesendet von meinem Smartphone
Envoyé de mon iPhone
Envoyé de mon iPad
Envoyé depuis mon iPhone
Envoyé depuis mon appareil mobile Samsung.
Envoyé depuis mon smartphone Samsung Galaxy.
Envoyé depuis l'application Mail Orange
Envoyé à partir de Outlook pour Android
Envoyé à partir de Courrier pour Windows
Télécharger Outlook pour iOS
Obtenez Outlook pour iOS
Obtenir Outlook pour iOS
Provenance : Courrier pour Windows
Envoyé depuis Yahoo Mail pour Android
Envoyé avec la messagerie sécurisée Proton Mail.
Enviado desde mi iPhone
Enviado desde mi iPad
Enviado desde mi Galaxy
Enviado desde mi dispositivo Samsung
Enviado desde Correo para Windows
Enviado desde Outlook para Android
Enviado desde Yahoo Mail con Android
Obtener Outlook para iOS
Obtenga Outlook para iOS
Inviato da iPhone
Inviato da iPad
Inviato dal mio iPhone
Inviato dal mio dispositivo Samsung
Inviato da smartphone Samsung Galaxy.
Inviato da Posta per Windows
Inviato da Outlook per Android
Inviato da Libero Mail per Android
Ottieni Outlook per iOS
Scarica Outlook per iOS
Enviado do meu iPhone
Enviado a partir do meu iPhone
Enviado do meu smartphone Samsung Galaxy.
Enviado do Email para Windows
Enviado via iPhone
Obter o Outlook para iOS
Obter Outlook para Android
Baixe o Outlook para iOS
Verstuurd vanaf mijn iPhone
Verzonden vanaf mijn iPad
Verzonden vanaf mijn Samsung Galaxy-smartphone.
Verzonden vanuit Mail voor Windows
Verzonden vanuit Outlook voor Android
Outlook voor iOS downloaden
Download Outlook voor iOS
Skickat från min iPhone
Skickat från min iPad
Skickat från min Samsung Galaxy-smartphone.
Skickat från E-post för Windows
Skickat från Outlook för Android
Hämta Outlook för iOS
Sendt fra min iPhone
Sendt fra min Samsung Galaxy-smartphone.
Sendt fra Mail til Windows
Sendt fra Outlook til Android
Hent Outlook til iOS
Få Outlook til iOS
Sendt fra min iPad
Sendt fra E-post for Windows
Skaff deg Outlook for iOS
Få Outlook for iOS
Hent Outlook for iOS
Lähetetty iPhonesta
Lähetetty iPadista
Lähetetty Samsung Galaxy -älypuhelimestani.
Lähetetty Windowsin Sähköpostista
Hanki Outlook for iOS
Hae Outlook iOS:lle
Wysłane z iPhone'a
Wysłane z iPada
Wysłano z iPhone'a
Wysłane z telefonu Samsung Galaxy.
Wysłane z mojego Galaxy
Wysłane z aplikacji Poczta systemu Windows
Wysłane z aplikacji mobilnej Wirtualnej Polski
Wysłano z Outlook dla systemu Android
Pobierz program Outlook dla systemu iOS
Pobierz aplikację Outlook dla systemu iOS
Odesláno z iPhonu
Odesláno z mého iPhonu
Odesláno z mého zařízení Galaxy
Odesláno z mobilu
Odesláno z aplikace Pošta pro Windows
Odesláno z Outlooku pro Android
Získejte Outlook pro iOS
Získat Outlook pro iOS
Отправлено с iPhone
Отправлено с iPad
Отправлено с моего iPhone
Отправлено с устройства Samsung
Отправлено с моего Galaxy
Отправлено из мобильной Почты Mail.ru
Отправлено из Почты Mail
Отправлено из мобильного приложения Яндекс.Почты
Отправлено из Outlook для Android
Отправлено от Почта для Windows
Скачайте Outlook для iOS
Получить Outlook для iOS
Отправлено с помощью Outlook для iOS
iPhone'umdan gönderildi
iPhone'dan gönderildi
iPad'imden gönderildi
Samsung Galaxy akıllı telefonumdan gönderildi.
Galaxy'den gönderildi
Windows için Posta ile gönderildi
Android için Outlook ile gönderildi
iOS için Outlook'u edinin
发自我的iPhone
发自我的 iPhone
发自我的小米手机
从我的iPhone发送
从 Windows 版邮件发送
发自我的华为手机
來自我的iPhone
從我的 iPhone 傳送
自我的 iPhone 傳送
從我的iPhone傳送
寄件自 Windows 的郵件
從 Windows 的郵件傳送
获取 Outlook for iOS
取得 iOS 版 Outlook
下载 iOS 版 Outlook
iPhoneから送信
iPadから送信
私のiPhoneから送信
Windows 版のメールから送信
Windows のメールから送信
Android 版 Outlook から送信
Outlook for iOS を入手
Galaxyから送信
나의 iPhone에서 보냄
내 iPhone에서 보냄
내 Galaxy에서 보냄
삼성 갤럭시 스마트폰에서 보냈습니다.
나의 Galaxy에서 보냄
Windows용 메일에서 보냄
Android용 Outlook에서 보냄
iOS용 Outlook 다운로드
Outlook for iOS 가져오기
iOS용 Outlook을 다운로드하세요.\
""".split("\n")
"""By telephones and programs."""

SAID = """\
I tried from my phone as well.
Cannot print from my iPhone.
Login from my iPhone
Written by my husband.
Enviado por mi contable.
Mit meinem Kundenkonto verschickt.
Sent from the warehouse in Berlin, the parcel has never arrived here.
I sent this from my iPhone yesterday.
Sent it from Berlin yesterday
Von meinem iPhone gesendete Mails kommen nicht an, von meinem iPad gesendete schon
Gesendet mit DHL
Get Outlook for my new colleague Bob please
Hent Outlook til mig
Download Outlook for me, please.
Can you get Outlook for iOS installed on my phone?
Envoyé avec DHL hier soir.
Lähetetty eilen
Lähetin tavaran eilen takaisin
Sent with DHL tracking 12345
Wysłane z magazynu w poniedziałek
Verzonden met PostNL gisteren
Отправлено с почты вчера
Gesendet von Hamburg
Sent from New York
Envoyé de Saint Denis
Sent from my business account.
Sent from my bank account ending 1234
Envoyé de mon compte PayPal
Enviado desde mi cuenta del BBVA
Verstuurd vanaf mijn zakelijke rekening
Sendt fra min konto i DNB
Wysłane z mojego konta firmowego
Отправлено с моей карты
Отправлено из моего офиса 5 марта.
Gesendet von meiner Frau
Verschickt von meiner Frau per Einschreiben.
Envoyé par mon mari avec le téléphone.
Sent from my phone, order number is 4711
Sent from my phone, please call me back on 0171 1234567
Mail from my phone, sorry, attachment follows tonight.
Sent from my phone because my laptop won't start.
From phone, please call back.
Message from my iPhone app
Written on the phone: SM-G991B
Written on the back of the tablet: SN 8837261
Written with Word on my tablet.
Sent via Hermes to the Samsung service centre
Sent by GLS, 1 Samsung TV, 2 remotes
Verschickt mit DHL, Samsung Galaxy S21, IMEI 35449
Lähetetty Samsungin huoltoon.
Gesendet von der Sparkasse Köln
Gesendet mit Outlook 2016.
Gesendet mit Thunderbird 115.
Sent from Hamburg Depot 4
Sent from my bank account on Monday 5 May.
Vom Gerät werden keine Mails mehr versendet.
Von meinem Gerät wird nichts gesendet.
从手机上无法发送。
来自手机的订单无法付款。
사진은 휴대폰에서 보냈습니다.
写真はスマホから送信
Fatura telefonumdan gönderildi.
Para telefondan gönderildi.
Yahoo Mail: does not work
Yahoo Mail: temporary error 15
Outlook for iOS still crashes on start.
Outlook für Android synchronisiert nicht mehr.
Outlook for Windows, version 2402
Outlook til Mac version 16.80
Outlook for iOS
Downloading Outlook for Android again
Get Outlook working on her Windows laptop first.
Download Outlook for Windows fails.
Get Outlook for iOS to work, please.
Verschickt von Samsung
Sent from Samsung Service Center
Enviado desde mi cuenta el 5 de mayo.
Sendt fra min konto mandag.
Wysłane z mojego konta w piątek.
Enviada pela minha mãe por correio.
Geschrieben von meiner Tochter, weil ich keinen Computer habe.
Get BlueMail to work for my boss
Sent via Outlook to the wrong address.
Sent with Outlook, see attachment.
Sent from Outlook on Monday.
Sent from iPhone to iPad
Sent via Gmail and Outlook
Written on Windows 11
Written by hand on the device
Gesendet von Samsung Kundendienst
Versendet mit GMX an die falsche Adresse.\
""".split("\n")
"""By people, who send things, too."""

DISCLAIMERS = """\
This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, please notify the sender and delete it.
CONFIDENTIALITY NOTICE: This email message, including any attachments, is for the sole use of the intended recipient(s) and may contain confidential and privileged information.
The information contained in this communication is intended solely for the use of the individual or entity to whom it is addressed.
Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.
Der Inhalt dieser E-Mail ist vertraulich und ausschließlich für den bezeichneten Adressaten bestimmt.
Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.
Ce courriel est confidentiel. Si vous n'êtes pas le destinataire, merci de le détruire.
Este mensaje y sus archivos adjuntos son confidenciales y van dirigidos exclusivamente a su destinatario.
Le informazioni contenute in questo messaggio sono riservate e destinate esclusivamente al destinatario.
Questo messaggio e i suoi allegati sono confidenziali e destinati esclusivamente al destinatario.
Esta mensagem pode conter informação confidencial. Se a recebeu por engano, por favor apague-a.
De informatie verzonden met dit e-mailbericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.
Dit bericht kan informatie bevatten die niet voor u is bestemd. Indien u niet de geadresseerde bent, wordt u verzocht dat aan de afzender te melden.
Detta meddelande är konfidentiellt och endast avsett för mottagaren.
Denne e-mail er fortrolig og kun beregnet for modtageren.
Denne e-posten kan inneholde konfidensiell informasjon.
Tämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle.
Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata.
Treść tej wiadomości zawiera informacje poufne przeznaczone tylko dla adresata.
Tato zpráva je důvěrná a je určena pouze adresátovi.
Diese Nachricht ist vertraulich und nur für den Empfänger bestimmt.
Die in dieser E-Mail enthaltenen Informationen sind vertraulich. Sollten Sie nicht der Adressat sein, löschen Sie sie.
Это сообщение и любые вложения являются конфиденциальными и предназначены только для адресата.
Bu e-posta mesajı ve ekleri gizlidir ve yalnızca alıcısı içindir.
本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。
本メールには機密情報が含まれている場合があります。
이 메일은 기밀 정보를 포함하고 있습니다.
Please consider the environment before printing this e-mail.\
""".split("\n")
"""By companies."""

NO_DISCLAIMERS = """\
Das ist nicht der richtige Adapter.
Herr Maier ist leider nicht der richtige Ansprechpartner dafür.
이 메일 계정의 비밀번호를 초기화해 주세요.
로그인하면 이 메시지가 나옵니다: 비밀번호가 틀립니다.
This message appears when users open the folder "Confidential": access denied.
This message is displayed when the confidential folder is opened.
The server shows this message: operation requires privileged mode.
This communication account needs privileged rights on the server, user rights are not enough.
Si apre questo messaggio: area riservata, accesso negato.
Questo messaggio appare quando si apre la cartella riservata del server.
Появляется это сообщение: «примите политику конфиденциальности».
Bu mesaj gizli klasörü açınca çıkıyor.
Este mensaje sale al abrir la carpeta Confidencial.
Este correo de error aparece siempre: falta la confidencialidad.
Le site affiche ce message : document confidentiel.
Ta wiadomość pojawia się po otwarciu folderu Poufne.
Beim Login erscheint die Meldung, dass der Inhalt dieser Nachricht vertraulich ist.
We received this in error, please cancel it.
The invoice is not ours, we received this in error.
Tell them: if you have received this email in error, please delete it.
Merci de transmettre ce message et ses pièces jointes au service comptable.
Ce message et ses pièces jointes ont disparu du dossier.
Le informazioni contenute in questa fattura sono sbagliate.
Die mail was niet voor u bestemd, graag verwijderen.
The message was intended for the person at reception.
Diese E-Mail ist vertraulich, sie darf nicht an die Abteilung gehen.
Detta meddelande är konfidentiellt, skicka det inte vidare.
Denne e-posten er konfidensiell, ikke send den videre.
Tämä viesti on luottamuksellinen, älkää lähettäkö sitä eteenpäin.
本邮件涉及公司机密，请勿外传。
本メールの内容は機密としてお扱いください。
This e-mail is confidential, so keep it between us.
This email contains the confidential password of the server, it no longer works.
The recipient said this message contains confidential data and was blocked by the filter.
Wenn Sie nicht der richtige Ansprechpartner sind, leiten Sie es weiter.\
""".split("\n")
"""By people, about messages, mistakes and secrets of their own."""

ABOUT_LISTS = """\
please unsubscribe anna@ferrier.example from the mailing list.
Please unsubscribe us from the mailing list.
bitte die Adresse anna@ferrier.example von der Mailingliste abmelden. Danke!
Bitte den Weg nennen, um sich von der Liste abzumelden.
merci de désinscrire marie@ferrier.example de la liste de diffusion.
Merci de nous désabonner de la liste de diffusion.
Se désabonner de la liste ne marche pas : le lien est mort.
por favor, cancelar la suscripción de ana@ferrier.example a la lista de correo.
The mailing list page https://lists.ferrier.example/staff shows error 500.
Members who are subscribed to the Google Groups "staff" group get every mail twice.
The mailing list works again, anna@ferrier.example can be unsubscribed now.
Access to https://groups.google.com/g/foo fails
The link to unsubscribe from this list is dead, the page https://x.example/u shows an error.
The List-Unsubscribe button in Gmail does not work: https://x.example/u
To unsubscribe Anna we went to https://lists.example/x but the page is empty.
To unsubscribe from this list we clicked the link https://x.example, nothing happens.
You received this message because you are on our list of suppliers, the order is 4711.
Unsubscribe: https://x.example/u shows an error.
To manage your subscription page one needs a password, https://x shows none.
For help mail went to staff-help@lists.example and bounced.
Um sich von der Liste abzumelden, klickt man auf https://x, aber es geht nicht.\
""".split("\n")
"""By people, who ask for something or tell what is broken."""

LISTS = """\
You received this message because you are subscribed to the Google Groups "x" group.
To unsubscribe from this group, send an email to x+unsubscribe@googlegroups.example.
To unsubscribe, e-mail: users-unsubscribe@httpd.example
For additional commands, e-mail: users-help@httpd.example
To UNSUBSCRIBE, email to users-REQUEST@lists.example
Sie erhalten diese Nachricht, weil Sie die Gruppe "x" abonniert haben.
Um sich von dieser Liste abzumelden, senden Sie eine E-Mail an x-leave@lists.example
Pour vous désinscrire, cliquez ici : https://lists.example/x
Vous recevez ce message, car vous êtes abonné au groupe "x".
Para darse de baja, envíe un correo a x@lists.example
List-Unsubscribe: <mailto:x@lists.example>\
""".split("\n")
"""By mailing lists."""

CAUTIONS = """\
CAUTION: This email originated from outside of this company. Do not click links or open attachments
CAUTION: This email comes from outside the organization
WARNING: This e-mail is from an external sender.
Attention: This email was sent from someone outside of Acme.
This Message Is From an External Sender
[EXTERNAL EMAIL] DO NOT CLICK links or attachments unless you recognize the sender
EXTERNAL SENDER
Caution: External email. Do not click
ACHTUNG: Diese E-Mail kommt von extern.
ACHTUNG: Diese E-Mail wurde von einem externen Absender gesendet.
ATTENTION: Ce courriel provient de l'extérieur de l'organisation.
LET OP: Deze e-mail is afkomstig van buiten de organisatie\
""".split("\n")
"""By gateways."""

NO_CAUTIONS = """\
External emails don't open anymore since the external gateway was changed.
Achtung, diese Mail betrifft die externe Festplatte von Frau Klein.
Attention: this email address for external orders has changed.
Warning message appears when opening mail: do not click links from outside.
Warning, this message appears when opening external links.
Achtung, die E-Mail von extern kommt nicht mehr an.
Achtung: diese Mail geht an das externe Team, bitte weiterleiten.
Let op: dit bericht gaat over de externe monitor op kamer 12.
Attention, ce message concerne le disque externe du bureau 12.
External mail: the message cannot be opened.
External email: please treat the mailbox as closed.
Attention: this message is from an external supplier
Warning: this email was sent from the external mailbox by mistake.
Achtung: Diese Mail ist von einem externen Mitarbeiter.\
""".split("\n")
"""By people, about what comes from outside."""

BELOW_RULINGS = [
    "this is what the screen shows:\n______\nError 0x80070005\nAccess denied\n______\n\nThanks\nNic",
    "the screen shows\n______\nError 0x80070005\nAccess denied\n______",
    "please cancel the following:\n______________\nOrder 12345\nCustomer 99812",
    "the account is\n______\nUser: anna@ferrier.example\nPort: 993",
    "Please cancel:\n--\nRechnung 4711\nKunde 99812",
    "two things:\n\n--\n1. Drucker in Zimmer 3 druckt nicht\n--\n2. Telefon tot\n--\nDanke, Nic",
    "order 1: two chairs\n—\nOrder 2, one table\n—\nOrder 3, one lamp",
    "one: the printer is dead\n\n-- \ntwo: the phone is dead\n-- \nthree: the screen is dead",
    "it is broken.\n\n--\nalso the phone in room 12 is dead",
    "it does not print any more.\n\n--\nSerial: 12345\nModel: LaserJet 200\nRoom: 2.14",
    "please send it.\n\n--\nOn Friday we are closed. You reach us at +49 30 123456.",
    "My questions\n-- \nHow long does the delivery take?\nWhat does it cost?",
    "thanks.\n\n-----\nPlease remove bob@ferrier.example from the mailing list.\nHe left the company.",
]
"""Rulings that people draw between the parts of what they write."""

AFTERTHOUGHTS = """\
PS: the key is at reception
PS1: key at reception
P.-S. : la clé est à l'accueil.
PD: la llave está en recepción.
Nachtrag: Das Gerät läuft jetzt wieder.
NB: de sleutel ligt bij de receptie.
N.B. the shop is closed on Friday.
Obs.: a chave está na receção.
Update: it just came back by itself.
Edit: it just came back by itself.
Ui.: A rendelésszámom 4711.
ПС: номер заказа 4711.
UPD: номер заказа 4711.
Can you also look at the printer?
I forgot to say that the order number is 4711. Can you look it up?
My phone is a Pixel 7, if that matters.\
""".split("\n")
"""What people add below their signatures."""
