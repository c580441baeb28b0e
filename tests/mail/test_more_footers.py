"""What gateways, antivirus, lawyers and telephones write is told from what people write of it."""

# ruff: noqa: E501, SIM905 - lines as they are written

from __future__ import annotations

import pytest

from mailtickets.mail.banners import cautions
from mailtickets.mail.disclaimers import disclaims
from mailtickets.mail.message import Message, Part
from mailtickets.mail.signoffs import signs
from tests.mail import forms, hostile

WORDS = forms.WORDS["en"]

SELDOM = """\
You don't often get email from owen@joinery.example. Learn why this is important
You don’t often get email from owen@joinery.example. Learn why this is important<https://aka.ms/LearnAboutSenderIdentification>
[You don't often get email from owen@joinery.example. Learn why this is important at https://aka.ms/LearnAboutSenderIdentification ]
Some people who received this message don't often get email from owen@joinery.example. Learn why this is important
Sie erhalten nicht oft eine E-Mail von owen@joinery.example. Erfahren Sie, warum dies wichtig ist
Sie erhalten nicht häufig E-Mails von owen@joinery.example. Weitere Informationen, warum dies wichtig ist
Vous n’obtenez pas souvent d’e-mail à partir de owen@joinery.example. Pourquoi c’est important
Vous ne recevez pas souvent de courriers de la part de owen@joinery.example. Découvrez pourquoi cela est important
No suele recibir correo electrónico de owen@joinery.example. Por qué es importante
No suele recibir correos electrónicos de owen@joinery.example. Descubra por qué esto es importante
Non si riceve spesso un messaggio di posta elettronica da owen@joinery.example. Informazioni sul perché è importante
Non ricevi spesso messaggi di posta elettronica da owen@joinery.example. Scopri perché questo è importante
U ontvangt niet vaak e-mail van owen@joinery.example. Meer informatie over waarom dit belangrijk is
Você não costuma receber emails de owen@joinery.example. Saiba por que isso é importante
Não costuma receber e-mails de owen@joinery.example. Saiba por que motivo isto é importante
Du får inte ofta e-post från owen@joinery.example. Läs om varför det här är viktigt
Du får ikke ofte mails fra owen@joinery.example. Få mere at vide om, hvorfor dette er vigtigt
Du får ikke ofte e-post fra owen@joinery.example. Finn ut hvorfor dette er viktig
Et saa usein sähköpostia osoitteesta owen@joinery.example. Lue lisätietoja siitä, miksi tämä on tärkeää
Nie otrzymujesz często wiadomości e-mail z adresu owen@joinery.example. Dowiedz się, dlaczego jest to ważne
owen@joinery.example からメールを受け取ることはあまりありません。 これが重要である理由の詳細\
""".split("\n")
"""By Exchange, above a letter of somebody new."""

NO_SELDOM = """\
You don't often get email from us. Learn why this is important
You don't often get email from me@joinery.example, so here is who we are.
You don't often get email from owen@joinery.example. Please read it all the same.
The banner "You don't often get email from owen@joinery.example. Learn why this is important" must go.
You don't often get email from owen@joinery.example. Learn why this is important: he pays late.
We don't often get email from owen@joinery.example. Learn why this is important to us.
Sie erhalten nicht oft eine E-Mail von owen@joinery.example, bitte trotzdem freischalten.
Sie erhalten nicht oft eine E-Mail von uns. Erfahren Sie, warum dies wichtig ist
Vous ne recevez pas souvent de courriers de la part de owen@joinery.example, il est nouveau.
Vous n’obtenez pas souvent d’e-mail de notre part. Pourquoi c’est important
No suele recibir correo electrónico de owen@joinery.example porque el filtro lo retiene.
No suele recibir correos electrónicos nuestros. Descubra por qué esto es importante
Non ricevi spesso messaggi di posta elettronica da owen@joinery.example perché sono bloccati.
Non si riceve spesso un messaggio di posta elettronica da noi. Scopri perché è importante
U ontvangt niet vaak e-mail van owen@joinery.example, maar deze is dringend.
Você não costuma receber emails de owen@joinery.example. Saiba que isso é importante para nós.
Du får inte ofta e-post från owen@joinery.example. Läs den ändå.
Du får ikke ofte mails fra owen@joinery.example, fordi postkassen er fuld.
Du får ikke ofte e-post fra owen@joinery.example. Finn ut hvorfor den stopper.
Et saa usein sähköpostia osoitteesta owen@joinery.example, koska se on uusi.
Nie otrzymujesz często wiadomości e-mail z adresu owen@joinery.example, bo serwer je odrzuca.
owen@joinery.example からメールを受け取ることはあまりありません。 設定を確認してください。\
""".split("\n")
"""By people, about whoever seldom writes."""

