"""What people write to a support desk, in many languages, and the charsets they wrote it in."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

from attrs import frozen


@frozen
class Tongue:
    """A language: the charsets its mail was written in, subjects of some words, and sentences."""

    charsets: tuple[str, ...]
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]

    def texts(self, seed: int) -> Iterator[tuple[str, str]]:
        """What a text is and the text: each "subject", "two" sentences, and a "page"."""
        chance = random.Random(seed)
        for subject in self.subjects:
            yield "subject", subject
        for at, first in enumerate(self.sentences):
            yield "two", f"{first} {self.sentences[(at + 1) % len(self.sentences)]}"
        for _ in range(3):
            lines = chance.choices(self.sentences, k=16)
            yield "page", "\n".join(lines)


def _tongue(charsets: str, subjects: str, sentences: str) -> Tongue:
    return Tongue(
        tuple(charsets.split()),
        tuple(one.strip() for one in subjects.split("|")),
        tuple(one.strip() for one in sentences.strip().splitlines()),
    )


WESTERN = {
    "German": _tongue(
        "cp1252",
        "Drucker geht nicht, bitte zurückrufen | Rückfrage zu meiner Bestellung | "
        "Kündigung zum Jahresende | Störung im Büro Düsseldorf | "
        "Passwort für Frau Groß zurücksetzen",
        """
Guten Tag, seit heute früh können wir uns nicht mehr am Server anmelden.
Könnten Sie bitte prüfen, ob das Kennwort abgelaufen ist? Wir benötigen den Zugang dringend.
Außerdem wäre es schön, wenn die Rechnung künftig an unsere Straße in Köln geschickt würde.
Das Gerät lässt sich nicht ausschalten, und die grüne Lampe blinkt ständig.
Vielen Dank für Ihre Mühe und freundliche Grüße aus Österreich, Jörg Müller
""",
    ),
    "French": _tongue(
        "cp1252",
        "Problème d'accès à la messagerie | Réinitialisation du mot de passe | "
        "Facture déjà réglée, merci de vérifier | L'écran reste noir à l'allumage | "
        "Où en est ma commande passée à Noël ?",
        """
Bonjour, depuis hier après-midi je n'arrive plus à me connecter à mon espace personnel.
Le système m'indique que l'adresse électronique n'a pas été trouvée, c'est très gênant.
Pourriez-vous vérifier s'il vous plaît que le câble réseau est bien branché côté hôtel ?
Ma sœur a reçu le colis abîmé ; le remboursement n'a toujours pas été effectué.
Je vous remercie par avance de l'intérêt que vous porterez à ma requête, à bientôt.
""",
    ),
    "Spanish": _tongue(
        "cp1252",
        "Contraseña olvidada, necesito ayuda | Avería en el teléfono de recepción | "
        "¿Cuándo llegará mi pedido? | Factura número 77 está equivocada",
        """
Buenos días, desde ayer no puedo iniciar sesión con mi contraseña de siempre.
¿Podrían decirme cuánto tiempo tardará la reparación? El técnico todavía no llegó.
También quisiera cambiar la dirección de envío, porque el año próximo nos mudamos a Logroño.
La impresora del señor Núñez no imprime según lo esperado; ¡por favor, ayúdennos!
Quedo a la espera de su respuesta y les envío un cordial saludo desde Málaga.
""",
    ),
    "Portuguese": _tongue(
        "cp1252",
        "Não consigo aceder à minha conta | Alteração de endereço de faturação | "
        "Situação do pedido em atenção | Cartão de crédito não é aceito",
        """
Olá, a impressora do escritório deixou de funcionar e ninguém sabe a razão.
Já tentei reiniciar o computador três vezes, mas a situação não mudou até agora.
Vocês poderiam verificar a configuração do servidor amanhã de manhã, por favor?
Não recebi a confirmação do pagamento, embora o débito já esteja na minha conta bancária.
Muito obrigado pela atenção, fico à espera de uma solução. João Conceição
""",
    ),
    "Italian": _tongue(
        "cp1252",
        "La stampante non è più raggiungibile | Perché il pagamento è rifiutato? | "
        "Università: accesso negato al portale | Città di consegna già cambiata",
        """
