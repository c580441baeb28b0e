"""What people do in their answers every day, and none of it is folded away."""

# ruff: noqa: E501 - tables of letters read best unwrapped

from __future__ import annotations

import pytest

from mailtickets.mail.message import Message, read
from mailtickets.mail.pointing import points_down
from mailtickets.tickets.values import Person

HEAD = "From: Help Desk <help@desk.example>\nSent: Monday, March 3, 2025 10:14\nTo: Owen\nSubject: Job\n\n"
WROTE = "On Mon, Mar 3, 2025 at 10:14 AM Help Desk <help@desk.example> wrote:\n\n"
ASKED = "Which version do you use?"


def _answer(text: str, subject: str = "Re: Job") -> Message:
    return Message(
        text=text,
        subject=subject,
        author=Person("Owen Prichard", "owen@p.example"),
        to=(Person("", "Help@desk.example"),),
    )


def _new(text: str) -> list[str]:
    return [line for line in _answer(text).new_text.split("\n") if line]


@pytest.mark.parametrize(
    ("above", "wrote"),
    [
        ("Hi Lena\n4.2.1-b7\n", "On 03/03/2025 10:14, Help Desk wrote:\n"),
        ("Hi, my new address\nowen@p.example\n", "On 3 Mar 2025 at 10:14 +0000, Help Desk <help@desk.example>, wrote:\n"),
        ("Hi\nThursday is fine,\nOn Friday not\n", WROTE),
        ("My account is\no@p.example (password by phone)\n", "On 03/03/2025 10:14, Help Desk wrote:\n"),
        ("Hola\nEl jueves a las 10:30\n", "El 3 mar 2025, a las 10:14, Help Desk <help@desk.example> escribió:\n"),
        ("Bonjour\nLe 6 mars à 14h30 merci\n", "Le 3 mars 2025 à 10:14, Help Desk <help@desk.example> a écrit :\n"),
        ("Hallo\nMontag 10:30\n", "Am 03.03.25 um 10:14 schrieb Help Desk:\n"),
        ("Hei\n10.30 passer\n", "3. mars 2025 kl. 10:14 skrev Help Desk <help@desk.example>:\n"),
    ],
)  # fmt: skip
def test_what_stands_right_above_who_wrote_is_new(above: str, wrote: str) -> None:
    """No line is taken into the one that says who wrote, if that begins below it."""
    assert _new(f"{above}{wrote}> {ASKED}") == above.strip().split("\n")


@pytest.mark.parametrize(
    "wrote",
    [
        "On Mon, Mar 3, 2025 at 10:14 AM Help Desk\n<help@desk.example> wrote:\n",
        "On Monday, March 3, 2025 at 10:14:22 AM GMT+1, Help\nDesk <help@desk.example>\nwrote:\n",
        "Am Montag, den\n3. März 2025 um 10:14 schrieb Help Desk <help@desk.example>:\n",
        "El lun, 3 mar 2025\na las 10:14, Help Desk (<help@desk.example>) escribió:\n",
    ],
)
def test_who_wrote_may_be_wrapped(wrote: str) -> None:
    """What a program says of who wrote is folded whole, over all of its lines."""
    assert _new(f"It is 4.2.\n\n{wrote}> {ASKED}") == ["It is 4.2."]


@pytest.mark.parametrize(
    "above",
    [
        "Works for me.\n\nDate: Thursday at 10\n\n",
        "Please resend it with\nSubject: URGENT nightly log\n\n",
        "Please keep Gwen in copy.\nCC: gwen@p.example\n\n",
        "Log is attached.\n\nAttachments: nightly.log, screenshot.png\n\n",
        "Bitte künftig\n\nAn: Buchhaltung, Frau Seidel\n\n",
        "Nummer FZ-7790.\nVon: 8 bis 12 Uhr bin ich erreichbar.\n\n",
        "Passt, dann so:\n\nVon: 10:00\nBis: 11:30\nAn: Halle 3\nBetreff: Switch-Tausch\n\n",
        "Please move these files:\n\nFrom: \\\\srv1\\old\nTo: \\\\srv2\\new\n\n",
    ],
)
def test_what_a_writer_labels_is_no_head(above: str) -> None:
    """Lines with labels right above the head of the older letter are the writer's own."""
    assert _new(above + HEAD + ASKED) == [line for line in above.split("\n") if line]