VIRUS_FREE = """\
Virus-free. www.avast.com
Virus-free.www.avast.com
Virus-free. www.avg.com
Virus-free.<https://www.avast.com/sig-email?utm_medium=email&utm_source=link&utm_campaign=sig-email>www.avast.com<https://www.avast.com/sig-email?utm_medium=email&utm_source=link&utm_campaign=sig-email>
Virus-free.[www.avast.com](https://www.avast.com/sig-email?utm_medium=email)
Virenfrei. www.avast.com
Virenfrei.www.avg.com
Sans virus. www.avast.com
Sans virus.www.avg.com
Libre de virus. www.avast.com
Privo di virus. www.avast.com
Privo di virus.www.avg.com
Virusvrij. www.avast.com
Virus-vrij.www.avast.com
Livre de vírus. www.avast.com
Sem vírus. www.avast.com
Virusfri. www.avast.com
Virusfritt.www.avast.com
Wolny od wirusów. www.avast.com
Без вирусов. www.avast.com\
""".split("\n")
"""By Avast and AVG, on one line."""

SCANNED = """\
This email has been checked for viruses by Avast antivirus software.
This email has been checked for viruses by AVG.
This message has been scanned for viruses by Kaspersky Endpoint Security.
This email is free from viruses and malware because avast! Antivirus protection is active.
This email has been sent from a virus-free computer protected by Avast.
Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.
Diese E-Mail wurde von AVG auf Viren geprüft.
Diese E-Mail ist frei von Viren und Malware, denn der avast! Antivirus Schutz ist aktiv.
L'absence de virus dans ce courrier électronique a été vérifiée par le logiciel antivirus Avast.
L’absence de virus dans ce courrier électronique a été vérifiée par AVG.
Cet e-mail a été vérifié par le logiciel antivirus d'Avast.
Ce courrier électronique ne contient aucun virus ou logiciel malveillant parce que la protection avast! Antivirus est active.
El software de antivirus Avast ha analizado este correo electrónico en busca de virus.
Este correo electrónico ha sido comprobado en busca de virus por Avast antivirus.
Questa e-mail è stata controllata per individuare virus con Avast antivirus.
Deze e-mail is gecontroleerd op virussen door Avast antivirussoftware.
Dit e-mailbericht is gecontroleerd op virussen met Avast antivirussoftware.
Este e-mail foi verificado em busca de vírus pelo software antivírus Avast.
Denna e-post har kontrollerats för virus av Avast Antivirus.
Denne e-mail er blevet scannet for virus af Avast antivirus software.
Denne e-posten er sjekket for virus av Avast antivirus programvare.
Ta wiadomość e-mail została sprawdzona pod kątem wirusów przez oprogramowanie antywirusowe Avast.
Tato zpráva byla zkontrolována na viry programem Avast Antivirus.
Это сообщение проверено на вирусы антивирусом Avast.
Bu e-posta Avast antivirüs yazılımı tarafından kontrol edilmiştir.
このメールは Avast アンチウイルスソフトウェアによりウイルススキャンされています。\
""".split("\n")
"""By programs that look for viruses."""