Buongiorno, da lunedì il telefono dell'ufficio non funziona più e non è possibile chiamare.
Ho già provato a riavviare, però la qualità della linea è peggiorata: così non si può lavorare.
Perché la fattura è stata emessa due volte? La società ne aspetta una sola.
Potreste cortesemente verificare le modalità di accesso? Altrimenti dovrò andare in città.
Grazie per la disponibilità, un cordiale saluto da Forlì
""",
    ),
    "Dutch": _tongue(
        "cp1252",
        "Storing in België, één gebruiker | Coördinatie van de reünie | "
        "Financiële gegevens kloppen niet",
        """
Goedemorgen, sinds gisteren krijgen drie collega’s in België géén verbinding meer.
Er is maar één printer die het doet; de andere geven een foutmelding over geïnstalleerde software.
Zou u de financiële gegevens vóór vrijdag kunnen controleren? De coördinator wacht erop.
""",
    ),
    "Danish": _tongue(
        "cp1252",
        "Kan ikke få adgang på mødet | Spørgsmål om forsinket ordre | "
        "Fejl på skærmen i København | "
        "Nøgle går ikke i låsen",
        """
Hej, vi kan ikke længere åbne døren med det nye kort, og låsen lyser rødt.
Kunne I være så søde at undersøge, hvornår pakken når frem til Århus?
Jeg har prøvet at ændre kodeordet på hjemmesiden, men får altid samme fejl.
Øvrige spørgsmål må gerne sendes til økonomiafdelingen på Sjælland.
Tak for hjælpen, og hav en god påske. Venlig hilsen Søren Kjær
""",
    ),
    "Norwegian": _tongue(
        "cp1252",
        "Får ikke logget på kontoen | Gjør noe med skriveren nå | Spørsmål om bestilling på nettet",
        """
Hei, siden i går har vi ikke fått skrevet ut på kontoret i Tromsø.
Kan dere være så snille å se på det før møtet? Vi trenger også nye nøkler.
Jeg prøver å endre adressen, men får bare beskjed om at siden ikke ble funnet på tjeneren.
""",
    ),
    "Swedish": _tongue(
        "cp1252",
        "Går inte att logga in på sidan | Fråga om försenad beställning | "
        "Lösenordet måste återställas | "
        "Skärmen är svart på översta våningen",
        """
Hej, sedan i går går det inte att öppna dörren till förrådet med vårt nya kort.
Skulle ni kunna återställa lösenordet för användaren Åsa Öberg så snart som möjligt?
Jag har försökt starta om datorn två gånger, men felet är kvar och lampan lyser rött.
Fakturan är redan betald, så vi förstår inte varför påminnelsen skickades.
Tack på förhand och hälsningar från Östersund
""",
    ),
    "Finnish": _tongue(
        "cp1252",
        "Tilaus myöhässä, missä lähetys viipyy | En pääse kirjautumaan sisään | "
        "Näyttö jää mustaksi",
        """
Hei, emme pääse enää kirjautumaan järjestelmään, koska salasana näyttää vanhentuneen.
Voisitteko tarkistaa, milloin lähetys lähti Jyväskylästä? Se ei ole vielä täällä.
Yritin käynnistää koneen uudelleen, mutta häiriö jäi päälle eikä mikään auttanut.
Terveisin Päivi Hämäläinen, Työterveyslaitos, Lahti
""",
    ),
    "Icelandic": _tongue(
        "cp1252",
        "Get ekki skráð mig inn á vefinn | Spurning um reikning í þessum mánuði",
        """