def test_a_label_right_above_a_head_is_the_writers() -> None:
    """Where HTML leaves no blank line between, a head does not begin twice."""
    html = f"<div>Fine.</div><div>Date: Thursday 10:00</div><hr><div>{HEAD.strip().replace('<', '&lt;').replace(chr(10), '<br>')}</div><p>{ASKED}</p>"
    message = read(b"Subject: Re: x\r\nContent-Type: text/html\r\n\r\n" + html.encode())
    assert message.new_text == "Fine.\nDate: Thursday 10:00"


@pytest.mark.parametrize(
    "copied",
    [
        "From: a@b.example\nTo: c@d.example\nSubject: Offer",
        "Fra: a@b.example\nTil: c@d.example\nEmne: Tilbud",
        "От: a@b.example\nКому: c@d.example\nТема: Счёт",
        "发件人: a@b.example\n收件人: c@d.example\n主题: 报价",
        "差出人: a@b.example\n宛先: c@d.example\n件名: 見積",
        "From: a@b.example\nSubject: Offer",
    ],
)
def test_a_head_without_a_date_is_somebodys(copied: str) -> None:
    """Programs never leave the date out: who tells of a letter by its address and subject is heard."""
    assert "Can you find it?" in _new(f"This never came.\n\n{copied}\n\nCan you find it?")


POINTING = [
    "Hi, filled in below.", "I've answered each question underneath.", "Please find my replies in the body of your mail.",
    "Hallo, Antwort steht unter Ihrer Mail.", "Bonjour, je vous réponds dans le texte ci-dessous.", "Cf. ci-dessous en gras.",
    "Respostas a vermelho no seu email.", "Segue abaixo em azul.", "Ver respostas em baixo", "Contesto en tu mismo correo",
    "Rispondo nel testo.", "Ik heb de antwoorden in je mail gezet.", "Jag har svarat i ditt mejl.", "Svarer i teksten.",
    "Se mine kommentarer under.", "Kommentit alla.", "Vastaukset tekstin seassa.", "Odpowiadam w treści poniżej.",
    "Moje komentarze na niebiesko.", "Odpovědi jsou v textu.", "Moje komentáře modře.", "Мои комментарии синим.", "Отвечаю в тексте.",
    "Yanıtlarım metin içinde.", "Aşağıda cevapladım.", "我的回答在原文中。", "下記に赤字で回答いたします。", "インラインにて失礼します。",
    "本文中に回答を記入しました。", "빨간색으로 답변드립니다.", "본문에 답변 적었습니다.",
]  # fmt: skip


@pytest.mark.parametrize("said", POINTING)
def test_answers_within_the_older_letter_are_shown_where_they_are_announced(said: str) -> None:
    """Whoever says that he answers within the older letter is heard there, in every language."""
    assert "4.2.1" in _answer(f"{said}\n\n{HEAD}{ASKED} 4.2.1").new_text


def test_answers_in_colour_within_a_quotation_are_shown_where_they_are_announced() -> None:
    """In Apple Mail the answers stand within the element of the quotation."""
    html = (
        '<div>Replies inline.</div><blockquote type="cite"><div>On 3 Mar 2025, at 10:14, Help Desk'
        ' &lt;help@desk.example&gt; wrote:</div><div>Which version? <font color="red">4.2.1</font></div>'
        "</blockquote>"
    )
    message = read(b"Subject: Re: x\r\nContent-Type: text/html\r\n\r\n" + html.encode())
    assert "4.2.1" in message.new_text


@pytest.mark.parametrize(
    "said",
    [
        "Thank you for your answer.",
        "The printer is on the floor below us.",
        "Vielen Dank für Ihre Antwort, es geht.",
        "Merci pour votre réponse.",
        "Gracias por la respuesta.",
        "Jeg har ikke fått svar under ferien.",
        "请回复一下。",
        "ご回答ありがとうございます。",
        "답변 감사합니다.",
    ],
)
def test_thanks_for_an_answer_point_nowhere(said: str) -> None:
    """Whoever only speaks of an answer has the older letter folded."""
    assert not points_down(said)
    assert _new(f"{said}\n\n{HEAD}{ASKED}") == [said]