ABOUT_VIRUSES = """\
The computer is virus-free.
Virus-free. I checked with www.avast.com
Virus-free, says the man from www.avast.com, but it is still slow.
Virenfrei ist der Rechner laut www.avast.com, aber langsam.
We use the antivirus of www.avast.com
www.avast.com
https://www.avast.com/antivirus
https://www.avast.com/sig-email?utm_medium=email
This email has been checked for viruses by Avast, but it was blocked anyway.
This email was checked by our Avast antivirus and it was deleted.
This message has been scanned for viruses by Avast three times now.
This message has been scanned for viruses by Mr Brown.
The email has been checked for viruses by Avast antivirus software.
Diese E-Mail wurde von Avast geprüft.
This message was checked by Norton.
Diese E-Mail wurde von Avast auf Viren geprüft und gelöscht.
Diese E-Mail wurde von Avast nicht auf Viren geprüft.
Diese E-Mail wurde von Herrn Klein auf Viren geprüft.
Avast hat diese E-Mail auf Viren geprüft, trotzdem geht der Anhang nicht auf.
L'absence de virus dans ce fichier a été vérifiée par Avast.
Cet e-mail a été vérifié par Avast mais la pièce jointe a disparu.
Ce courriel a été analysé par notre technicien.
Este correo ha sido analizado por Avast y borrado.
Avast ha analizado este correo y lo ha puesto en cuarentena.
Questa e-mail è stata controllata da Avast ma non si apre.
Deze e-mail is gecontroleerd op virussen door Avast en toch geweigerd.
Este e-mail foi verificado pelo Avast e apagado.
Denne e-mail er blevet scannet for virus af Avast, men kan ikke åbnes.
Ta wiadomość została sprawdzona przez Avast i usunięta.
Это письмо проверено на вирусы антивирусом Avast и удалено.
Bu e-posta Avast tarafından kontrol edildi ve silindi.
このメールは Avast によりウイルススキャンされていますが、開けません。\
""".split("\n")
"""By people, whose programs look for viruses, too."""