Góðan daginn, við getum ekki lengur prentað á skrifstofunni og vitum ekki hvað veldur.
Gætuð þið skoðað þetta sem fyrst? Það er brýnt, því við þurfum skýrsluna fyrir hádegi á morgun.
Með kærri kveðju og þökk fyrir hjálpina, Þórður Ægisson
""",
    ),
    "Catalan": _tongue(
        "cp1252",
        "No puc accedir a l'àrea privada | Però què passa amb la comanda? | "
        "Contrasenya caducada, és urgent",
        """
Bon dia, des d'ahir l'ordinador de recepció no s'engega i no sé què més fer.
Podríeu revisar la connexió abans de dilluns? També voldria canviar l'adreça d'enviament.
Moltes gràcies per l'atenció; si cal, truqueu-me a l'oficina de Lleó més tard.
""",
    ),
    "English": _tongue(
        "cp1252",
        "Can’t log in – please help | Refund of €20 for Zoë | "
        "Naïve question about the café’s résumé page",
        """
Hello, since this morning I can’t log in to the portal, though the password is right.
The page only says “try again later” – my colleague Zoë sees the same thing on her machine.
We’d like our £40 back, as the printer’s 25°C limit wasn’t mentioned anywhere… thanks in advance!
""",
    ),
    "Estonian": _tongue(
        "cp1252",
        "Ei pääse süsteemi sisse | Küsimus tellimuse kohta võrgus | "
        "Palun lähetage arve õigele aadressile",
        """
Tere, alates eilsest ei saa me enam printida ja võrk on väga aeglane.
Kas võiksite üle vaadata, miks minu parool õigel ajal ei tööta? Küsisin seda juba nädal tagasi.
Ootan vastust hiljemalt reedeks, häid pühi soovides Jüri Õunapuu
""",
    ),
}

EASTERN = {
    "Czech": _tongue(
        "cp1250 iso8859-2",
        "Nelze se přihlásit do účtu | Tiskárna v kanceláři nefunguje | Žádost o změnu hesla | "
        "Dotaz na opožděnou zásilku | Vyúčtování služeb za září",
        """
Dobrý den, od včerejška se nemůžeme přihlásit do systému a nevíme, čím to je.
Můžete prosím zjistit, kdy bude zásilka doručena? Potřebujeme ji nejpozději v pátek.
Zkoušel jsem počítač několikrát restartovat, ale chyba se stále objevuje.
Fakturu jsme již zaplatili, přesto nám dnes přišla další upomínka.
Předem děkuji za odpověď a přeji hezký zbytek týdne, Jiří Dvořák
""",
    ),
    "Slovak": _tongue(
        "cp1250 iso8859-2",
        "Nedá sa prihlásiť do účtu | Tlačiareň v kancelárii nefunguje | "
        "Žiadosť o zmenu hesla | "
        "Otázka k oneskorenej zásielke",
        """
Dobrý deň, od včera sa nevieme prihlásiť do systému a netušíme, čím to môže byť.
Mohli by ste zistiť, kedy príde zásielka? Potrebujeme ju najneskôr vo štvrtok popoludní.
Skúšal som počítač viackrát reštartovať, ale chyba sa stále objavuje a svieti červené svetlo.
Ďakujem vopred za odpoveď a želám pekný zvyšok týždňa, Ľubomír Kováč
""",
    ),
    "Polish": _tongue(
        "cp1250 iso8859-2",
        "Nie mogę zalogować się do konta | Drukarka w biurze nie działa | "
        "Prośba o zmianę hasła | "
        "Pytanie o opóźnioną przesyłkę | Błąd podczas płatności kartą",
        """
Dzień dobry, od wczoraj nie możemy się zalogować do systemu i nie wiemy dlaczego.
Czy mogliby Państwo sprawdzić, kiedy zostanie dostarczona przesyłka? Potrzebujemy jej pilnie.
Próbowałem kilka razy uruchomić komputer ponownie, ale błąd ciągle się pojawia.
Faktura została już zapłacona, a mimo to otrzymaliśmy dziś kolejne wezwanie.
Z góry dziękuję za odpowiedź i życzę miłego dnia, Łukasz Wiśniewski
""",
    ),
    "Hungarian": _tongue(
        "cp1250 iso8859-2",
        "Nem tudok belépni a fiókomba | Elromlott a nyomtató az irodában | "
        "Jelszó módosítása sürgősen | "
        "Késik a megrendelt küldemény",
        """
