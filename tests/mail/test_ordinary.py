"""What must never happen to a person's letter."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mailtickets.mail.message import Message, Nature, Part, read
from mailtickets.service.reading import scored
from tests.mail import forms, shown
from tests.mail.ordinary import letter


def test_no_ordinary_letter_is_taken_for_a_machines() -> None:
    """Of 20,000 letters of people, whatever their subjects say, each is a person's."""
    chance = random.Random(20241)
    taken = []
    for _ in range(20_000):
        octets, _ = letter(chance)
        message = read(octets)
        if message.nature is not Nature.HUMAN:
            taken.append((message.subject, message.evidence))
    assert taken == []


def test_no_writers_words_are_folded_away() -> None:
    """What was written above, below or between quotes is in the new text, every line of it."""
    chance = random.Random(7102)
    for _ in range(1500):
        octets, words = letter(chance)
        message = read(octets)
        for line in words.split("\n"):
            assert line in message.new_text or line.startswith(">"), message.text


OWN = [
    "Yesterday I wrote to support@example.com:\n\nPlease help me.\n\nNobody answered.",
    "On 3 June 2024 at 10:00 I wrote to <help@example.com>:\n\nThe printer is broken.\n\nStill is.",
    "On Monday my colleague wrote:\n\nIt works.\n\nIt does not work for me.",
    "I need a car.\n\nFrom: Berlin\nTo: Munich\nDate: 5 May\n\nFor two people, please.",
    "The log says:\n\n----------\nERROR 42\n----------\n\nWhat does it mean?",
    "The table is\n=====\na b\n=====\nand I do not understand it.",
    "See:\n-- first\n-- second\nThank you",
    "Hello\n\n--\n\nCan you tell me why the invoice is wrong?",
    "My shell said > no such file\nand then nothing.",
    "Please send it to:\nAnna Berg <anna@example.com>\nBerlin",
    "Dear team,\nthe mailing list software says 'Mailing list full'.\nWhat now?",
    "Here is another letter\n\nSent from my desk, it is much easier than my telephone.",
    "This was sent from my iPhone app to all users.\n\nWhy?",
    "Name: Nic\nDate: 2024-06-03\nSubject: maths\n\nPlease enrol me.",
    "Subject of my letter: the printer\nTo be clear: it is broken\n\nBye",
    "Le rendez-vous du 3 juin 2024 à 10:00 avec Anna Berg est annulé :\n\nil faut un autre.",
    "Hi,\n\nOn 3 June at 10:00 your technician wrote:\n\nIt is clean.\n\nThis is not true!",
    "Hallo,\n\nam 03.06.2024 um 10:00 Uhr schrieb der Techniker:\n\nSauber.\n\nStimmt nicht!",
    "Bonjour,\n\nLe 3 juin 2024 à 10:00, le technicien a écrit :\n\nFini.\n\nC'est faux !",
    "On 3 June 2024 at 10:00 Anna <a@b.example> wrote that it works:\n\nIt does not.",
    "To: help desk\nSubject: Printer\nDate: 3 June\n\nHello, the printer is broken",
    "Hello,\n\nOriginal message:\n\nCannot open file\n\nThat is what it says. Please help.",
    "Best regards\n\n_____________________________\nPS: please call before noon, +49 30 1234",
    "Hi\n\n從昨天開始印表機就壞了",
    "Hi\n\n從我的電腦無法登入",
    "Bob wrote:\n\nthe printer is broken\n\nand Bob is right.",
    "Am 03.06.2024 um 10:00 kam der Techniker:\n\ner hat nichts gefunden. Und jetzt?",
    # A ruling between two things that are asked.
    "Hello,\n\nproblem one: no print.\n\n--\n\nProblem two: no scan. I need it tomorrow.\n\nAnna",
    "Question 1: the HP in room 3.\n--\nQuestion 2: since Friday.\n--\nQuestion 3: no, never.",
    "Thanks for the first thing.\n\n—\n\nThe second is still broken: I cannot log in at all.",
    "Dear support,\n\n______\nOrder: 4711\nPhone: +49 30 1\nThe machine does not start any more.",
    "Dear support,\n\n______\n\nPlease send the new one by Friday.",
    # A mailing list, a mistake, a warning that is one's own.
    "Hello,\n\nthanks.\n\nPlease remove us from the mailing list, we get everything twice.",
    "Guten Tag,\n\nBitte nehmen Sie Frau Meier aus der Mailingliste und Herrn Schulz hinein.",
    "Hello,\n\nThe Google Groups address support@acme.example rejects letters from customers.",
    "Hello,\n\nThis e-mail was intended for Bob Smith in accounting. Please delete it.",
    "Hello,\n\nIf you have received this payment in error, please send it to account 4711.",
    "Hallo,\n\nDiese E-Mail bitte vertraulich behandeln und nicht an Herrn Meier weiterleiten.",
    "Achtung: Mails von externen Absendern kommen seit heute nicht an.\n\nBitte prüfen.",
    "Attention, les mails envoyés vers des adresses externes sont bloqués.\n\nMerci de vérifier.",
    # What a program says, and how it asks.
    "Here it is:\n\n| order | name |\n|-------|------|\n| 4711 | Meier |",
    "SQL> select * from orders;\nORA-00942: table or view does not exist\nSQL> desc orders",
]