LAWYERS = """\
Dit e-mailbericht is uitsluitend bestemd voor de geadresseerde. Indien u dit bericht ten onrechte heeft ontvangen, verzoeken wij u de afzender hiervan op de hoogte te stellen en het bericht te vernichten.
De informatie verzonden met dit e-mailbericht (en bijlagen) is uitsluitend bestemd voor de geadresseerde(n) en zij die van de geadresseerde(n) toestemming kregen dit bericht te lezen. Kennisneming door anderen is niet toegestaan.
DISCLAIMER: De inhoud van dit e-mailbericht en bijlagen is vertrouwelijk. Gebruik van deze informatie door anderen dan de geadresseerde is verboden.
Dit bericht is alleen bedoeld voor de ontvanger. Als u niet de beoogde ontvanger bent, wordt u verzocht de afzender te informeren.
Diese Nachricht ist ausschließlich für den Adressaten bestimmt. Falls Sie diese E-Mail versehentlich erhalten haben, benachrichtigen Sie bitte den Absender.
Der Inhalt dieser E-Mail ist ausschließlich für den bezeichneten Adressaten bestimmt. Jede Veröffentlichung, Vervielfältigung oder Weitergabe des Inhalts ist nicht gestattet.
Aan dit bericht kunnen geen rechten worden ontleend. Dit bericht is uitsluitend bestemd voor de geadresseerde.
L'intégrité de ce message n'étant pas assurée sur Internet, la société Marchetti ne peut être tenue responsable de son contenu. Toute utilisation ou diffusion non autorisée est interdite. Si vous n'êtes pas destinataire de ce message, merci de le détruire et d'avertir l'expéditeur.
Ce courriel est adressé uniquement à son destinataire. Si vous l'avez reçu par erreur, veuillez en aviser l'expéditeur.
Ce message est strictement réservé à ses destinataires. Toute diffusion, même partielle, est interdite.
La información contenida en este mensaje es confidencial. Queda prohibida su divulgación, copia o distribución a terceros sin la autorización previa por escrito de la empresa.
Este correo electrónico está dirigido exclusivamente a su destinatario. Si usted no es el destinatario, notifíquelo al remitente.
AVISO LEGAL: Si ha recibido este mensaje por error, le rogamos que lo comunique al remitente.
Questo messaggio e i suoi allegati sono indirizzati esclusivamente alle persone indicate. La diffusione, copia o qualsiasi altra azione derivante dalla conoscenza di queste informazioni sono rigorosamente vietate.
Il presente messaggio è destinato esclusivamente al destinatario. Qualora abbiate ricevuto questa e-mail per errore, vi preghiamo di informare il mittente.
AVISO DE CONFIDENCIALIDADE: Esta mensagem pode conter informação confidencial. Se não é o destinatário, agradecemos que nos informe e elimine a mensagem.
Esta mensagem é dirigida exclusivamente ao seu destinatário. É proibida a sua divulgação ou cópia sem autorização.
Detta meddelande är avsett endast för adressaten. Om du fått det av misstag, vänligen radera det och meddela oss.
Det här mejlet är endast avsett för mottagaren. Spridning eller kopiering av innehållet är förbjuden.
Detta mail är endast avsett för adressaten. Om du av misstag fått detta mail, vänligen kontakta avsändaren och radera det.
Denne mail er udelukkende beregnet til modtageren. Har du modtaget mailen ved en fejl, bedes du slette den og give os besked.
Denne e-mail er kun tiltænkt adressaten. Hvis De ikke er den rette modtager, bedes De kontakte afsenderen.
Denne e-posten og eventuelle vedlegg er konfidensiell og kun ment for den den er adressert til. Hvis du har mottatt denne e-posten ved en feil, vennligst gi beskjed til avsender og slett e-posten.
Denne meldingen er kun ment for mottakeren. Videresending eller kopiering er ikke tillatt.
Tämä viesti on tarkoitettu vain vastaanottajalle. Jos et ole viestin oikea vastaanottaja, poista viesti ja ilmoita siitä lähettäjälle.
Ta wiadomość jest przeznaczona wyłącznie dla adresata. Jeżeli nie są Państwo adresatem, prosimy o poinformowanie nadawcy.
Obsah této zprávy je důvěrný a je určen výhradně jejímu adresátovi. Pokud nejste adresátem, zprávu prosím smažte a informujte odesílatele.
Tato e-mailová zpráva je určena výhradně pro potřeby jejího adresáta. Pokud jste ji obdrželi omylem, informujte prosím odesílatele.
Tento e-mail je určen pouze adresátovi. Pokud jste jej obdrželi omylem, uvědomte odesílatele.
Информация, содержащаяся в данном сообщении, является конфиденциальной и предназначена только для адресата. Если вы не являетесь адресатом, просим уничтожить сообщение и уведомить отправителя.
Настоящее электронное сообщение предназначено исключительно для адресата. Копирование и распространение его содержания запрещены.
Це повідомлення є конфіденційним і призначене виключно для адресата. Якщо ви отримали його помилково, повідомте відправника та видаліть його.
Цей лист призначено лише для адресата. Якщо ви не є адресатом, повідомте відправника.
Ez az e-mail bizalmas információt tartalmaz, és kizárólag a címzettnek szól. Ha tévedésből kapta, kérjük, értesítse a feladót és törölje az üzenetet.
Jelen üzenet kizárólag a címzettnek szól. Amennyiben nem Ön a címzett, kérjük, értesítse a feladót.
Bu e-posta ve ekleri gizli olup, sadece gönderildiği kişiye özeldir. Bu mesaj size yanlışlıkla ulaşmışsa lütfen göndereni bilgilendiriniz ve mesajı siliniz.
Bu mesaj ve ekleri, mesajda gönderildiği belirtilen kişi/kişilere özeldir ve gizlidir. Bu mesajın muhatabı değilseniz, içeriğini ve varsa ekindeki dosyaları kimseye aktarmayınız ya da kopyalamayınız.
本信件可能包含太陽股份有限公司機密資訊，非指定之收件者，請勿蒐集、處理或利用本信件內容，並請銷毀此信件。
本郵件及其附件所含內容均屬機密，僅供指定收件人使用。若您誤收本郵件，請立即通知寄件人並刪除本郵件。
本電子郵件及附件所載訊息均為保密資訊，受合約保護或依法不得洩漏。其內容僅供指定收件人按限定範圍或特殊目的使用。
本邮件仅供指定收件人使用。如您误收本邮件，请立即通知发件人并删除。
본 메일은 지정된 수신인만을 위한 것이며, 기밀 정보를 포함할 수 있습니다. 본 메일을 잘못 수신하신 경우 발신인에게 알려주시고 즉시 삭제하여 주시기 바랍니다.
본 메일은 지정된 수신자에게만 발송되었습니다. 수신자가 아닌 분은 발신자에게 알려 주시고 삭제해 주십시오.
本メールは、宛先の方のみを対象としており、秘密情報を含む場合があります。誤って本メールを受信された方は、直ちに送信者へ通知し、本メールを破棄してください。
このメールは受信者のみに送信されたものです。誤って受信された場合は、送信者へご連絡の上、削除してください。\
""".split("\n")
"""By companies, who say several things of the letter itself."""