Jó napot kívánok, tegnap óta nem tudunk bejelentkezni a rendszerbe, és nem értjük, miért.
Meg tudnák nézni, mikor érkezik meg a csomag? Legkésőbb péntekig szükségünk lenne rá.
Többször is újraindítottam a számítógépet, de a hiba továbbra is előfordul a képernyőn.
A számlát már kifizettük, mégis kaptunk ma egy újabb felszólítást.
Előre is köszönöm a válaszukat, üdvözlettel Szűcs Győző
""",
    ),
    "Romanian": _tongue(
        "cp1250 iso8859-2",
        "Nu mă pot autentifica în cont | Imprimanta nu mai funcţionează | "
        "Întrebare despre comanda întârziată | "
        "Vă rog să schimbaţi parola",
        """
Bună ziua, de ieri nu ne mai putem conecta la sistem şi nu ştim care este cauza.
Aţi putea verifica, vă rog, când va ajunge coletul? Avem nevoie de el până vineri.
Am încercat să repornesc calculatorul de mai multe ori, dar eroarea apare în continuare.
Factura a fost plătită deja, însă am primit astăzi încă o înştiinţare.
Vă mulţumesc anticipat pentru răspuns şi vă doresc o zi frumoasă, Ştefan Ţăranu
""",
    ),
    "Croatian": _tongue(
        "cp1250 iso8859-2",
        "Ne mogu se prijaviti na račun | Pisač više ne radi, molim pomoć | "
        "Upit o kašnjenju pošiljke",
        """
Dobar dan, od jučer se ne možemo prijaviti u sustav i ne znamo što je uzrok.
Možete li provjeriti kada će stići pošiljka? Trebamo je najkasnije do sljedeće srijede.
Više puta sam pokušao ponovno pokrenuti računalo, ali se greška još uvijek pojavljuje.
Unaprijed zahvaljujem na odgovoru i želim ugodan dan, Željko Đurić
""",
    ),
    "Slovene": _tongue(
        "cp1250 iso8859-2",
        "Ne morem se prijaviti v račun | Tiskalnik v pisarni še ne deluje | "
        "Vprašanje o pošiljki, ki zamuja",
        """
Dober dan, od včeraj se ne moremo več prijaviti v sistem in ne vemo, zakaj.
Ali lahko preverite, kdaj bo pošiljka prišla? Potrebujemo jo najkasneje v četrtek.
Računalnik sem že večkrat znova zagnal, vendar se napaka še vedno pojavlja.
Že vnaprej hvala za odgovor in lep pozdrav, Žiga Kovačič
""",
    ),
    "Turkish": _tongue(
        "cp1254",
        "Hesabıma giriş yapamıyorum | Yazıcı çalışmıyor, yardım eder misiniz | "
        "Geciken sipariş hakkında soru | "
        "Şifre değiştirme isteği",
        """
İyi günler, dünden beri sisteme giriş yapamıyoruz ve nedenini bilmiyoruz.
Kargonun ne zaman geleceğini öğrenebilir miyiz? En geç cuma gününe kadar ihtiyacımız var.
Bilgisayarı birkaç kez yeniden başlattım, ancak hata hâlâ görünüyor ve ışık yanıyor.
Faturayı ödedik, buna rağmen bugün bir uyarı daha aldık.
Cevabınız için şimdiden teşekkür eder, iyi çalışmalar dilerim. Gülşah Yıldız
""",
    ),
    "Lithuanian": _tongue(
        "cp1257",
        "Negaliu prisijungti prie paskyros | Neveikia spausdintuvas, prašome padėti | "
        "Klausimas dėl vėluojančios siuntos | Prašau pakeisti slaptažodį",
        """
