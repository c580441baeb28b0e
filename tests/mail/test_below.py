"""What people write where nobody looks for it: below threads, below signatures, into lists."""

from __future__ import annotations

import pytest

from mailtickets.mail.message import Message, read
from mailtickets.tickets.values import Person

TOM = Person("Tom Smith", "tom@acme.example")
DESK = Person("Support", "support@shop.example")
_OLDER = (
    "From: Support <support@shop.example>\nSent: Monday, March 3, 2025 10:12 AM\n"
    "To: tom@acme.example\nSubject: Order 40117\n\nHi Tom,\n\nOLD WORDS\n\nRegards\nAnna\n\n"
)
_OLDEST = _OLDER.replace("Support <support@shop.example>", "Tom Smith <tom@acme.example>")


def _new(text: str, subject: str = "Re: Order 40117") -> str:
    return Message(author=TOM, to=(DESK,), subject=subject, references=("1@x",), text=text).new_text


@pytest.mark.parametrize(
    "above", ["", "Hi Anna,\n\n", "Tom\n\n", "Tom Smith\nAcme\nT +44 113 49\n\n"]
)
def test_an_answer_below_a_thread_is_shown(above: str) -> None:
    """Below two older letters or one, with nothing above them, a greeting, or a signature."""
    for older in (_OLDER, _OLDER + _OLDEST):
        assert "The second one, too." in _new(f"{above}{older}The second one, too.")


@pytest.mark.parametrize("said", ["ok", "OK", "Yes, go ahead. Tom Smith", "Approved - Tom Smith"])
def test_a_short_answer_is_no_signature(said: str) -> None:
    """What somebody says in a word or two is what is new, and the older letter is folded."""
    koch = Person("Olga Koch", "olga@acme.example")
    for author in (TOM, koch):
        message = Message(
            author=author,
            to=(DESK,),
            subject="Re: x",
            references=("1@x",),
            text=f"{said}\n\n{_OLDER}",
        )
        assert message.new_text == said


def test_an_agents_own_address_is_no_strangers() -> None:
    """The older letter of a colleague of whom is answered is folded, marks in it or not."""
    older = _OLDER.replace("support@shop.example", "anna@shop.example") + "> menu > settings\n"
    assert _new(f"Yes\n\n{older}") == "Yes"


@pytest.mark.parametrize(
    "head",
    [
        "Fra: Anna Bell\nSendt: 3. marts 2025 10.12.30\nTil: Tom Smith\nEmne: x",
        "Fra: Anna Bell\nSendt: 3. marts 2025 kl.10.12\nTil: Tom Smith\nEmne: x",
        "Von: Anna Bell\nDatum: 3. März 2025 um 10:12:00 MEZ\nAn: Tom Smith",
    ],
)
def test_a_head_without_an_address_or_a_subject_is_known_by_its_time(head: str) -> None:
    """Programs write the time as people do in their country, or to the second."""
    assert _new(f"ok\n\n{head}\n\nOLD WORDS") == "ok"


def test_the_thread_below_a_forwarded_letter_is_folded() -> None:
    """What is passed on is the first letter."""
    shown = _new(f"{_OLDER}{_OLDEST}".replace("OLD", "NEW", 1), "Fwd: Order 40117")
    assert "NEW WORDS" in shown
    assert "OLD WORDS" not in shown


@pytest.mark.parametrize(
    "listed",
    [
        "Von: Lager Süd\nAn: Lager Nord\nDatum: 05.03.2025",
        "From: Leeds\nTo: Munich\nDate: 5 March 08:40",
        "From: +44 7700 900123\nDate: 03/03/2025 10:12\nTo: +44 7700 900999",
        "Od: Magazyn\nDo: Sklep\nData: 05.03.2025",
    ],
)
def test_who_sends_what_where_is_no_letters_head(listed: str) -> None:
    """Goods, journeys and short messages have a from, a to and a date; letters a subject, too."""
    assert _new(f"Please collect.\n\n{listed}\n\nGate 4, please.").endswith("Gate 4, please.")