NO_LAWYERS = """\
Dit bericht is uitsluitend bestemd voor de directie, zo staat het in de kop.
Dit bericht is vertrouwelijk. Gelieve het niet door te sturen naar Jan.
Als u deze mail ten onrechte heeft ontvangen, hoeft u niets te doen.
Gebruik van de printer door anderen is verboden. Dit bericht hangt ook aan de deur.
Aan dit bericht kunnen volgens de balie geen rechten worden ontleend.
Onze voettekst moet zijn: Dit bericht is uitsluitend bestemd voor de geadresseerde. Gebruik door anderen is verboden.
Diese Mail ist nur für den Empfänger bestimmt gewesen, sie ging an alle.
Diese E-Mail ist vertraulich. Bitte löschen Sie die Anlage aus dem Ticket.
Wenn Sie diese Mail versehentlich erhalten haben, ist der Verteiler falsch. Bitte ändern Sie ihn.
Die Weitergabe des Passworts ist nicht gestattet. Diese Nachricht kam von Herrn Klein.
Unten steht immer: Diese Nachricht ist nur für den Empfänger bestimmt. Wenn Sie diese irrtümlich erhalten haben, informieren Sie den Absender.
Si vous avez reçu ce mail par erreur, merci de le transmettre au bon service.
Ce message apparaît en bas : « Si vous n'êtes pas le destinataire, toute diffusion est interdite ».
Ce message est destiné uniquement au service technique, les autres peuvent l'ignorer.
L'utilisation de la salle est interdite le samedi. Ce message est aussi sur la porte.
Le pied de page doit dire : Ce message est adressé uniquement à son destinataire. Toute diffusion est interdite.
Este correo contiene la clave confidencial del servidor, que ya no funciona.
Queda prohibida la copia de llaves. Este mensaje está en la puerta.
Este mensaje va dirigido exclusivamente al taller, por favor pásenlo a Juan.
Si ha recibido este correo por error, la lista de destinatarios está mal.
Esta mensagem é dirigida exclusivamente ao armazém, falta a guia.
Se recebeu esta mensagem por engano, a lista está errada e tem de ser corrigida.
Questo messaggio contiene dati riservati del cliente e il filtro lo blocca.
Questo messaggio è partito per errore verso il cliente, avvisatelo.
La copia delle chiavi è vietata, questo messaggio è appeso in ufficio.
Detta meddelande är endast avsett för lagret, skicka det dit.
Om ni av misstag fått detta mail, ring lagret.
Om ni fått detta mejl av misstag är adresslistan fel.
Kopiering av nycklar är förbjuden, detta meddelande sitter på dörren.
Denne mail er kun beregnet til lageret, send den videre dertil.
Denne e-mail fra kunden er fortrolig. Kopiering af deres logo er forbudt ifølge kontrakten.
Har du modtaget denne mail ved en fejl, er listen forkert.
Denne meldingen er kun ment for verkstedet, gi den til Kari.
Hvis du har mottatt denne e-posten ved en feil, er adresselisten gal.
Tämä viesti on tarkoitettu vain varastolle, välittäkää se sinne.
Jos olette saaneet tämän viestin vahingossa, lista on väärä.
Ta wiadomość jest przeznaczona tylko dla magazynu, proszę ją tam przesłać.
Kopiowanie kluczy jest zabronione, ta wiadomość wisi na drzwiach.
Tato zpráva je určena pouze skladu, předejte ji tam.
Pokud jste tento e-mail dostali omylem, je seznam špatně.
Это письмо предназначено только для склада, передайте его туда.
Если вы получили это письмо по ошибке, список адресов неверен.
Це повідомлення призначене лише для складу, передайте його туди.
Якщо ви отримали цей лист помилково, список адрес неправильний.
Ez az üzenet kizárólag a raktárnak szól, adják tovább oda.
Ha tévedésből kapta ezt a levelet, rossz a címlista.
Bu mesaj sadece depo için, lütfen oraya iletin.
Bu e-posta size yanlışlıkla ulaştıysa adres listesi yanlış demektir.
本邮件涉及公司机密，请勿转发给他人。
這封郵件含有機密，請勿轉寄給別的部門。
這封郵件的附件均為保密資料，請轉給財務部。
如您误收本邮件，说明地址列表有误，请修正。
이 메일은 기밀 정보를 포함하고 있으니 다른 부서에 전달하지 마세요.
이 메일을 잘못 받은 경우 주소록이 틀린 것입니다.
Ce mail est destiné exclusivement à M. Dupont. Si vous l'avez reçu par erreur, transmettez-le-lui.
Diese E-Mail enthält vertrauliche Daten. Bitte informieren Sie den Absender.
Este correo contiene datos confidenciales. Por favor, avisen al remitente.
Dit bericht bevat vertrouwelijke gegevens. Gelieve de afzender te informeren.
Diese Nachricht ist nur für den Lagerleiter bestimmt. Falls Sie diese versehentlich erhalten haben, geben Sie sie weiter.
このメールには機密情報が含まれているので、他部署には転送しないでください。
誤って受信した場合に備えて、このメールの宛先を直してください。\
""".split("\n")
"""By people, who have secrets, mistakes and prohibitions of their own."""