Laba diena, nuo vakar negalime prisijungti prie sistemos ir nežinome, kodėl taip yra.
Ar galėtumėte patikrinti, kada bus pristatyta siunta? Mums jos reikia ne vėliau kaip penktadienį.
Kelis kartus bandžiau iš naujo paleisti kompiuterį, tačiau klaida vis tiek atsiranda.
Sąskaitą jau apmokėjome, bet šiandien gavome dar vieną priminimą.
Iš anksto dėkoju už atsakymą ir linkiu gražios dienos, Žydrūnas Šimkus
""",
    ),
    "Latvian": _tongue(
        "cp1257",
        "Nevaru pieslēgties savam kontam | Printeris nestrādā, lūdzu palīdziet | "
        "Jautājums par sūtījuma kavēšanos | Lūgums nomainīt paroli",
        """
Labdien, kopš vakardienas mēs nevaram pieslēgties sistēmai un nezinām, kāpēc.
Vai jūs varētu pārbaudīt, kad tiks piegādāts sūtījums? Mums tas vajadzīgs līdz piektdienai.
Vairākas reizes mēģināju restartēt datoru, bet kļūda joprojām parādās.
Rēķins jau ir samaksāts, taču šodien saņēmām vēl vienu atgādinājumu.
Jau iepriekš pateicos par atbildi un novēlu jauku dienu, Jānis Bērziņš
""",
    ),
    "Vietnamese": _tongue(
        "cp1258",
        "Không thể đăng nhập vào tài khoản | Máy in bị hỏng, xin giúp đỡ | Hỏi về đơn hàng bị chậm",
        """
Xin chào, từ hôm qua chúng tôi không thể đăng nhập vào hệ thống và không biết vì sao.
Anh chị có thể kiểm tra khi nào hàng được giao không? Chúng tôi cần trước thứ sáu.
Tôi đã khởi động lại máy tính nhiều lần nhưng lỗi vẫn còn xuất hiện.
Xin cảm ơn trước và chúc một ngày tốt lành, Nguyễn Thị Hương
""",
    ),
}

OTHER = {
    "Russian": _tongue(
        "cp1251 koi8-r iso8859-5 cp866",
        "Не могу войти в аккаунт | Принтер в офисе не работает | Вопрос о задержке заказа | "
        "Прошу сменить пароль | Срочно: нет интернета",
        """
Добрый день, со вчерашнего дня мы не можем войти в систему и не знаем, в чём причина.
Не могли бы вы проверить, когда придёт посылка? Она нужна нам не позднее пятницы.
Я несколько раз перезагружал компьютер, но ошибка всё равно появляется.
Счёт уже оплачен, однако сегодня мы получили ещё одно напоминание.
Заранее благодарю за ответ и желаю хорошего дня, Юрий Щербаков
""",
    ),
    "Ukrainian": _tongue(
        "cp1251 koi8-u",
        "Не можу увійти до облікового запису | Принтер в офісі не працює | "
        "Запитання щодо затримки замовлення | "
        "Прохання змінити пароль",
        """
Добрий день, від учора ми не можемо увійти до системи й не знаємо, у чому причина.
Чи могли б ви перевірити, коли надійде посилка? Вона потрібна нам не пізніше п'ятниці.
Я кілька разів перезавантажував комп'ютер, але помилка все одно з'являється.
Рахунок уже сплачено, проте сьогодні ми отримали ще одне нагадування.
Наперед дякую за відповідь і бажаю гарного дня, Євген Ґудзь із Їжакова
""",
    ),
    "Belarusian": _tongue(
        "cp1251",
        "Не магу ўвайсці ў рахунак | Прынтар у офісе не працуе | Пытанне пра затрымку заказу",
        """
