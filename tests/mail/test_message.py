"""A letter becomes a message, whatever its octets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.calendars import events
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.invitation import in_words
from mailtickets.mail.message import Message, Nature, read
from mailtickets.mail.octets import InMemory
from mailtickets.tickets.values import Person
from tests.mail import hostile
from tests.mail.ordinary import letter


def everything(message: Message) -> object:
    """All that is found when it is first asked for."""
    return message.spans, message.new_text, message.language, message.forwarded, message.html


@pytest.mark.parametrize("name", hostile.LETTERS)
def test_a_hostile_letter_is_read_in_half_a_second(name: str) -> None:
    """Reading takes time in proportion to the letter, whatever was done to it."""
    octets = hostile.LETTERS[name]
    assert hostile.spent(lambda: read(octets).spans, 0.5) < 0.5
    assert isinstance(read(octets).new_text, str)


@pytest.mark.parametrize("name", hostile.SMALL)
def test_an_odd_letter_has_a_message(name: str) -> None:
    """There is a message for what no standard allows, and it can be asked for all it has."""
    message = read(hostile.SMALL[name])
    everything(message)
    assert not any("could not be read" in remark for remark in message.remarks)
    for one in message.attachments:
        assert "/" not in one.name
        assert "\x00" not in one.name


@given(st.binary(max_size=3000))
def test_any_octets_have_a_message(octets: bytes) -> None:
    """No octets make reading raise."""
    message = read(octets)
    everything(message)
    identifiers(octets)
    assert not any("could not be read" in remark for remark in message.remarks)


@given(st.data())
def test_a_damaged_letter_has_a_message(data: st.DataObject) -> None:
    """A letter with a piece cut out, doubled or overwritten is read as well."""
    chance = data.draw(st.randoms(use_true_random=False))
    octets, _ = letter(chance)
    at = data.draw(st.integers(0, len(octets)))
    end = min(len(octets), at + data.draw(st.integers(0, 60)))
    octets = octets[:at] + data.draw(st.binary(max_size=20)) + octets[end:]
    message = read(octets)
    everything(message)
    assert not any("could not be read" in remark for remark in message.remarks)


LETTER = b"""\
From nobody Mon Jun  3 10:00:00 2024
Received: from a by b
From: =?utf-8?q?Nic_Ferri=C3=A8re?= <nic@ferrier>
this line is no field
Reply-To: "Ferrier, Nic" <nic@ferrier.example>
To: new@support-ticket.example, Anna <anna@example.com>
Cc: undisclosed-recipients:;
Subject: I =?utf-8?b?Y2Fu?=\n =?utf-8?b?4oCZdA==?= login!
Date: Mon, 3 Jun 2024 12:00:00 +0200 (CEST)
Message-ID: <one@ferrier>
In-Reply-To: <zero@ferrier>
References: <root@ferrier> <zero@ferrier>
Content-Type: multipart/mixed; boundary="=_b"

--=_b
Content-Type: multipart/alternative; boundary="=_c"

--=_c
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

I=E2=80=99ve forgotten =
my password.
--=_c
Content-Type: text/html; charset=utf-8

<p>I've <b>forgotten</b> my password.<script>alert(1)</script><img src="http://spy.example/x.png">
--=_c--
--=_b
Content-Type: image/png; name*=utf-8''bild%20%C3%A4.png
Content-ID: <cid1@ferrier>
Content-Transfer-Encoding: base64

aGVsbG8=
--=_b
Content-Type: message/rfc822

Subject: inner

inner text
--=_b--
"""


def test_what_a_letter_says_is_read() -> None:
    """Head, text, HTML and attachments of a letter with a line in its head that is no field."""
    message = read(LETTER)
    assert message.author == Person("Nic Ferrière", "nic@ferrier")
    assert message.reply_to == (Person("Ferrier, Nic", "nic@ferrier.example"),)
    assert [one.address for one in message.to] == ["new@support-ticket.example", "anna@example.com"]
    assert message.cc == ()
    assert message.subject == "I can’t login!"
    assert message.date == 1717408800
    assert message.message_id == "one@ferrier"
    assert message.in_reply_to == ("zero@ferrier",)
    assert message.references == ("root@ferrier", "zero@ferrier")
    assert message.text == "I’ve forgotten my password."
    assert message.nature is Nature.HUMAN
    names = [(one.name, one.type, one.octets.size) for one in message.attachments]
    assert names == [("bild ä.png", "image/png", 5), ("letter-2.eml", "message/rfc822", 26)]
    assert message.attachments[0].content_id == "cid1@ferrier"


def test_html_is_shown_without_what_runs_or_loads() -> None:
    """No script and no picture from elsewhere is left in the HTML."""
    html = read(LETTER).html
    assert html is not None
    assert "<b>forgotten</b>" in html
    assert "script" not in html
    assert "spy.example" not in html


def test_a_reading_that_fails_leaves_the_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the reading itself wrong, there is a message with the letter attached."""

    def wrong(_octets: bytes) -> None:
        raise KeyError("secret of the inside")

    monkeypatch.setattr("mailtickets.mail.reading.scanned", wrong)
    message = read(LETTER)
    (attached,) = message.attachments
    assert isinstance(attached.octets, InMemory)
    assert attached.octets.data == LETTER
    assert "secret" not in repr(message.remarks)


