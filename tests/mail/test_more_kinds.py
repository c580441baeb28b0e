"""Automatic answers, and people who only look like them, in many languages; what receipts tell."""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import pytest

from mailtickets.mail.message import Nature, read
from tests.mail import hostile

PATH = "Return-Path: <anna@acme.example>\n"
NO_PATH = "Return-Path: <>\n"
ANSWER = "In-Reply-To: <t1@example.org>\n"
SUPPRESS = "X-Auto-Response-Suppress: DR, OOF, AutoReply\n"
NOTHING = "X-Auto-Response-Suppress: All\n"
BULK = "Precedence: bulk\n"


def _nature(subject: str, head: str, sender: str = "Anna Berg <anna@acme.example>") -> Nature:
    return read(f"From: {sender}\nSubject: {subject}\n{head}\nHello.\n".encode()).nature


@pytest.mark.parametrize("precedence", ["bulk", "list", "junk"])
@pytest.mark.parametrize(
    "head",
    [
        NO_PATH + "Auto-Submitted: auto-replied (vacation)\n",
        PATH + "Auto-Submitted: auto-replied\nX-Powered-By: OTRS\n",
        PATH + "Auto-Submitted: auto-replied\nList-Id: <printers.example.org>\n",
    ],
)
def test_what_says_that_it_answers_is_an_answer(precedence: str, head: str) -> None:
    """vacation(1), OTRS and RT add the Precedence of lists; Auto-Submitted (RFC 3834) says more."""
    assert _nature("Re: x", f"{head}Precedence: {precedence}\n") is Nature.AUTO_REPLY


@pytest.mark.parametrize(
    "head",
    [
        "List-Id: <printers.example.org>\n",
        "List-Post: <mailto:printers@example.org>\nPrecedence: list\n",
        "Auto-Submitted: no\nPrecedence: list\n",
        "Auto-Submitted: auto-generated\nPrecedence: bulk\nList-Id: <printers.example.org>\n",
        "Auto-Submitted: auto-generated\nPrecedence: list\n",
        "Auto-Submitted: auto-generated\nPrecedence: bulk\nList-Unsubscribe: <mailto:a@b>\n",
    ],
)
def test_a_post_of_a_list_stays_one(head: str) -> None:
    """A list's own fields make a list's letter where nothing says that it answers a letter."""
    assert _nature("Re: x", PATH + head) is Nature.LIST


@pytest.mark.parametrize("precedence", ["bulk", "junk"])
def test_an_alarm_is_no_post_of_a_list(precedence: str) -> None:
    """A program that says of its own accord what happened often asks for no answer by Precedence."""
    head = f"{PATH}Auto-Submitted: auto-generated\nPrecedence: {precedence}\n"
    assert _nature("Disk full on db1", head) is Nature.AUTO_REPLY