PRINTING = """\
Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.
Denken Sie bitte an die Umwelt, bevor Sie diese Nachricht drucken!
Der Umwelt zuliebe: Bitte drucken Sie diese E-Mail nur aus, wenn es wirklich nötig ist.
Bitte prüfen Sie der Umwelt zuliebe, ob der Ausdruck dieser Mail erforderlich ist.
Prima di stampare questa e-mail pensa all'ambiente.
Rispetta l’ambiente: non stampare questa mail se non è necessario.
Adoptons l'éco-attitude. N'imprimez ce mail que si nécessaire.
Pensez à l’environnement avant d’imprimer ce message.
Avant d'imprimer ce courriel, pensez à l'environnement.
Antes de imprimir este correo electrónico piense en el medio ambiente.
Por favor, piense en el medio ambiente antes de imprimir este mensaje.
Antes de imprimir esta mensagem, pense no meio ambiente.
Denk aan het milieu voordat u deze e-mail print.
Denk aan het milieu voor u dit bericht afdrukt.
Tänk på miljön innan du skriver ut det här mejlet.
Tænk på miljøet, før du printer denne mail.
Tenk på miljøet før du skriver ut denne e-posten.
Ajattele ympäristöä ennen kuin tulostat tämän viestin.
Pomyśl o środowisku, zanim wydrukujesz tę wiadomość.
Myslete na životní prostředí, než vytisknete tento e-mail.
Пожалуйста, подумайте об окружающей среде, прежде чем распечатать это письмо.
Lütfen bu e-postayı yazdırmadan önce çevreyi düşünün.
P Think of the environment before you print this e-mail.\
""".split("\n")
"""By companies who spare paper."""

NO_PRINTING = """\
Bitte denken Sie an die Umwelt und schicken Sie die Rechnung als PDF.
Bevor Sie diese E-Mail ausdrucken, prüfen Sie bitte die Anlage.
Bitte drucken Sie diese E-Mail nicht aus, der Barcode stimmt nicht.
Bitte diese Mail ausdrucken und Herrn Umwelt bringen.
Der Hinweis, an die Umwelt zu denken, bevor Sie diese E-Mail ausdrucken, soll weg.
Prima di stampare questa e-mail controllate l'ambiente di test.
Pensa all'ambiente prima di stampare questa fattura per tre volte.
N'imprimez ce mail que si nécessaire.
N'imprimez ce document que si nécessaire, l'encre manque.
Avant d'imprimer ce message, l'environnement doit être chargé.
Pensez à l'environnement de test avant d'imprimer ce message.
Antes de imprimir este correo, compruebe el ambiente de pruebas.
Por favor, no imprima este mensaje, el medio ambiente del servidor ha cambiado.
Antes de imprimir esta mensagem, reinicie o ambiente.
Denk aan het milieu en print de pakbonnen dubbelzijdig.
Voordat u deze e-mail print, moet de testomgeving aan.
Tänk på miljön och skicka fakturan som pdf.
Innan du skriver ut det här mejlet måste miljön startas om.
Tænk på miljøet, før du printer alle fakturaer igen.
Tenk på miljøet før du skriver ut denne e-posten tre ganger.
Ajattele ympäristöä ennen kuin tulostat tämän laskun.
Pomyśl o środowisku, zanim wydrukujesz tę fakturę.
Please set the environment before printing this message from the server.
Please print this message about the environment.
Please print this e-mail and hang it on the door of the environment office.
Lütfen bu e-postayı yazdırmadan önce ortamı yeniden başlatın.\
""".split("\n")
"""By people, who print."""