@pytest.mark.parametrize("ruling", ["--", "—", "____________"])
@pytest.mark.parametrize(
    "said",
    [
        "Please order three mice",
        "Bitte drei Mäuse bestellen",
        "Please call me today.",
        "Soittakaa minulle tänään.",
        "Перезвоните мне сегодня, пожалуйста.",
        "二楼的扫描仪也一直响，还是不行，麻烦派人来看一下。",
        "2階のスキャナも鳴っています。至急確認をお願いいたします。",
    ],
)
def test_a_sentence_below_a_ruling_is_no_signature(ruling: str, said: str) -> None:
    """Whoever draws a line and goes on is heard, with a full stop or without."""
    assert said in _new(f"Works now.\n\n{ruling}\n{said}")


def test_what_is_said_to_stand_below_is_no_signature() -> None:
    """An address that is announced is shown, whatever is drawn above it."""
    text = "New address below\n______________________\nPrichard Joinery\nUnit 4, Dock Road\nTel. 01792 496 0010"
    assert "Unit 4, Dock Road" in _new(text)


@pytest.mark.parametrize("ruling", ["--", "______________________"])
def test_a_name_and_its_numbers_are_a_signature(ruling: str) -> None:
    """Below a ruling, a name with how to reach somebody is folded."""
    text = f"Works now.\n\n{ruling}\nOwen Prichard\nHead of Customer Service\nTel. 01792 496 0010"
    assert _new(text) == ["Works now."]


@pytest.mark.parametrize("ruling", ["-" * 30, "*" * 30, "=" * 30])
def test_a_card_between_two_rulings_is_a_signature(ruling: str) -> None:
    """In Japan a signature has a frame: a line above it and the same below."""
    card = "大和工業株式会社\n佐藤健一\nTEL: 06-1234-5678\nE-mail: owen@p.example"
    assert _new(f"印刷できません。\n\n{ruling}\n{card}\n{ruling}") == ["印刷できません。"]


@pytest.mark.parametrize(
    "box",
    [
        "Jane Miller\nTEL: 01792 496 0011\njane@p.example",
        "Server: db1\nAddress: 10.0.0.1\nhttp://db1.example",
        "ERROR 42\nno answer from http://db1.example\nretrying",
        "Call me: +44 1792 496 0010",
    ],
)
def test_what_is_boxed_otherwise_is_shown(box: str) -> None:
    """Data, output and sentences between two lines are the letter."""
    text = f"It fails.\n\n----------\n{box}\n----------"
    assert set(box.split("\n")) <= set(_new(text))


@pytest.mark.parametrize(
    "said",
    [
        "A jeszcze jedno: skaner na 2 piętrze piszczy, proszę sprawdzić.",
        "И ещё: сканер на 2 этаже пищит, посмотрите, пожалуйста.",
        "Lütfen bugün beni arayın.",
        "另外，二楼的扫描仪一直响，请一起看看。",
        "本日中にお電話ください。",
        "그리고 2층 스캐너도 소리가 납니다. 같이 봐 주세요.",
        "Soittakaa minulle tänään.",
    ],
)
def test_a_request_below_a_signature_is_shown(said: str) -> None:
    """Whoever asks for something in a paragraph below his signature is heard."""
    assert _new(f"Printer is down.\n\n-- \nX Name\nTel: 555 12 34\n\n{said}") == [
        "Printer is down.",
        said,
    ]


@pytest.mark.parametrize(
    "said",
    [
        "Please consider the environment before printing this e-mail.",
        "Bitte beachten Sie unsere neuen Öffnungszeiten.",
        "Please visit our new website.",
    ],
)
def test_what_firms_ask_for_below_a_signature_is_folded(said: str) -> None:
    """What a company asks for in each of its letters belongs to the signature."""
    assert _new(f"Printer is down.\n\n-- \nX Name\nTel: 555 12 34\n\n{said}") == [
        "Printer is down."
    ]


MACHINES = [
    "При запуске 03.03.2026 в 10:12 программа пишет:", "Сегодня в 10:12 терминал пишет:", "Programmet skrev 03.03.2026 10:12:",
    "Ohjelma kirjoitti 3.3.2026 klo 10.12:", "W dniu 3.03.2026 o 10:12 system napisał:", "Dne 3. 3. 2026 v 10:12 program napsal:",
    "Program 3.03.2026 10:12 tarihinde şunu yazdı:", "2026年3月3日 10:12 系统日志写道：", "On 3 March 2026 at 10:12 the log wrote:",
    "Am 03.03.2026 um 10:12 schrieb die Konsole:",
]  # fmt: skip