@pytest.mark.parametrize("text", OWN, ids=range(len(OWN)))
def test_what_only_looks_like_a_quote_is_shown(text: str) -> None:
    """A person's own sentence, list or ruling is not folded."""
    assert Message(text=text).new_text == text


NOT_ANSWERED = [
    (
        "This never came.\n\nFrom: A <a@b.example>\nSent: 3 June 2024\nTo: c@d.example\n"
        "Subject: Offer\n\nDear C\n\nWhy?"
    ),
    (
        "Hi,\n\nit was promised.\n\nOn 28 May 2024 at 14:05, Peter <p@m.example> wrote:\n\n"
        "On Friday.\n\nIt never came."
    ),
    (
        "Hallo,\n\nso war es.\n\nam 3. Juni um 10:00 Uhr hat Anna Meier geschrieben:\n\n"
        "Sie kommt.\n\nKam sie nicht."
    ),
    "The log says\n\n> FATAL: disk full",
    "The printer is broken.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n\nOh, and the scanner.",
]


@pytest.mark.parametrize("text", NOT_ANSWERED, ids=range(len(NOT_ANSWERED)))
def test_a_letter_that_answers_nothing_is_shown(text: str) -> None:
    """Who shows us an older letter in a new one goes on below it: its subject says no "Re:"."""
    shown = Message(text=text, subject="Printer").new_text
    kept = [line for line in text.split("\n") if line and not line.startswith("Get Outlook")]
    assert all(line in shown for line in kept)
    assert Message(text=text, subject="Re: Printer").new_text != text


def test_a_quotation_in_a_new_letter_is_folded_where_somebody_is_said_to_have_written_it() -> None:
    """A program that lost the head of an answer still marks what it quotes."""
    text = (
        "Thank you!\n\nOn 3 June 2024 at 10:00, Help <help@example.org> wrote:\n\n> It is done.\n"
    )
    assert Message(text=text, subject="Printer").new_text == "Thank you!"


@pytest.mark.parametrize(("subject", "folded"), [("Shop", False), ("Re: Shop", True)])
def test_a_box_with_a_border_in_a_new_letter_is_shown(subject: str, folded: bool) -> None:
    """People put what a page said into a box, or use their program's button for quotations.

    A program's own class of them is folded where somebody is said to have written it.
    """
    box = "<blockquote {}>Payment failed</blockquote>"
    head = f"From: a@b.example\nSubject: {subject}\nContent-Type: text/html\n\n<p>It says:</p>"
    bordered = read((head + box.format('style="border-left: 2px solid red"')).encode())
    assert ("Payment failed" not in bordered.new_text) == folded
    wrote = "<p>On 3 June 2024 at 10:00, Help &lt;help@example.org&gt; wrote:</p>"
    quoted = read((head + wrote + box.format('class="gmail_quote"')).encode())
    assert "Payment failed" not in quoted.new_text
    button = read((head + box.format('class="gmail_quote"')).encode())
    assert ("Payment failed" not in button.new_text) == folded


HISTORY = "On Tue, 3 Mar 2026 at 10:15, Help <help@desk.example> wrote:\n\n> Which one?\n"