@pytest.mark.parametrize(
    "attribution", ["On 3/3/25 10:12, Support Team wrote:", "Am 03.03.25 um 10:12 schrieb Support:"]
)
def test_a_pasted_letter_ends_where_marks_begin(attribution: str) -> None:
    """Whoever asks about a stranger's letter goes on below it, whatever his program names."""
    pasted = _OLDER.replace("support@shop", "supp0rt@bad").replace("OLD WORDS", "Locked!")
    shown = _new(f"Is this yours?\n\n{pasted}I did not click.\n\n{attribution}\n> OLD WORDS\n")
    assert "I did not click." in shown
    assert "OLD WORDS" not in shown


@pytest.mark.parametrize("dashes", ["--", "—", "-- "])
def test_words_below_a_signature_are_shown_whatever_its_dashes(dashes: str) -> None:
    """With the blank that dashes should have, or without."""
    card = f"{dashes}\nTom Smith\nAcme Ltd\nT +44 113 496 0000\n\n"
    assert _new(f"It is dead.\n\n{card}Also: call me on Friday").endswith("call me on Friday")
    assert _new(f"It is dead.\n\n{card}").endswith("It is dead.")


def test_a_name_below_a_farewell_is_a_signatures() -> None:
    """Not all sign with the name that their program knows."""
    assert _new("Fine.\n\n> OLD\n>\n--\nBest regards\n\nBob") == "Fine."


@pytest.mark.parametrize("element", ['class="yahoo_quoted"', 'class="gmail_quote"', 'name="quote"'])
def test_what_stands_below_an_unmarked_quotation_is_read_from_the_html(element: str) -> None:
    """The text part does not say where the older letter ends; the HTML does."""
    said = "On Mon, Mar 3, 2025 at 10:12 AM Support &lt;support@shop.example&gt; wrote:"
    text = f"Hi Anna.\n\n{said}\n\nOLD WORDS\n\nI did that twice.".replace("&lt;", "<")
    html = (
        f"<p>Hi Anna.</p><div {element}><p>{said}</p><p>OLD WORDS</p></div><p>I did that twice.</p>"
    )
    letter = (
        "From: Tom <tom@acme.example>\nTo: a@shop.example\nSubject: Re: x\nIn-Reply-To: <1@x>\n"
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n"
        f"{text.replace('&gt;', '>')}\n--b\nContent-Type: text/html\n\n{html}\n--b--\n"
    )
    assert "I did that twice." in read(letter.encode()).new_text


@pytest.mark.parametrize(
    "said",
    [
        "See my comment further down.",
        "I've answered within your email.",
        "Mine in red.",
        "Ich habe direkt in Ihre Mail geantwortet.",
        "Siehe meine Kommentare.",
        "Respuestas en línea.",
        "Răspunsuri mai jos.",
        "انظر الرد أدناه",
        "ראו תשובות בגוף המייל",
        "Trả lời bên dưới.",
        "ตอบด้านล่าง",
        "پاسخ در متن",
    ],
)
def test_who_says_that_he_answers_within_is_read(said: str) -> None:
    """In more languages, and in more words."""
    assert "My answer" in _new(f"{said}\n\n{_OLDER}My answer")
    assert "My answer" in _new(f"{said}\n\n{_OLDER}".replace("OLD WORDS", "OLD WORDS\nMy answer"))


@pytest.mark.parametrize(
    "head",
    [
        ("Từ", "Đã gửi", "Đến", "Chủ đề"),
        ("من", "تاريخ الإرسال", "إلى", "الموضوع"),
        ("จาก", "ส่ง", "ถึง", "เรื่อง"),
        ("از", "ارسال", "به", "موضوع"),
    ],
)
def test_outlooks_head_is_known_in_further_languages(head: tuple[str, ...]) -> None:
    """Vietnamese, Arabic, Thai, Persian."""
    values = "Support <support@shop.example>", "3/3/2025 10:12", "tom@acme.example", "Order"
    lines = "\n".join(f"{label}: {value}" for label, value in zip(head, values, strict=True))
    assert _new(f"ok\n\n{lines}\n\nOLD WORDS") == "ok"