@pytest.mark.parametrize("said", MACHINES)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_a_program_wrote_is_shown(said: str, mark: str) -> None:
    """A screen's or a log's words, with the time, are what the writer shows us."""
    text = f"It fails.\n\n{said}\n\n{mark}Error 5\n\nWhat now?"
    for subject in ("Re: Job", "Printer"):
        shown = _answer(text, subject).new_text
        assert all(words in shown for words in (said, "Error 5", "What now?"))


@pytest.mark.parametrize(
    "above",
    [
        "Sent from my iPhone\n\n",
        "Kind regards,\nOwen\n\n",
        "Mit freundlichen Grüßen\n\nStefan Uhlig\nUhlig Maschinenbau\nTel. 03731 12340\n\n",
        "Hei,\n\nMvh Kari\n\n",
    ],
)
@pytest.mark.parametrize("older", [HEAD, "Begin forwarded message:\n\n" + HEAD])
def test_a_letter_below_nothing_but_a_signature_is_shown(above: str, older: str) -> None:
    """Where nobody wrote anything above it, the older letter is what was meant."""
    assert ASKED in _answer(above + older + ASKED).new_text


def test_a_letter_with_an_opening_and_a_signature_is_shown_whole() -> None:
    """Where only a name is called, what stands in a signature's element is the answer."""
    html = '<div>Hi Lena,</div><div id="Signature">Version 4.2.1-b7<br><br>Owen<br>01792 496 0010</div>'
    message = read(b"Subject: Re: x\r\nContent-Type: text/html\r\n\r\n" + html.encode())
    assert "Version 4.2.1-b7" in message.new_text


@pytest.mark.parametrize("above", ["Thanks,\nOwen\n\n", "Yes\n\nKind regards,\nOwen\n\n"])
def test_a_short_answer_folds_the_older_letter(above: str) -> None:
    """A word is an answer."""
    assert ASKED not in _answer(above + HEAD + ASKED).new_text


@pytest.mark.parametrize(
    "mark", ["[Owen] ", "[OP] ", "Owen: ", "【Owen】", "Prichard: ", "Owen Prichard: "]
)
def test_answers_below_the_writers_own_name_are_shown(mark: str) -> None:
    """Whoever answers within the older letter may mark it with a name."""
    assert f"{mark}4.2.1" in _answer(f"Hi Lena\n\n{HEAD}{ASKED}\n{mark}4.2.1").new_text


def test_a_greeting_is_no_mark() -> None:
    """The older letter greets its reader by that name."""
    assert _new(f"Yes\n\n{HEAD}Owen:\n\n{ASKED}\nHi Owen: see you") == ["Yes"]


PASTED = [
    ("Timberline answered this\n\n", "From: Timberline <t@timberline.example>\nSent: 02 March 2025 16:20\nTo: Owen\nSubject: RE: licence\n\n"),
    ("Hi, this one came tonight\n\n", "From: root@db1.example (Cron Daemon)\nTo: root@db1.example\nSubject: Cron backup\nDate: Mon, 3 Mar 2025 02:00:01 +0000\n\n"),
    ("Hi,\n\n", "On 27 February 2025 at 17:40 Lena <lena@other.example> wrote:\n"),
]  # fmt: skip


@pytest.mark.parametrize(("above", "head"), PASTED)
@pytest.mark.parametrize("older", [HEAD, WROTE + "> "])
def test_a_strangers_letter_that_is_pasted_hides_nothing(above: str, head: str, older: str) -> None:
    """Above the letter that is answered, somebody else's may stand, and words on it below it."""
    text = f"{above}{head}Your licence covers three seats.\n\nWe need one more.\n\n{older}{ASKED}"
    shown = _answer(text).new_text
    assert "We need one more." in shown
    assert ASKED not in shown