Добры дзень, з учарашняга дня мы не можам увайсці ў сістэму і не ведаем, у чым прычына.
Ці маглі б вы праверыць, калі прыйдзе пасылка? Яна патрэбна нам не пазней за пятніцу.
Загадзя дзякую за адказ і жадаю добрага дня, Сяргей Іваноў
""",
    ),
    "Bulgarian": _tongue(
        "cp1251",
        "Не мога да вляза в профила си | Принтерът в офиса не работи | Въпрос за закъсняла поръчка",
        """
Добър ден, от вчера не можем да влезем в системата и не знаем каква е причината.
Бихте ли проверили кога ще пристигне пратката? Трябва ни най-късно до петък.
Няколко пъти рестартирах компютъра, но грешката все още се появява.
Предварително благодаря за отговора и желая приятен ден, Георги Щерев
""",
    ),
    "Serbian": _tongue(
        "cp1251",
        "Не могу да се пријавим на налог | Штампач не ради, молим помоћ | Питање о кашњењу пошиљке",
        """
Добар дан, од јуче не можемо да се пријавимо на систем и не знамо шта је узрок.
Можете ли да проверите када ће стићи пошиљка? Потребна нам је најкасније до петка.
Унапред захваљујем на одговору и желим пријатан дан, Љубиша Ђорђевић
""",
    ),
    "Greek": _tongue(
        "cp1253 iso8859-7",
        "Δεν μπορώ να συνδεθώ στον λογαριασμό | Ο εκτυπωτής δεν λειτουργεί | "
        "Ερώτηση για καθυστερημένη παραγγελία | "
        "Παρακαλώ αλλάξτε τον κωδικό",
        """
Καλημέρα σας, από χθες δεν μπορούμε να συνδεθούμε στο σύστημα και δεν γνωρίζουμε γιατί.
Θα μπορούσατε να ελέγξετε πότε θα φτάσει το δέμα; Το χρειαζόμαστε το αργότερο την Παρασκευή.
Έκανα επανεκκίνηση του υπολογιστή πολλές φορές, αλλά το σφάλμα εμφανίζεται ακόμα.
Το τιμολόγιο έχει ήδη πληρωθεί, ωστόσο λάβαμε σήμερα άλλη μία ειδοποίηση.
Σας ευχαριστώ εκ των προτέρων για την απάντηση, Γιώργος Παπαδόπουλος
""",
    ),
    "Hebrew": _tongue(
        "cp1255 iso8859-8",
        "אני לא מצליח להתחבר לחשבון | המדפסת במשרד לא עובדת | שאלה לגבי הזמנה שמתעכבת | "
        "בקשה להחלפת סיסמה",
        """
שלום רב, מאתמול איננו מצליחים להתחבר למערכת ואיננו יודעים מה הסיבה.
האם תוכלו לבדוק מתי תגיע החבילה? אנחנו צריכים אותה לכל המאוחר ביום שישי.
הפעלתי מחדש את המחשב כמה פעמים, אבל השגיאה עדיין מופיעה.
החשבונית כבר שולמה, ובכל זאת קיבלנו היום תזכורת נוספת.
תודה מראש על התשובה ויום נעים, יעקב כהן
""",
    ),
    "Arabic": _tongue(
        "cp1256 iso8859-6",
        "لا أستطيع الدخول إلى حسابي | الطابعة في المكتب لا تعمل | سؤال عن تأخر الطلب | "
        "أرجو تغيير كلمة المرور",
        """
السلام عليكم، منذ أمس لا نستطيع الدخول إلى النظام ولا نعرف ما هو السبب.
هل يمكنكم التحقق من موعد وصول الطرد؟ نحتاج إليه قبل يوم الجمعة.
أعدت تشغيل الحاسوب عدة مرات، لكن الخطأ ما زال يظهر على الشاشة.
لقد دفعنا الفاتورة، ومع ذلك وصلنا اليوم تذكير آخر.
شكرا جزيلا مقدما على الرد، مع أطيب التحيات، أحمد عبد الله
""",
    ),
    "Thai": _tongue(
        "cp874 tis-620",
        "เข้าสู่ระบบไม่ได้ครับ | เครื่องพิมพ์เสีย ช่วยด้วยค่ะ | สอบถามเรื่องสินค้าล่าช้า | ขอเปลี่ยนรหัสผ่าน",
        """