@pytest.mark.parametrize("text", shown.IN_ANSWERS, ids=range(len(shown.IN_ANSWERS)))
def test_what_somebody_shows_in_an_answer_is_no_older_letter(text: str) -> None:
    """Heads of letters, parcels' data, rules, what somebody said: shown, with all that follows."""
    answer = Message(text=f"{text}\n\n{HISTORY}", subject="Re: T", references=("1@x",))
    assert answer.new_text == text


@pytest.mark.parametrize(
    "text",
    [
        "three things:\n> printer has no toner\n> phone is dead",
        "it works now, the command was\n\n> npm install --force",
        "what I need from you is this:\n\n> a new cable",
    ],
)
def test_what_the_writer_quotes_himself_is_shown(text: str) -> None:
    """No program's line stands above it, and the older letter comes further down, if at all."""
    for below in (f"\n\n{HISTORY}", f"\n\n-- \nNic\n\n{HISTORY}"):
        answer = Message(text=text + below, subject="Re: T", references=("1@x",))
        assert answer.new_text == text


def test_answers_in_marked_lines_are_shown_where_somebody_says_so() -> None:
    """And only if there are none between the lines."""
    said = "Hi, my answers are below in capitals."
    head = "On Tue, 3 Mar 2026 at 10:15, Help <help@desk.example> wrote:"
    within = f"{said}\n\n{head}\n\n> Did you restart it? YES, TWICE\n"
    assert "YES, TWICE" in Message(text=within, subject="Re: T", references=("1@x",)).new_text
    between = f"{said}\n\n{head}\n\n> Old one.\n>\n> Did you restart it?\n\nYES.\n"
    assert "YES." in Message(text=between, subject="Re: T", references=("1@x",)).new_text


@pytest.mark.parametrize(
    ("subject", "answers"),
    [
        ("Urgent: mail lost", False),
        ("[Shop 24] Meter broken", False),
        ("Contact: Anna", False),
        ("", False),
        ("AW: Zähler", True),
        ("[T-1] Meter", True),
        ("[Ticket #24] Meter", True),
        ("Reenv: Meter", True),
    ],
)
def test_what_the_subject_of_an_answer_is(subject: str, answers: bool) -> None:
    """Only what programs put before it: in a new letter all that its writer shows is shown."""
    head = "From: shop@amazon.example\nSubject: Your invoice\nDate: 12 May 2024 10:00"
    text = f"Hello,\n\nthis never came.\n\n{head}\n\nPlease look for it."
    letter = f"From: a@b.example\nSubject: {subject}\n\n{text}".encode()
    assert (read(letter).new_text == text) == (not answers)
    form = f"From: form@b.example\nSubject: {subject}\n\n{head}\n\nThe meter stopped.".encode()
    assert (head in read(form).new_text) == (not answers)


HEAD = (
    "From: Support <help@example.org>\nSent: Monday, June 3, 2024 10:00 AM\nTo: Anna\nSubject: T\n"
)


@pytest.mark.parametrize(
    "said",
    [
        "See my answers below.",
        "Please see my comments inline, marked with ***.",
        "Siehe unten in Rot.",
        "Meine Antworten stehen unten im Text.",
        "Voir mes réponses ci-dessous en rouge.",
        "Mis respuestas están abajo en rojo.",
        "Zie mijn antwoorden hieronder.",
        "Hi Sam, please see below.",
        "Ich habe in Ihre Mail hineingeschrieben.",
        "mes réponses dans votre mail",
        "Contesto entre líneas.",
        "Buongiorno, vedi sotto",
        "respondi no corpo do e-mail",
        "Hej, se nedan",
        "Katso alla.",
        "Patrz niżej",
        "Viz níže",
        "См. ниже.",
        "Ответы в тексте письма",
        "Lütfen aşağıya bakınız.",
        "Válaszaim lent, pirossal",
        "见下面红字",
        "아래 빨간색으로 답변드립니다",
    ],
)
def test_answers_within_the_older_letter_are_shown(said: str) -> None:
    """Who says that the answers are in the older letter has it shown; others have it folded."""
    text = f"{said}\n\n{HEAD}\nWhich printer is it?\n\n[Anna:] The HP in room 3.\n"
    answer = Message(text=text, subject="RE: T", references=("1@x",))
    assert "[Anna:] The HP in room 3." in answer.new_text
    other = Message(text=text.replace(said, "Thank you."), subject="RE: T", references=("1@x",))
    assert other.new_text == "Thank you."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Please tell us the serial number that is printed on the back of it", "And which system"),
        ("Please tell us the serial number that is printed on the back of it", "Windows or Mac"),
    ],
)
def test_quick_answers_between_marked_lines(first: str, second: str) -> None:
    """They begin in lower case, and the quoted line above them is long."""
    text = (
        "On Mon, Jun 3, 2024 at 10:00 AM Support <help@example.org> wrote:\n\n"
        f"> {first}\nsn 4711-22, bought in may\n> {second}\nwindows 11\n"
    )
    shown = Message(text=text, subject="Re: T").new_text
    assert "sn 4711-22, bought in may" in shown
    assert "windows 11" in shown