def test_a_thread_with_several_people_is_folded() -> None:
    """Letters of those it is written to, and the writer's own earlier ones, are folded."""
    own = "From: Owen Prichard <owen@p.example>\nSent: 02 March 2025 16:20\nTo: Help\nSubject: Job\n\n"
    assert _new(f"Yes\n\n{HEAD}{ASKED}\n\n{own}It is down.") == ["Yes"]
    assert _new(f"Yes\n\n{own}It is down.\n\n{HEAD}{ASKED}") == ["Yes"]


@pytest.mark.parametrize("above", ["", "svar med >> under\n\n"])
def test_answers_with_two_marks_are_the_writers(above: str) -> None:
    """No program begins to quote with two marks: who answers so below each question is heard."""
    text = f"{above}{HEAD}Model?\n>> LaserJet 4200\nSince when?\n>> Yesterday"
    assert {">> LaserJet 4200", ">> Yesterday"} <= set(_new(text))


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ('<div id="AppleMailSignature">{}<br>Sent from my iPhone</div>', "It still says locked, and I have an exam at 2"),
        ('<div class="gmail_signature">{}<br><br>Owen<br>Joinery, 01792 496 0010</div>', "The red light is on now"),
    ],
)  # fmt: skip
def test_a_statement_typed_into_a_signature_is_shown(element: str, said: str) -> None:
    """What is typed where a program signs is shown, though no full stop ends it."""
    html = f"<div>Hi Lena,</div>{element.format(said)}"
    message = read(b"Subject: Re: x\r\nContent-Type: text/html\r\n\r\n" + html.encode())
    assert said in message.new_text
    assert "iPhone" not in message.new_text


PEOPLE = [
    "Falls Sie nicht der richtige Empfänger sind, leiten Sie diese Anfrage bitte an die Technik weiter.",
    "If you received this email in error, please pass it on to the accounts department.",
    "Als deze mail niet voor u bestemd is, stuur hem dan door naar de juiste afdeling.",
    "Ce message et ses pièces jointes sont destinés à Mme Petit, merci de lui transmettre.",
    "Parcels with this label are intended only for the recipient. Please complain to the courier.",
    "The e-mail says that the charger is intended for the use in Germany only.",
    "Each voucher is intended only for the individual named on it, and the shop accepted none of them.",
    "Please consider the environment before printing 40 pages of delivery notes for one pen.",
    "Este mensaje es confidencial y va dirigido únicamente al destinatario Moreno. Lo hemos borrado.",
    "Ce courriel concerne la porte 4. Si vous n'êtes pas destinataire du colis, merci d'informer l'expéditeur.",
    "Deze mail kwam ook in het magazijn. Als u de brief per vergissing hebt ontvangen, gelieve de afzender te bellen.",
    "このメールは受信者のみに送っています。荷物の転送は禁止です。",
]


@pytest.mark.parametrize("said", PEOPLE)
def test_what_people_say_of_letters_and_parcels_is_no_disclaimer(said: str) -> None:
    """Whoever asks to pass a letter on, or speaks of a parcel's receiver, is no lawyer."""
    assert said in _new(f"Our contract ends on 1 June.\n\n{said}")


@pytest.mark.parametrize(
    "asked",
    [
        "Please add the following disclaimer to all outgoing mail.",
        "Bitte fügen Sie unter alle E-Mails den folgenden Text ein.",
        "Please set the following footer for all users:\n\n---\nExample Ltd, 1 High Street, London",
        "please change the footer.\n\nNew:",
        "can you add this line to our footer?",
    ],
)
def test_a_disclaimer_that_is_to_be_set_up_is_shown(asked: str) -> None:
    """Whoever has a footer changed shows what it is to say."""
    text = "If you are not the intended recipient, please notify the sender and delete this e-mail."
    assert text in _new(f"Hi,\n\n{asked}\n\n{text}")


def test_what_stands_between_a_ruling_and_a_disclaimer_is_shown() -> None:
    """A line that is drawn above the writer's last words does not make them a footer."""
    text = (
        "The printer is broken.\n\n-----\nPlease also order toner for room 5\n\n"
        "This email has been checked for viruses by Avast antivirus software. www.avast.com"
    )
    assert _new(text) == ["The printer is broken.", "-----", "Please also order toner for room 5"]


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "Virus-free. www.avast.com", "Get Outlook for Android"]
)
def test_a_programs_line_that_is_announced_is_shown(line: str) -> None:
    """Whoever asks how a line is removed shows it."""
    assert line in _new(f"Hi,\n\nhow do I remove this line:\n\n{line}")