สวัสดีครับ ตั้งแต่เมื่อวานนี้เราไม่สามารถเข้าสู่ระบบได้ และไม่ทราบว่าเกิดจากอะไร
ช่วยตรวจสอบให้หน่อยได้ไหมครับว่าพัสดุจะมาถึงเมื่อไร เราต้องการก่อนวันศุกร์
ผมเปิดเครื่องคอมพิวเตอร์ใหม่หลายครั้งแล้ว แต่ยังมีข้อผิดพลาดเหมือนเดิม
ขอบคุณล่วงหน้าสำหรับคำตอบ ขอให้เป็นวันที่ดีครับ
""",
    ),
    "Chinese": _tongue(
        "gb18030",
        "无法登录我的账户 | 办公室的打印机坏了 | 关于订单延误的问题 | 请帮我修改密码",
        """
您好，从昨天开始我们就无法登录系统，不知道是什么原因。
请问能否查一下包裹什么时候送到？我们最晚星期五之前需要它。
我已经把电脑重新启动了好几次，但是错误仍然出现。
发票已经付款，可是今天我们又收到了一封催款通知。
提前感谢您的回复，祝您工作愉快。
""",
    ),
    "Taiwanese": _tongue(
        "cp950",
        "無法登入我的帳戶 | 辦公室的印表機壞了 | 關於訂單延誤的問題 | 請幫我修改密碼",
        """
您好，從昨天開始我們就無法登入系統，不知道是什麼原因。
請問能否查一下包裹什麼時候送到？我們最晚星期五之前需要它。
我已經把電腦重新啟動了好幾次，但是錯誤仍然出現。
發票已經付款，可是今天我們又收到了一封催款通知。
提前感謝您的回覆，祝您工作愉快。
""",
    ),
    "Japanese": _tongue(
        "cp932 euc-jp iso2022_jp",
        "ログインできません | 事務所のプリンターが故障しました | 注文の遅れについての質問 | "
        "パスワードの変更をお願いします",
        """
お世話になっております。昨日からシステムにログインできず、原因が分かりません。
荷物がいつ届くか調べていただけますか。遅くとも金曜日までに必要です。
パソコンを何度も再起動しましたが、エラーがまだ表示されます。
請求書はすでに支払いましたが、本日また督促状が届きました。
ご返信をお待ちしております。よろしくお願いいたします。
""",
    ),
    "Korean": _tongue(
        "cp949",
        "계정에 로그인할 수 없습니다 | 사무실 프린터가 고장났습니다 | 주문 지연에 대한 문의 | "
        "비밀번호 변경을 부탁드립니다",
        """
안녕하세요. 어제부터 시스템에 로그인할 수 없는데 원인을 모르겠습니다.
소포가 언제 도착하는지 확인해 주시겠습니까? 늦어도 금요일까지는 필요합니다.
컴퓨터를 여러 번 다시 시작했지만 오류가 계속 나타납니다.
청구서는 이미 지불했는데 오늘 또 독촉장을 받았습니다.
미리 감사드리며 좋은 하루 보내시기 바랍니다.
""",
    ),
}
ALL = WESTERN | EASTERN | OTHER


def written(text: str, charset: str) -> bytes:
    """Text as a program writes it in a charset: Windows-1258 has Vietnamese tones as marks."""
    if charset == "cp1258":
        return _vietnamese(text).encode(charset)
    return text.encode(charset)


def _vietnamese(text: str) -> str:
    out = []
    for letter in text:
        whole = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in whole[1:] if mark in "\u0300\u0301\u0303\u0309\u0323")
        rest = "".join(mark for mark in whole if mark not in tone)
        out.append(unicodedata.normalize("NFC", rest) + tone)
    return "".join(out)
