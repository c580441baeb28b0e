"""What programs write around a letter is told from what its writer wrote, in every language."""

from __future__ import annotations

import textwrap

import pytest

from mailtickets.mail.message import Message, Part, read
from tests.mail import below, forms, programs

WORDS = forms.WORDS["en"]
QUOTED = "\n".join(f"> {line}".rstrip() for line in forms.OLDER.split("\n"))
EVERY = [*programs.WROTE, *programs.WROTE_BEFORE_MARKS]


def _new(text: str) -> str:
    return Message(text=text).new_text


@pytest.mark.parametrize("line", EVERY)
def test_who_wrote_what_is_quoted(line: str) -> None:
    """Above, below and between quotes, on one line or on two, it is no word of the writer."""
    narrow = "\n".join(textwrap.wrap(line, 60))
    assert _new(f"{WORDS}\n\n{line}\n{QUOTED}\n") == WORDS
    assert _new(f"{WORDS}\n\n{narrow}\n\n{QUOTED}\n") == WORDS
    assert _new(f"{line}\n{QUOTED}\n\n{WORDS}\n") == WORDS
    between = f"Hi,\n\n{line}\n> Does it work?\n\nYes.\n\n> Is it loud?\n\nNo.\n"
    assert _new(between) == "Hi,\n\n> Does it work?\n\nYes.\n\n> Is it loud?\n\nNo."


@pytest.mark.parametrize("line", programs.WROTE)
def test_who_wrote_what_stands_below_without_marks(line: str) -> None:
    """Yahoo, Proton and others write no quote marks."""
    assert _new(f"{WORDS}\n\n{line}\n\n{forms.OLDER}\n") == WORDS


@pytest.mark.parametrize("line", programs.WROTE_BEFORE_MARKS)
def test_a_name_alone_hides_nothing_that_has_no_marks(line: str) -> None:
    """People, too, begin a paragraph with who wrote it."""
    assert forms.OLDER in _new(f"{WORDS}\n\n{line}\n\n{forms.OLDER}\n")


@pytest.mark.parametrize("head", programs.HEADS)
def test_the_head_of_an_older_letter(head: str) -> None:
    """Outlook's, and those of webmails and telephones, close to the text or far below it."""
    assert _new(f"{WORDS}\n\n{head}\n\n{forms.OLDER}\n") == WORDS
    assert _new(f"{WORDS}\n{head}\n{forms.OLDER}\n") == WORDS
    assert forms.OLDER in _new(f"{head}\n\n{forms.OLDER}\n")


@pytest.mark.parametrize("forward", programs.FORWARDED)
def test_a_forwarded_letter_is_found(forward: str) -> None:
    """Its sender, subject, date and text, whatever the program calls them."""
    ruling, sender, date, subject = forward.split("|")
    fields = f"{sender}: Anna Berg <anna@example.com>\n{subject}: Printer\n{date}: 3.6.2024 10:00"
    for note in ("", "Please see below.\n\n"):
        found = Message(text=f"{note}{ruling}\n\n{fields}\n\n\n{forms.OLDER}\n").forwarded
        assert found is not None
        assert found.author is not None
        assert found.author.address == "anna@example.com"
        assert (found.subject, found.date) == ("Printer", "3.6.2024 10:00")
        assert found.text == forms.OLDER


def test_the_text_right_below_a_head_is_no_part_of_its_subject() -> None:
    """A head without an empty line below it, and one whose subject was folded."""
    text = "From: Anna <anna@example.com>\nSent: 3 June 2024\nSubject: Printer\nHello\n\nAnna"
    found = Message(text=text, subject="Fwd: Printer").forwarded
    assert found is not None
    assert (found.subject, found.text) == ("Printer", "Hello\n\nAnna")
    long = "Printer that has made the same noise for more than a week now,"
    folded = text.replace("Subject: Printer\nHello", f"Subject: {long}\nand louder")
    found = Message(text=folded, subject="Fwd: Printer").forwarded
    assert found is not None
    assert (found.subject, found.text) == (f"{long} and louder", "Anna")


@pytest.mark.parametrize("line", below.SIGNED)
def test_what_a_telephone_signs_with(line: str) -> None:
    """It is no word of the writer, right below the text, above a quote, or below dashes."""
    assert _new(f"{WORDS}\n\n{line}\n") == WORDS
    assert _new(f"{WORDS}\n{line}\n\n{forms.GMAIL['en']}\n{QUOTED}\n") == WORDS
    assert _new(f"{WORDS}\n\n-- \n{line}\n") == WORDS


@pytest.mark.parametrize("line", below.SAID)
def test_what_a_person_sends_is_no_telephone(line: str) -> None:
    """Whoever ends with "Sent with DHL" is still writing."""
    assert line in _new(f"{WORDS}\n\n{line}\n")


@pytest.mark.parametrize("words", below.DISCLAIMERS)
def test_a_disclaimer(words: str) -> None:
    """It is folded, and the greeting above it is not, even if no empty line stands between."""
    for between in ("\n\n", "\n", f"\n{'_' * 32}\n"):
        text = f"{WORDS}\n\nRegards\nNic{between}{words}\n"
        assert _new(text) == f"{WORDS}\n\nRegards\nNic"
        assert Message(text=text).spans[-1].part is Part.DISCLAIMER