@pytest.mark.parametrize("line", ["Not from mobile.", "Ordered from mobile.", "Login from mobile."])
def test_a_sentence_about_a_telephone_is_no_telephones(line: str) -> None:
    """What was done by telephone is not what one signs with."""
    assert line in _new(f"It works from the PC.\n{line}")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Yes please", "Yes please"),
        ("8891231<br>", "8891231"),
        ("We need it by Friday.<br>", "We need it by Friday."),
        ("* keyboard<br>* mouse<br>", "mouse"),
        ("<br>Anna Brown<br><br>PS: room 204", "PS: room 204"),
    ],
)
def test_an_answer_typed_into_a_signature_above_the_older_letter_is_shown(
    typed: str, shown: str
) -> None:
    """Where nothing else is new, what was typed into a program's signature is the answer."""
    older = HEAD.replace("<", "&lt;").replace("\n", "<br>")
    html = f'<div id="Signature">{typed}<br>Anna Brown</div><div>{older}{ASKED}</div>'
    message = read(b"Subject: Re: x\r\nContent-Type: text/html\r\n\r\n" + html.encode())
    assert shown in message.new_text


def test_a_banner_about_somebody_else_is_shown() -> None:
    """Exchange's warning names the letter's own sender: with another's address it was pasted."""
    banner = "You don't often get email from {}. Learn why this is important"
    for address, shown in (("owen@p.example", False), ("bob@vendor.example", True)):
        said = banner.format(address)
        assert (said in _new(f"{said}\n\nIs this one real")) == shown


def test_a_file_within_the_text_stays_folded_below_an_opening() -> None:
    """A file in the lines of a letter that says nothing else is attached, and not shown."""
    lines = "M" + "86)C" * 15
    octets = f"Subject: x\r\n\r\nHi Anna,\r\n\r\nbegin 644 a.txt\r\n{lines}\r\n`\r\nend\r\n"
    assert read(octets.encode()).new_text == "Hi Anna,"


def test_an_ideographic_blank_below_who_wrote_is_read() -> None:
    """Whatever blank stands at the end of a line, a letter has its spans."""
    text = "hi\n\nOn 5 Mar 2020 at 10:12 you wrote:\u3000\n\nok"
    assert "hi" in _new(text)


@pytest.mark.parametrize("above", ["", "Sent from my Galaxy"])
@pytest.mark.parametrize(
    "ruled",
    [
        "-------- Original message --------From: Help Desk <help@desk.example> Date: 3/3/25 10:14",
        "-------- Ursprüngliche Nachricht --------Von: Help Desk <help@desk.example> Datum: 03.03.25 10:14 (GMT+01:00) An: owen@p.example Betreff: Re: Job",
    ],
)
def test_a_head_on_the_line_of_its_ruling_begins_the_older_letter(above: str, ruled: str) -> None:
    """Samsung's texts run the head of the older letter together with its ruling."""
    assert _new(f"It is 4.2.\n\n{above}{ruled}\n{ASKED}") == ["It is 4.2."]


def test_words_on_the_line_of_a_ruling_are_the_writers() -> None:
    """What stands before a ruling on its line is shown, unless a program signs so."""
    ruled = "-------- Original message --------From: Help Desk <help@desk.example>"
    assert "call me" in _answer(f"Hi\n\ncall me {ruled}\n{ASKED}").new_text


def test_a_signature_above_a_disclaimer_is_folded_with_it() -> None:
    """Below the dashes a company's disclaimer may follow the writer's card."""
    text = (
        "It is 4.2.\n\n-- \nOwen Prichard\nPrichard Joinery\nTel. 01792 496 0010\n\n"
        "This e-mail and any attachments are confidential and intended solely for the addressee. "
        "If you have received it in error, please notify the sender and delete it. Any use of it "
        "by anybody else is prohibited, and it does not represent the views of Prichard Joinery."
    )
    assert _new(text) == ["It is 4.2."]