SIGNED = """\
Inviato da Yahoo Mail su Android
Inviato da Yahoo Mail su iPhone
Enviado desde Yahoo Mail en Android
Enviado do Yahoo Mail no Android
Sendt fra Yahoo Mail på Android
Enviado desde mi Samsung Mobile de Movistar
Enviado desde mi BlackBerry de Movistar (http://www.movistar.example)
Enviado desde mi smartphone Samsung Galaxy de Claro.
Last ned Outlook for iOS<https://aka.ms/o0ukef>
Last ned Outlook for Android
下載適用於 iOS 的 Outlook<https://aka.ms/o0ukef>
取得適用於 Android 的 Outlook
获取适用于 iOS 的 Outlook
Отримати Outlook для iOS<https://aka.ms/o0ukef>
Завантажити Outlook для Android
Az Outlook beszerzése iOS-re<https://aka.ms/o0ukef>
Az iOS-hez készült Outlook letöltése
Obțineți Outlook pentru iOS
Získať Outlook pre iOS\
""".split("\n")
"""By telephones and programs."""

SAID = """\
Inviato da Milano su richiesta del cliente.
Inviato da Yahoo Mail su richiesta vostra
Inviato da iPhone su Roma
Enviado desde mi tienda de Movistar
Enviado desde mi Samsung de Juan
Enviado desde mi oficina de Orange
Enviado desde mi iPhone en Madrid
Enviado do meu iPhone no Porto
Enviado desde mi Samsung de Movistar, no llega.
Last ned Outlook for iOS fungerer ikke.
Last ned Outlook for meg
Outlook for iOS kan ikke lastes ned.
下載適用於 iOS 的 Outlook 失敗
請下載適用於 iOS 的 Outlook 並重新登入
适用于 iOS 的 Outlook
Отримати Outlook для iOS не вдається.
Завантажити Outlook для бухгалтерії
Az Outlook beszerzése iOS-re nem sikerül.
Az Outlook letöltése lassú
Obțineți Outlook pentru colegul nostru\
""".split("\n")
"""By people, who send and load things."""

PADDED = {
    "free of viruses": "avast virus-free. " * 200,
    "a seller's links": "<https://www.avast.com/" + "sig-email" * 500 + ">",
    "seldom": "You don't often get email from " + "@a" * 2000 + " Learn why",
    "messages": "dit bericht " * 250,
    "headings": "disclaimer: " * 250,
    "forbidden": "toute diffusion copie usage " * 110,
    "for whom": "uitsluitend bestemd " * 150,
    "stray": "indien u dit bericht " * 150,
    "paper": "umwelt druck mail " * 170,
    "clauses of no length": "se l'avete ha ricevuto " * 130,
    "scanned": "this email has been checked for viruses by the software " * 50,
}


def _new(text: str) -> str:
    return Message(text=text).new_text


@pytest.mark.parametrize("line", SELDOM)
def test_exchange_says_who_seldom_writes(line: str) -> None:
    """Its banner is folded, and what stands below it is not."""
    text = f"{line}\n\n{WORDS}\n"
    assert _new(text) == WORDS
    assert Message(text=text).spans[0].part is Part.DISCLAIMER


@pytest.mark.parametrize("line", NO_SELDOM)
def test_who_writes_of_those_who_seldom_write_is_shown(line: str) -> None:
    """The banner names an address, and ends with where to learn why that matters."""
    assert line in _new(f"{line}\n\nIt has been so since Monday.\n")


@pytest.mark.parametrize("line", VIRUS_FREE)
def test_an_antivirus_advertises_in_a_line(line: str) -> None:
    """It is no word of the writer, below the text, above a quote, or below what else signs."""
    assert _new(f"{WORDS}\n\n{line}\n") == WORDS
    assert _new(f"{WORDS}\n\n{line}\n\n{forms.GMAIL['en']}\n> Yes?\n") == WORDS
    anchor = "<#DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2>"
    assert _new(f"{WORDS}\n\nSent from my iPad\n\n{line}\n{anchor}\n") == WORDS


@pytest.mark.parametrize("line", SCANNED)
@pytest.mark.parametrize("where", ["", "\nhttps://www.avast.com/antivirus", "\nwww.avg.com"])
def test_an_antivirus_says_that_it_looked(line: str, where: str) -> None:
    """Its sentence and its address are folded below the dashes that it draws."""
    text = f"{WORDS}\n\nNic\n\n---\n{line}{where}\n"
    assert _new(text) == f"{WORDS}\n\nNic"
    assert Message(text=text).spans[-1].part is Part.DISCLAIMER