PROGRAMS = """
不在応答|【自動返信】不在のお知らせ|自動応答: 件名|自動返信メール|부재중 자동 응답|[부재중] 자동 응답 메일입니다|자동 회신: 문의
外出自動回覆|外出自动答复: 工单|自動答覆：報修|自动回复|Otomatik Yanıt: Talep|Otomatik cevap|Automatická odpověď: Tiket
Automatická odpoveď: Tiket|Automaattinen vastaus: x|Automaattivastaus|Poissaoloilmoitus: x|Automatisk svar: Sak
Fraværsmelding|Automatiskt svar: x|Autosvar: x|Odpowiedź automatyczna: x|Autoodpowiedź: x|Automatikus válasz: x
Răspuns automat: x|Автоматический ответ: x|Автоответчик: x|Автоматична відповідь: x|Автовідповідь: x
Αυτόματη απάντηση: x|תגובה אוטומטית: פנייה|תשובה אוטומטית: x|מענה אוטומטי|رد تلقائي: طلب|الرد التلقائي: x
การตอบกลับอัตโนมัติ: x|ตอบกลับอัตโนมัติ: x|Trả lời tự động: x|Thư trả lời tự động|Balasan otomatis: x
Jawaban otomatis: x|Samodejni odgovor: x|Automatski odgovor: x|Автоматичен отговор: x|Automaatvastus: x
"""
ABSENT = """
İşyeri dışında: Talep|Ofis dışında: Talep|İzindeyim|Mimo kancelář|Mimo kanceláře: x|Nepřítomnost: x|Dovolená: x
Mimo kancelárie: x|Lomalla: Re: tiketti|Poissa toimistosta: x|Olen lomalla|Ikke på kontoret: Sak
Ute av kontoret: x|Ude af kontoret: x|Inte på kontoret: x|Frånvarande: x|Poza biurem: x|Nieobecność|Urlop: x
Házon kívül: x|În afara biroului: x|Вне офиса: x|Я в отпуске|Отсутствие на рабочем месте|Поза офісом: x
У відпустці: x|Εκτός γραφείου: x|Απουσία από το γραφείο|מחוץ למשרד: x|خارج المكتب: x|ไม่อยู่ที่สำนักงาน: x
Vắng mặt tại văn phòng|Di luar kantor: x|Nicht im Büro: x|Fuera de la oficina: x|Out of the office: x|外出中
"""
AUTOMATIC = [one for line in (PROGRAMS + ABSENT).split("\n") for one in line.split("|") if one]


@pytest.mark.parametrize("subject", AUTOMATIC)
@pytest.mark.parametrize(
    "head",
    [NO_PATH, NO_PATH + ANSWER, NO_PATH + BULK, PATH + ANSWER + NOTHING, ANSWER + BULK],
)
def test_an_absence_is_known_in_each_language(subject: str, head: str) -> None:
    """By its subject, where nobody is told of a failure, or a program's field is in an answer."""
    assert _nature(subject, head) is Nature.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [*AUTOMATIC, "自动答复: 怎么关闭", "Fravær: Kari uke 11", "Automatisk svar", "Auto: motore"],
)
@pytest.mark.parametrize("head", [PATH, PATH + SUPPRESS, PATH + NOTHING, SUPPRESS, PATH + ANSWER])
def test_who_writes_such_a_subject_is_a_person(subject: str, head: str) -> None:
    """X-Auto-Response-Suppress says only that no program shall answer; people's programs set it."""
    assert _nature(subject, head) is Nature.HUMAN


@pytest.mark.parametrize(
    ("subject", "head"),
    [
        ("Automatic reply: Re: printer", PATH + SUPPRESS),
        ("Automatisk svar: SV: skriver", PATH + BULK),
        ("Automatische Antwort: [T-17] Drucker", PATH + NOTHING),
        ("自动答复: 回复: 打印机", PATH + SUPPRESS),
    ],
)
def test_an_answer_that_names_the_letter_it_answers_is_known(subject: str, head: str) -> None:
    """The subject of a letter in an exchange, behind a program's words, is no person's."""
    assert _nature(subject, head) is Nature.AUTO_REPLY


WORK = "Automatic reply: your letter"


@pytest.mark.parametrize(
    "local", ["no-reply", "noreply", "donotreply", "do-not-reply", "noreply+7"]
)
def test_an_address_that_takes_no_answer_replies_automatically(local: str) -> None:
    """Where a program's address and its subject agree there was no person."""
    head = f"Return-Path: <{local}@acme.example>\n"
    assert _nature(WORK, head, f"{local}@acme.example") is Nature.AUTO_REPLY


@pytest.mark.parametrize(
    ("sender", "subject", "head"),
    [
        ("noreply@acme.example", WORK, "Reply-To: bob@example.net\n"),
        ("noreply@acme.example", "Automatic reply: how do I stop it?", ""),
        ("noreply@acme.example", "Out of office: Anna", ""),
        ("noreply@acme.example", "Printer", ""),
        ("noreply.fan@acme.example", WORK, ""),
        ("reply@acme.example", WORK, ""),
    ],
)
def test_what_a_form_sends_is_a_persons_letter(sender: str, subject: str, head: str) -> None:
    """Forms of the web send what people write from an address that takes no answer."""
    assert _nature(subject, PATH + head, sender) is Nature.HUMAN