def test_an_afterthought_below_a_signature_is_shown() -> None:
    """The signature above it is folded."""
    text = "Hello,\n\nit works.\n\n-- \nAnna Berg\nACME GmbH\n\nPS: What about invoice 4711?"
    assert Message(text=text).new_text == "Hello,\n\nit works.\n\nPS: What about invoice 4711?"


@pytest.mark.parametrize(
    "ruling", ["---- 回复的原邮件 ----", "---- Replied Message ----", "---- 转发的原邮件 ----"]
)
def test_netease_quotes_in_a_table(ruling: str) -> None:
    """163.com puts the older letter's head in a table below a ruling."""
    text = (
        f"好的\n\n{ruling}\n| 发件人 | Help<help@example.org> |\n| 日期 | 2024年06月03日 |\n请问？"
    )
    assert Message(text=text, subject="回复：T").new_text == "好的"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


TABLES = {"gmail": forms.GMAIL, "apple": forms.APPLE, "thunderbird": forms.THUNDERBIRD}
FORMS = [
    pytest.param(language, line, id=f"{program}-{language}")
    for program, table in TABLES.items()
    for language, line in table.items()
]


@pytest.mark.parametrize(("language", "line"), FORMS)
def test_an_answer_above_or_below_what_it_answers(language: str, line: str) -> None:
    """The line that says who wrote is known in each language, with quote marks and without."""
    words = forms.WORDS[language]
    wrapped = line
    if len(line) > 60:
        cut = line.index(" ", 30)
        wrapped = line[:cut] + "\n" + line[cut + 1 :]
    for text in (
        f"{words}\n\n{line}\n\n{_quoted(forms.OLDER)}\n",
        f"{words}\n\n{line}\n\n{forms.OLDER}\n",
        f"{words}\n\n{wrapped}\n\n{_quoted(forms.OLDER)}\n",
        f"{words}\n\n{wrapped}\n\n{forms.OLDER}\n",
        f"{line}\n{_quoted(forms.OLDER)}\n\n{words}\n",
        f"{words}\n\n{_quoted(line)}\n{_quoted(forms.OLDER)}\n",
    ):
        message = Message(text=text)
        assert message.new_text == words
        assert Part.QUOTED in {span.part for span in message.spans}


@pytest.mark.parametrize("language", forms.OUTLOOK)
def test_an_answer_by_outlook(language: str) -> None:
    """The head that Outlook writes is known in each language, also in bold and below a ruling."""
    words, head = forms.WORDS[language], forms.outlook(language)
    bold = "\n".join("*" + line.replace(":", ":*", 1) for line in head.split("\n"))
    ruling = "________________________________"
    for above in (head, bold, f"{ruling}\n{head}"):
        assert Message(text=f"{words}\n\n{above}\n\n{forms.OLDER}").new_text == words


@pytest.mark.parametrize("language", forms.RULED)
def test_a_forward(language: str) -> None:
    """Who wrote the forwarded letter, when, about what and what, in each language."""
    original, forwarded = forms.RULED[language]
    words, head = forms.WORDS[language], forms.outlook(language)
    answer = Message(text=f"{words}\n\n-----{original}-----\n{head}\n\n{forms.OLDER}")
    assert answer.new_text == words
    for above in (f"{words}\n\n", ""):
        text = f"{above}---------- {forwarded} ---------\n{head}\n\n{forms.OLDER}"
        found = Message(text=text, subject="Fwd: Printer").forwarded
        assert found is not None
        assert found.author is not None
        assert (found.author.name, found.author.address) == ("Anna Berg", "anna@example.com")
        assert (found.subject, found.date) == ("Printer", "2024-06-03 10:00")
        assert found.text == forms.OLDER