@pytest.mark.parametrize("line", [line for line in SCANNED if "Kaspersky" not in line])
def test_an_antivirus_says_so_without_dashes(line: str) -> None:
    """In HTML it draws a table, of which no dashes are left."""
    text = f"{WORDS}\n\nNic\n\n{line}\nwww.avast.com\n"
    assert _new(text) == f"{WORDS}\n\nNic"
    assert Message(text=text).spans[-1].part is Part.DISCLAIMER


@pytest.mark.parametrize("line", ABOUT_VIRUSES)
def test_who_writes_of_viruses_is_shown(line: str) -> None:
    """Whoever says more than the program does, or only where it is to be had, wrote it himself."""
    assert line in _new(f"Hello,\n\nthere is something else.\n\n{line}\n")
    assert line in _new(
        f"Hello,\n\nthere is something else.\n\n---\n{line}\nRegards, the office.\n"
    )


@pytest.mark.parametrize("words", LAWYERS)
def test_a_companys_words_about_its_letters(words: str) -> None:
    """They are folded below a ruling and below a signature, which stays."""
    for between in ("\n\n", "\n", f"\n{'_' * 32}\n"):
        text = f"{WORDS}\n\nRegards\nNic{between}{words}\n"
        assert _new(text) == f"{WORDS}\n\nRegards\nNic"
        assert Message(text=text).spans[-1].part is Part.DISCLAIMER


@pytest.mark.parametrize("words", NO_LAWYERS)
def test_one_thing_that_lawyers_say_too_hides_nothing(words: str) -> None:
    """Also above a greeting, below dashes, and on a line with something else before it."""
    assert words in _new(f"Hello,\n\nthere is something else.\n\n{words}\n")
    assert words in _new(f"Hello,\n\nthere is something else.\n\n{words}\nRegards\nNic\n")
    assert words in _new(f"Hello,\n\nthere is something else.\n\n---\n{words}\nThe office.\n")


@pytest.mark.parametrize("words", LAWYERS)
def test_what_stands_before_a_companys_words_on_a_line_is_shown(words: str) -> None:
    """A sentence that is no heading of theirs was written by somebody."""
    assert "The key is at reception." in _new(f"{WORDS}\n\nThe key is at reception. {words}\n")
    assert "Our footer says" in _new(f"{WORDS}\n\nOur footer says: {words}\n")


@pytest.mark.parametrize("words", PRINTING)
def test_what_one_is_asked_before_printing(words: str) -> None:
    """It is folded alone, below a ruling, and together with a disclaimer."""
    secret = "This e-mail is confidential and intended solely for the addressee."
    for below in (
        words,
        f"{words}\n\n{secret}",
        f"{secret}\n\n{words}",
        f"{words}\n{words}",
        f"{words}\n{secret}",
    ):
        for between in ("\n\n", f"\n{'_' * 32}\n"):
            text = f"{WORDS}\n\nRegards\nNic{between}{below}\n"
            assert _new(text) == f"{WORDS}\n\nRegards\nNic"
            assert Message(text=text).spans[-1].part is Part.DISCLAIMER


@pytest.mark.parametrize("words", NO_PRINTING)
def test_who_writes_of_printing_is_shown(words: str) -> None:
    """One word that no company says there is enough, whatever else stands with it."""
    assert words in _new(f"Hello,\n\nthere is something else.\n\n{words}\n")
    assert words in _new(f"Hello,\n\nthere is something else.\n\n---\n{words}\nThe office.\n")


@pytest.mark.parametrize("line", SIGNED)
def test_what_more_telephones_sign_with(line: str) -> None:
    """It is no word of the writer, right below the text or above a quote."""
    assert _new(f"{WORDS}\n\n{line}\n") == WORDS
    assert _new(f"{WORDS}\n{line}\n\n{forms.GMAIL['en']}\n> Yes?\n") == WORDS


@pytest.mark.parametrize("line", SAID)
def test_what_more_people_send_is_no_telephone(line: str) -> None:
    """Whoever sends things, or cannot load a program, is still writing."""
    assert line in _new(f"{WORDS}\n\n{line}\n")


@pytest.mark.parametrize("name", PADDED)
def test_hostile_lines_take_no_time(name: str) -> None:
    """Whatever is repeated in a footer, it is read at once."""
    said = PADDED[name]

    def read_it() -> None:
        disclaims([said[:2000]])
        disclaims(said.split(" ")[:600])
        cautions(said)
        signs(said)

    assert hostile.spent(read_it, 0.1) < 0.1