def test_identifiers_are_those_of_the_message() -> None:
    """What reception reads from the head is what is read of the whole letter."""
    found, message = identifiers(LETTER), read(LETTER)
    assert found.message_id == message.message_id
    assert found.references == message.references
    assert found.subject == message.subject
    assert found.from_address == message.author.address


def test_a_text_that_only_points_at_the_html_loses() -> None:
    """A text part that says nothing but that there is HTML is not what was written."""
    head = b"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
    html = b"\n--b\nContent-Type: text/html\n\n<p>The parcel came, thank you all.</p>\n--b--\n"
    empty = b"Please view this e-mail in your browser."
    assert read(head + empty + html).text == "The parcel came, thank you all."
    assert read(head + b"The parcel came." + html).text == "The parcel came."


def test_texts_after_a_picture_are_part_of_the_letter() -> None:
    """What was written below an inline picture is not lost."""
    octets = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nAbove.\n"
        b"--b\nContent-Type: image/png\nContent-Disposition: inline\n\nx\n"
        b"--b\nContent-Type: text/plain\n\nBelow.\n--b--\n"
    )
    message = read(octets)
    assert message.text == "Above.\n\nBelow."
    assert message.text[: message.first_part] == "Above."


@pytest.mark.parametrize(
    ("label", "octets", "text"),
    [
        ("ks_c_5601-1987", "안녕".encode("cp949"), "안녕"),
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("latin-1", b"\x93x\x94", "“x”"),
        ("shift_jis", "①".encode("cp932"), "①"),
        ("iso-8859-1", "Größe für".encode(), "Größe für"),
        ("windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("", "Größe".encode(), "Größe"),
        ("", "Größe".encode("cp1252"), "Größe"),
        ("utf-7", b"+AOQ-", "ä"),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本"),
        ("iso-2022-jp", b"\x1b$B-!\x1b(B x", "① x"),
        ("us-ascii", "日本".encode("iso2022_jp"), "日本"),
        ("", "日本".encode("iso2022_jp"), "日本"),
        ("", "Привет, как дела у вас".encode("cp1251"), "Привет, как дела у вас"),
        ("", "Привет, как дела у вас".encode("koi8-r"), "Привет, как дела у вас"),
        ("", "您好，打印机坏了，请帮忙".encode("gbk"), "您好，打印机坏了，请帮忙"),
        ("", "印表機壞了，請幫忙處理一下".encode("big5"), "印表機壞了，請幫忙處理一下"),
        ("", "プリンターが壊れました".encode("cp932"), "プリンターが壊れました"),
        ("", "プリンターが壊れました".encode("euc-jp"), "プリンターが壊れました"),
        ("", "[멜론] 이용약관 및 변경 안내".encode("cp949"), "[멜론] 이용약관 및 변경 안내"),
        (
            "",
            "Drukarka nie działa, proszę o pomoc".encode("cp1250"),
            "Drukarka nie działa, proszę o pomoc",
        ),
        ("utf-8", "Grüße an alle".encode("cp1252"), "Grüße an alle"),
        ("utf-8", "Grüße ".encode() + b"\xff", "Grüße \ufffd"),
        ("cp-850", b"\x81", "ü"),
        ("windows1251", "Привет".encode("cp1251"), "Привет"),
        ("iso88592", "żółw".encode("iso8859-2"), "żółw"),
        ("utf-16", "ä".encode("utf-16"), "ä"),
        ("unicode_escape", rb"\x41", r"\x41"),
        ("x-unknown", b"plain", "plain"),
    ],
)
def test_a_charset_is_what_mail_means_by_it(label: str, octets: bytes, text: str) -> None:
    """A charset's label means what mail programs mean, and only codecs of text are used."""
    head = f"Content-Type: text/plain; charset={label}\n\n" if label else "X-A: b\n\n"
    assert read(head.encode() + octets).text == text


def test_a_long_text_is_attached_whole() -> None:
    """A text that is too long to be shown is kept."""
    octets = b"Subject: x\n\n" + b"0123456789abcde\n" * 70_000
    message = read(octets)
    assert len(message.text) == 1024 * 1024
    assert message.attachments[0].octets.size == 16 * 70_000
    assert message.remarks


def test_a_long_html_and_many_texts_are_attached() -> None:
    """HTML that is too long, and texts beyond the hundredth, are kept."""
    octets = b"Content-Type: text/html\n\n<p>start</p>" + b"<p>0123456789</p>" * 40_000
    message = read(octets)
    assert message.attachments[0].octets.size == len(octets) - 25
    assert message.remarks
    one = b"--b\n\ntext\n"
    message = read(b"Content-Type: multipart/mixed; boundary=b\n\n" + one * 120 + b"--b--\n")
    assert message.text.count("text") + len(message.attachments) == 120


def test_too_many_parts_are_attached_in_one_piece() -> None:
    """What comes after the last part that is looked at is kept as it stands."""
    one = b"--b\nContent-Type: image/gif\n\nGIF89a\n"
    message = read(b"Content-Type: multipart/mixed; boundary=b\n\n" + one * 1500 + b"--b--\n")
    assert len(message.attachments) <= 1001
    rest = message.attachments[-1].octets
    assert isinstance(rest, InMemory)
    assert rest.data.count(b"GIF89a") == 1500 - (len(message.attachments) - 1)


def test_an_invitation_is_put_into_words() -> None:
    """What, when, where and who of an invitation stand in the text; the file is kept."""
    octets = (
        b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Printer\\, again\r\n"
        b"DTSTART;TZID=Europe/Berlin:20240603T100000\r\nDTEND:20240603T090000Z\r\n"
        b"LOCATION:Room\r\n  7\r\nORGANIZER;CN=Anna Berg:mailto:anna@example.com\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    message = read(octets)
    assert message.nature is Nature.CALENDAR
    assert message.text == (
        "Invitation: Printer, again\nWhen: 2024-06-03 10:00 (Europe/Berlin) to 2024-06-03 09:00 UTC"
        "\nWhere: Room 7\nOrganiser: Anna Berg <anna@example.com>"
    )
    assert message.attachments[0].name == "invitation-1.ics"


def test_an_invitation_that_is_damaged_is_put_into_words_too() -> None:
    """What icalendar cannot read, our own reader does; zones that a letter defines stay unread."""
    sound = (
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE\nBEGIN:VEVENT\n"
        "SUMMARY:Printer\nDTSTART;TZID=x:20240603T100000\nDTEND;TZID=x:20240603T110000\n"
        'RRULE:FREQ=WEEKLY\nATTENDEE;CN="Berg, Anna";PARTSTAT=DECLINED:mailto:anna@example.com\n'
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    words = (
        "Answer to an invitation: Printer\nWhen: 2024-06-03 10:00 (x) to 2024-06-03 11:00 (x)\n"
        "Repeats: FREQ=WEEKLY\nBerg, Anna <anna@example.com> declines"
    )
    assert events(sound, 5) is not None
    assert in_words(sound) == words
    damaged = sound.replace("END:VEVENT\nEND:VCALENDAR\n", "X;;:y")
    assert events(damaged, 5) is None
    assert in_words(damaged) == words
    lasting = sound.replace("DTEND;TZID=x:20240603T110000", "DURATION:PT1H")
    assert in_words(lasting) == words


def test_files_within_the_text_are_kept_and_folded() -> None:
    """A uuencoded file is an attachment, and its lines are not what was written."""
    octets = b"Subject: x\n\nSee below.\n\nbegin 644 cat.txt\n#0V%T\n`\nend\nBye.\n"
    message = read(octets)
    (attached,) = message.attachments
    assert (attached.name, message.unpacked) == ("cat.txt", 1)
    assert isinstance(attached.octets, InMemory)
    assert attached.octets.data == b"Cat"
    assert message.new_text == "See below.\n\nBye."
    assert "#0V%T" in message.text


@pytest.mark.parametrize(
    "head",
    [
        b"From: " + (b"<" + b"@" * 400) * 620,
        b"From: " + b"<" * 250_000,
        b"Subject: " + b"=?z?b?6Pf+5OD+8O4=?= " * 12_000,
        b"".join(b"Subject: =?z%d?b?6Pf+5OD+8O4=?=\r\n" % each for each in range(5_000)),
        b"Message-ID: " + b"a@" * 120_000,
    ],
)
def test_reception_takes_no_longer_over_a_hostile_head(head: bytes) -> None:
    """What is read of every letter while others wait is read in a quarter of a second."""
    assert hostile.spent(lambda: identifiers(head + b"\r\n\r\n"), 0.25) < 0.25