@pytest.mark.parametrize(
    "older", [HEAD, "On 03/03/2025 10:14, Help Desk <help@desk.example> wrote:\n\n"]
)
def test_an_answer_below_an_older_letter_without_marks_is_shown_where_it_is_all(older: str) -> None:
    """Below nothing but a greeting the answer stands in the older letter, or under it: all is shown."""
    text = f"Hi Martin,\n\n{older}{ASKED}\n\nserial number is WP-4471."
    assert "serial number is WP-4471." in _new(text)


@pytest.mark.parametrize(
    "above",
    [
        "S. unten bitte", "Completed below.", "Details added below, thanks", "done, see under each question",
        "J'ai complété ci-dessous", "He rellenado los datos abajo.", "rispondo in linea", "uzupełnione poniżej",
        "ifyllt nedan", "udfyldt nedenfor", "preenchido abaixo", "vyplněno níže", "заполнил ниже",
        "Ich habe unten reingeschrieben.", "ausgefüllt zurück", "Anbei die Antworten (fett).", "s.u.",
    ],
)  # fmt: skip
def test_who_fills_in_below_is_heard(above: str) -> None:
    """A few words that end in "below" say where the answers are, in whichever language."""
    text = f"{above}\n\n{HEAD}Model?\n\nAqua 200\n\nYear?\n\n2021"
    assert {"Aqua 200", "2021"} <= set(_new(text))


@pytest.mark.parametrize(
    "above",
    ["I agree with the points below.", "I live on the floor below.", "Die Pumpe ist unten."],
)
def test_what_is_below_something_else_points_nowhere(above: str) -> None:
    """A thing that is below, or points that are agreed with, are no answers in the older letter."""
    assert _new(f"{above}\n\n{HEAD}{ASKED}") == [above]


@pytest.mark.parametrize(
    "told",
    [
        "Unser Elektriker (dave@strom.example) schrieb am 03.03.2025 um 10:12 Uhr:",
        "My landlord (dave@house.example) wrote on 3 March 2025 at 10:12:",
        "Il nostro elettricista (dave@elec.example) ha scritto il 3 marzo 2025 alle 10:12:",
    ],
)
def test_what_our_electrician_wrote_is_told_by_a_person(told: str) -> None:
    """No program says "our" or "my" of who wrote."""
    assert told in _new(f"Hello\n\n{told}\n\nThe fuse is blown.")


def test_a_name_like_a_possessive_still_wrote() -> None:
    """Min Lee and Mina Berg are people, and what they wrote is older."""
    wrote = "On 3 March 2025 at 10:12, Min Lee <min@desk.example> wrote:"
    assert _new(f"Yes\n\n{wrote}\n\n{ASKED}") == ["Yes"]
    assert _new(
        f"Yes\n\nMina Berg <mina@desk.example> wrote on 3 March 2025 at 10:12:\n\n{ASKED}"
    ) == ["Yes"]


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        ("On Mon, Mar 3, 2025 at 10:12 AM Support Weber GmbH <support@weber.example", "> wrote:"),
        (
            "Am Mo., 3. März 2025 um 10:12 Uhr schrieb Support Weber GmbH <support@weber.example",
            ">:",
        ),
        ("Le lun. 3 mars 2025 à 10:12, Support Weber GmbH <support@weber.example", "> a écrit :"),
        ("2025年3月3日(月) 10:12 Support Weber GmbH <support@weber.example", ">:"),
    ],
)
def test_an_address_that_was_wrapped_ends_its_line(first: str, rest: str) -> None:
    """Gmail's texts cut the line before the ">" of the address: it is no quote mark."""
    assert _new(f"Yes\n\n{first}\n{rest}\n\n> {ASKED}\n") == ["Yes"]


@pytest.mark.parametrize(
    "head",
    [
        'De: "Soporte" <help@desk.example>\nPara: "Lucía" <owen@p.example>\nEnviados: Lunes, 3 de Marzo 2025 10:12:13\nAsunto: Re: Job\n\n',
        'De: "Suporte" <help@desk.example>\nPara: "João" <owen@p.example>\nEnviadas: Segunda-feira, 3 de março de 2025 10:12:13\nAssunto: Re: Job\n\n',
    ],
)
def test_zimbras_heads_in_spanish_and_portuguese(head: str) -> None:
    """Its word for "sent" is a plural there."""
    assert _new(f"Sí\n\n{head}{ASKED}") == ["Sí"]
