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
Envoyé de Saint Denis\
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
Это сообщение и любые вложения являются конфиденциальными и предназначены только для адресата.
Bu e-posta mesajı ve ekleri gizlidir ve yalnızca alıcısı içindir.
本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。
本メールには機密情報が含まれている場合があります。
이 메일은 기밀 정보를 포함하고 있습니다.
Please consider the environment before printing this e-mail.\
""".split("\n")
"""By companies."""