BOXBE = "Jane <jane@boxbe.com>"


@pytest.mark.parametrize(
    ("nature", "sender", "head"),
    [
        (Nature.CHALLENGE, BOXBE, NO_PATH + "Auto-Submitted: auto-replied\n"),
        (Nature.CHALLENGE, "Jane <jane@mail.boxbe.com>", NO_PATH),
        (Nature.HUMAN, BOXBE, PATH),
        (Nature.HUMAN, "Jane <jane@notboxbe.com>", NO_PATH),
    ],
)
def test_a_service_that_challenges_senders_is_known(nature: Nature, sender: str, head: str) -> None:
    """What Boxbe sends by itself asks us to prove that we are people; its people write as well."""
    assert _nature("Re: x [Action Required]", head, sender) is nature


def test_a_bounce_under_the_old_subject_is_no_absence() -> None:
    """A daemon that keeps the subject of what it returns is a daemon still."""
    head = f"From: MAILER-DAEMON@mx.example\nSubject: Urlaub\n{NO_PATH}"
    assert read(f"{head}\nuser unknown: a@b.example\n".encode()).nature is Nature.BOUNCE


def test_a_letter_that_a_rule_passed_on_is_no_absence() -> None:
    """A person's letter about a holiday, which a rule of an inbox passed on, is the person's."""
    rule = "X-MS-Exchange-Inbox-Rules-Loop: support@old.example\n"
    assert _nature("WG: Urlaub: Antrag", NO_PATH + rule) is Nature.HUMAN


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        (
            "抱歉，您的邮件被退回来了\n\n收件人：z9@h.example\n退信原因：550 User not found",
            "z9@h.example",
        ),
        ("您发送的邮件未能送达：z9@h.example\n原因：user not exist", "z9@h.example"),
        ("您发往z9@h.example的邮件无法投递", "z9@h.example"),
        ("发件人：me@a.example\n收件人：<z9@h.example>\n550 no", "z9@h.example"),
        ("宛先：z9@h.example\n送信できません", "z9@h.example"),
        ("用户@例子.中国: 550 user unknown", "用户@例子.中国"),
    ],
)
def test_a_notice_in_chinese_names_the_address_alone(text: str, recipient: str) -> None:
    """Signs and words that stand right beside an address are no part of it (Coremail, Aliyun)."""
    head = f"From: postmaster@h.example\nSubject: 系统退信/Systems bounce\n{NO_PATH}"
    message = read(f"{head}\n{text}\n".encode())
    assert message.nature is Nature.BOUNCE
    assert [one.recipient for one in message.failures] == [recipient]


def _receipt(fields: str) -> bytes:
    return (
        "From: k@f.example\nSubject: Read: x\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        "--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822;k@f.example\n{fields}Disposition: manual-action; displayed\n--b--\n"
    ).encode()


def test_a_receipt_names_the_letter_that_was_read() -> None:
    """RFC 8098 section 3.2.5; it is no bounce, and nobody failed to get the letter."""
    message = read(_receipt("Original-Message-ID: <sent77@desk.example>\n"))
    assert message.original_message_id == "sent77@desk.example"
    assert message.nature is Nature.READ_RECEIPT
    assert message.failures == message.reached == ()
    assert read(_receipt("")).original_message_id is None