@pytest.mark.parametrize("language", forms.WORDS)
def test_the_language_is_told(language: str) -> None:
    """The language of a sentence or two is found."""
    assert Message(text=forms.WORDS[language]).language == language.split("-", maxsplit=1)[0]


@pytest.mark.parametrize(
    "line",
    [
        "Quoting Anna Berg <anna@example.com>:",
        "Zitat von Anna Berg <anna@example.com>:",
        "In a message dated 6/3/2024 10:00:00 AM, anna@example.com writes:",
        "Monday, June 3, 2024, 10:00:00 AM, you wrote:",
        "--- On Mon, 6/3/24, Anna Berg <anna@example.com> wrote:",
        "----- Anna Berg <anna@example.com> wrote:",
        "Anna Berg <anna@example.com> schrieb am Mo., 3. Juni 2024, 10:00:",
        "---- On Mon, 03 Jun 2024 10:00:00 +0200 Anna Berg <anna@example.com> wrote ----",
    ],
)
def test_an_answer_by_an_older_program(line: str) -> None:
    """Horde, AOL, The Bat, Yahoo, Zoho and others."""
    words = forms.WORDS["en"]
    assert Message(text=f"{words}\n\n{line}\n\n{_quoted(forms.OLDER)}").new_text == words
    assert Message(text=f"{words}\n\n{line}\n\n{forms.OLDER}").new_text == words


def test_answers_between_quotes_keep_what_they_answer() -> None:
    """An agent sees the question above each answer, and not the rest of the old letter."""
    text = "Hi,\n\n> Does it work?\n\nYes.\n\n> Is it loud?\n\nNo.\n\n> Bye\n> Anna\n"
    message = Message(text=text)
    assert message.new_text == "Hi,\n\n> Does it work?\n\nYes.\n\n> Is it loud?\n\nNo."
    parts = [span.part for span in message.spans]
    assert parts == [
        *(Part.NEW, Part.QUOTED, Part.INLINE_ANSWER, Part.QUOTED, Part.INLINE_ANSWER, Part.QUOTED)
    ]


def test_a_telephone_that_does_not_know_its_gender_signs_too() -> None:
    """What Samsung's program puts below a German letter is no word of its writer."""
    head = "-------- Ursprüngliche Nachricht --------\nVon: A <a@b.example>\nAn: b@c.example"
    head += "\nBetreff: x"
    text = f"Hallo\n\nVon meinem/meiner Galaxy gesendet\n\n\n{head}\n\n{forms.OLDER}"
    assert Message(text=text).new_text == "Hallo"


def test_spans_cover_the_text() -> None:
    """Every character of a letter is in one span, none in two."""
    chance = random.Random(1)
    for _ in range(300):
        message = read(letter(chance)[0])
        assert "".join(message.text[s.start : s.end] for s in message.spans) == message.text
        ends = [0, *(span.end for span in message.spans)]
        assert [span.start for span in message.spans] == ends[:-1]


def test_a_signature_and_a_list_footer_are_told_apart() -> None:
    """Below the dashes is a signature, below the list's ruling the list's."""
    text = (
        f"Thanks.\n\n-- \nNic Ferrier\n+49 30 1234\n\n{'_' * 47}\n"
        "Printers mailing list\nhttps://lists.example.org/mailman/listinfo/printers\n"
    )
    message = Message(text=text)
    assert message.new_text == "Thanks."
    assert [span.part for span in message.spans] == [Part.NEW, Part.SIGNATURE, Part.LIST_FOOTER]


@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_mailmans_own_footer_is_the_lists(between: str) -> None:
    """What Mailman puts below every letter, with an empty line above it or with none."""
    text = (
        f"Thanks.{between}{'_' * 47}\nUsers mailing list -- users@x.example\n"
        "To unsubscribe send an email to users-leave@x.example\n"
    )
    assert Message(text=text).new_text == "Thanks."


def test_the_scorer_is_given_what_it_compares(tmp_path: Path) -> None:
    """`mailtickets read --server` speaks of a letter in the scorer's words."""
    octets, words = letter(random.Random(5))
    keys = scored(read(octets))
    assert {"subject", "from", "date", "text", "reply", "attachments", "kind"} <= keys.keys()
    assert words.split("\n")[0] in keys["text"]