def test_who_speaks_of_himself_writes_no_disclaimer() -> None:
    """Whoever asks about a mailing list, or says "I" and "confidential", is shown."""
    for words in (
        "The mailing list printers@example.org bounces. Can you check?",
        "This message is confidential, please do not tell my colleagues: I want to leave.",
        "If you have received this in error, tell me. Otherwise please pay the invoice.",
        "Ce message est confidentiel, merci de ne pas le montrer à Paul.",
        "Diese Nachricht ist vertraulich, bitte nicht an Herrn Berg weitergeben.",
    ):
        assert words in _new(f"Hello,\n\nhere I am again.\n\n{words}\n")


@pytest.mark.parametrize("words", below.NO_DISCLAIMERS)
def test_a_secret_or_a_mistake_is_no_disclaimer(words: str) -> None:
    """What somebody says about a message, or asks for, is shown, whatever lawyers call theirs."""
    assert words in _new(f"Hello,\n\nthere is something else.\n\n{words}\n")
    assert words in _new(f"Hello,\n\nthere is something else.\n\n{words}\nRegards\nNic\n")


@pytest.mark.parametrize("words", below.ABOUT_LISTS)
def test_who_asks_for_something_about_a_list_is_shown(words: str) -> None:
    """Also with thanks below, above a signature, or below a ruling."""
    for after in ("", "\nThanks, Nic", "\n\n-- \nNic"):
        assert words in _new(f"Hello,\n\nthere is something else.\n\n{words}{after}\n")
    assert words in _new(f"Hello,\n\nthere is something else.\n\n-----\n{words}\nNic left.\n")


@pytest.mark.parametrize("words", below.LISTS)
def test_the_words_of_a_list(words: str) -> None:
    """They are folded, with a ruling above them and without."""
    for between in ("\n\n", f"\n\n{'_' * 47}\n", "\n\n--\n"):
        text = f"{WORDS}\n\nRegards\nNic{between}{words}\n"
        assert _new(text) == f"{WORDS}\n\nRegards\nNic"
        assert Message(text=text).spans[-1].part is Part.LIST_FOOTER


@pytest.mark.parametrize("words", below.CAUTIONS)
def test_what_a_gateway_puts_above_a_letter(words: str) -> None:
    """Its warning is folded, not what was written below it."""
    assert _new(f"{words}\n\n{WORDS}\n") == WORDS


@pytest.mark.parametrize("words", below.NO_CAUTIONS)
def test_a_warning_of_ones_own_is_shown(words: str) -> None:
    """Who writes about mail from outside begins like a gateway, and goes on otherwise."""
    assert words in _new(f"{words}\n\nIt has been so since Monday.\n")


@pytest.mark.parametrize("words", below.BELOW_RULINGS)
def test_a_ruling_between_the_parts_of_a_letter(words: str) -> None:
    """What is announced, boxed, counted or labelled below a ruling is no signature."""
    shown = _new(f"Hello,\n\n{words}\n")
    for line in words.split("\n"):
        assert line in shown or not any(map(str.isalnum, line))


@pytest.mark.parametrize("words", below.AFTERTHOUGHTS)
def test_what_is_added_below_a_signature_is_shown(words: str) -> None:
    """A postscript, a question, a word about oneself: the signature above stays folded."""
    text = f"{WORDS}\n\n-- \nAnna Berg\nBerg GmbH\n\n{words}\n"
    assert _new(text).endswith(words)
    assert "Berg GmbH" not in _new(text)


def test_what_is_written_below_outlooks_own_line_is_shown() -> None:
    """A telephone's user goes on there; an older letter has a head or greets."""
    line = "Get Outlook for Android"
    text = f"Hi\n\n{line}\n\nI forgot the number, it is 4711.\n"
    assert Message(text=text, subject="Re: T").new_text == text.replace(f"{line}\n\n", "").strip()
    for older in (f"Hi Anna,\n\n{forms.OLDER}", f"Anna <anna@example.com>:\n\n{forms.OLDER}"):
        shown = Message(text=f"{WORDS}\n\n{line}\n\n{older}\n", subject="Re: T").new_text
        assert shown == WORDS
    several = "Hello,\n\nbroken:\nOutlook for iOS\nOutlook for Android\n\nPlease help soon."
    assert Message(text=several, subject="Re: T").new_text == several


def test_a_program_cuts_a_quoted_line_only_where_it_is_full() -> None:
    """What goes on right below a shorter one, in lower case, is somebody's answer."""
    asked = "> Shall we send you the blue one, which we have in store today,"
    assert "yes, the blue one" in _new(f"{asked}\nyes, the blue one\n> or the red one?\nno\n")
    cut = "> Shall we send you the blue one, which we happen to have in stock today,\ntomorrow"
    assert "tomorrow" not in _new(f"Hi\n\n{cut}\n> or the red one?\n")


def test_a_line_with_a_fixed_blank_is_an_empty_line() -> None:
    """Outlook and GMX divide paragraphs so, and a head from what stands below it."""
    head = "<div><b>From:</b> Anna &lt;anna@example.com&gt;<br><b>Sent:</b> 3 June 2024<br>"
    html = f"<div>a</div><div>&nbsp;</div><div>b</div>{head}<b>Subject:</b> Printer</div>"
    html += "<div><font>&nbsp;</font></div><div>Hello</div>"
    octets = b"Subject: FW: Printer\nContent-Type: text/html\n\n" + html.encode()
    message = read(octets)
    assert message.new_text == "a\n\nb"
    assert message.forwarded is not None
    assert message.forwarded.subject == "Printer"