RULED = "-------- Пересылаемое сообщение --------"
ENDED = "-------- Завершение пересылаемого сообщения --------"


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('02.03.2026, 09:15, "ООО Ромашка" <buh@romashka.example>:', "02.03.2026, 09:15"),
        (
            "Понедельник, 2 марта 2026, 9:15 +03:00 от ООО Ромашка <buh@romashka.example>:",
            "Понедельник, 2 марта 2026, 9:15 +03:00",
        ),
        (
            "От: ООО Ромашка <buh@romashka.example>\nКому: X <x@y.example>\nДата: понедельник, 2 марта 2026, 9:15 +03:00\nТема: Счёт",
            "понедельник, 2 марта 2026, 9:15 +03:00",
        ),
    ],
)
def test_what_yandex_and_mail_ru_forward_is_found(head: str, date: str) -> None:
    """The one line that Yandex writes instead of a head says who wrote, and when."""
    letter = f"From: a@b.example\nSubject: Fwd: x\n\nМне?\n\n{RULED}\n{head}\n\nДобрый день."
    found = read(letter.encode()).forwarded
    assert found is not None
    assert found.author is not None
    assert (found.author.name, found.author.address) == ("ООО Ромашка", "buh@romashka.example")
    assert (found.date, found.text) == (date, "Добрый день.")


def test_where_a_letter_that_yandex_forwards_ends_it_ends() -> None:
    """What stands below its last ruling is not the forwarded letter's; one within it is."""
    head = "02.03.2026, 09:15, <buh@romashka.example>:"
    inner = f"{RULED}\n{head}\n\nВнутри.\n\n{ENDED}"
    letter = f"Subject: Fwd: x\n\n{RULED}\n{head}\n\n{inner}\n\nСнаружи.\n\n{ENDED}\n\nМне?"
    found = read(letter.encode()).forwarded
    assert found is not None
    assert found.text == f"{inner}\n\nСнаружи."


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("外" * 60_000, "收件：" * 30_000),
        ("[" * 60_000, "收" * 90_000 + "@" + "a." * 9000),
        ("Auto " * 12_000, ("您" * 60 + "a@" + "b.cc" * 60 + "件\n") * 300),
        ("Automatic reply: " + "[1" * 30_000, f"{RULED}\n02.03.2026, 09:15, {'<' * 60_000}"),
        ("Lomalla" + " " * 60_000, f"{RULED}\n02.03.2026, 09:15, a <a@b>:\n" + "-- " * 90_000),
    ],
)
def test_no_such_letter_takes_long(subject: str, text: str) -> None:
    """However long the subject and the text are, a letter is read in half a second."""
    letter = f"From: postmaster@a.example\n{NO_PATH}{BULK}Subject: {subject}\n\n{text}\n".encode()

    def everything() -> tuple[object, ...]:
        message = read(letter)
        return message.nature, message.failures, message.forwarded

    assert hostile.spent(everything, 0.5) < 0.5


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Printer [T-1]", "Hi Tom,\n\nmy mail to Bob could not be delivered, what can I do?"),
        ("Help", "Hello,\n\nthe mailbox is full. Can you help?"),
        ("Out of office", "How do I set my out of office?"),
        ("Mimo kancelář", "Jak to nastavím?"),
    ],
)
def test_who_asks_is_a_person_whatever_path_the_letter_came_by(subject: str, text: str) -> None:
    """Forms and forwarders may write with the null path: a question is a person's still."""
    head = f"From: Anna Berg <anna@acme.example>\nTo: s@d.example\nSubject: {subject}\n\n{text}\n"
    assert read(head.encode(), "").nature is Nature.HUMAN


@pytest.mark.parametrize("precedence", ["bulk", "junk", "list"])
@pytest.mark.parametrize("subject", ["Autoreply: Your order", "Out of office: back on Monday"])
def test_a_programs_words_with_a_precedence_are_a_machines(subject: str, precedence: str) -> None:
    """Who answers automatically may have a return path: Precedence says that nobody wrote it."""
    head = f"From: s@shop.example\nSubject: {subject}\nPrecedence: {precedence}\n\nx\n"
    assert read(head.encode(), "s@shop.example").nature is Nature.AUTO_REPLY
