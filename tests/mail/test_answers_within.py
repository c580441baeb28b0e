"""Where an answer stands when it stands neither above nor below: it is shown all the same."""

# ruff: noqa: E501 - tables of letters read best unwrapped

from __future__ import annotations

import pytest

from mailtickets.mail.message import Message, read
from mailtickets.tickets.values import Person

HEAD = "From: Laura Benson <support@ledger.example>\nSent: 23 November 2026 10:12\nTo: Helen Whitcombe <helen@lane.example>\nSubject: RE: Boiler\n\n"
WROTE = "On Mon, 23 Nov 2026 at 10:12, Laura Benson <support@ledger.example> wrote:\n"


def _new(text: str) -> str:
    return Message(
        text=text,
        subject="Re: Boiler",
        author=Person("Helen Whitcombe", "helen@lane.example"),
        to=(Person("", "support@ledger.example"),),
    ).new_text


@pytest.mark.parametrize(
    "wrote",
    [
        WROTE,
        "On Mon Nov 23 10:12:00 2026, support@ledger.example wrote:\n",
        "Ana Sousa <support@ledger.example> escreveu (segunda, 23/11/2026 à(s) 10:12):\n",
        "Às 10:12 de 23/11/2026, Laura Benson escreveu:\n",
        "Zeynep Kaya <support@ledger.example> şunları yazdı (23 Kas 2026 10:12):\n",
        "Leena Korhonen kirjoitti 23.11.2026 klo 10.12:\n",
        "Joost Bakker schreef op 2026-11-23 10:12:\n",
        "пн, 23 нояб. 2026 г. в 10:12, Анна Смирнова <support@ledger.example>:\n",
        "2026年11月23日(月) 10:12 鈴木 一郎 <support@ledger.example>:\n",
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "Seguem em anexo as fotografias.", "4471-2290", "Still the same", "Le colis est cassé.",
        "Donderdag is er van 8 tot 12 iemand thuis", "В четверг с 8 до 12 кто-нибудь будет дома",
        "Saat beşten sonra 0532 123 45 67 numarasından ulaşabilirsiniz", "1 x wax 75 ml",
    ],
)  # fmt: skip
def test_a_line_right_above_an_attribution_is_its_writers(wrote: str, line: str) -> None:
    """What says by itself who wrote and when begins there, without a blank line above it."""
    assert (
        _new(f"Hello,\n\nthank you.\n{line}\n{wrote}> Old words\n")
        == f"Hello,\n\nthank you.\n{line}"
    )


def test_the_html_says_where_an_attribution_begins() -> None:
    """What stands above its element is new, whatever it looks like."""
    html = (
        "<div>Le colis est cassé.</div><div>Le 23 est pris</div>"
        '<div class="gmail_quote"><div class="gmail_attr">Le lun. 23 nov. 2026 à 10:12, Aide &lt;a@x.example&gt; a écrit :</div>'
        '<blockquote class="gmail_quote">Ancien</blockquote></div>'
    )
    head = "From: h@l.example\nSubject: Re: Colis\nContent-Type: text/html; charset=utf-8\n\n"
    assert read((head + html).encode()).new_text == "Le colis est cassé.\nLe 23 est pris"


@pytest.mark.parametrize(
    "label",
    ["Anlagen: Formular, Foto", "Cc: Bob Whitcombe", "Importance: high", "Attachments: form"],
)
def test_labels_right_above_a_head_are_the_writers(label: str) -> None:
    """No program begins a head with who gets a copy, or what is attached."""
    assert _new(f"Here is the form.\n\n{label}\n{HEAD}Old words") == f"Here is the form.\n\n{label}"


@pytest.mark.parametrize(
    "answer",
    [
        "--> Tuesday",
        "=> Tuesday",
        ">> Tuesday",
        "*** Tuesday ***",
        "#Helen# Tuesday",
        "Answer: Tuesday",
        "RE: Tuesday",
    ],
)
def test_an_answer_with_a_mark_below_a_question_is_shown(answer: str) -> None:
    """Nobody need say that the answers are in the older letter if they are marked there."""
    assert answer in _new(f"Thanks\n\n{HEAD}When did it start?\n{answer}\n")


@pytest.mark.parametrize(
    "top",
    [
        "> valve: 2\n> seal: 1",
        "> Settings > Export > All",
        "| valve | 2\n| seal | 1",
        "> would Thursday suit?",
    ],
)
@pytest.mark.parametrize("older", [f"{WROTE}> What do you need?\n", f"{HEAD}What do you need?\n"])
def test_marked_lines_that_begin_a_letter_are_its_writers(top: str, older: str) -> None:
    """Where the older letter stands further below, what is marked at the top was put there."""
    shown = _new(f"{top}\n\nThanks, it works not.\n\n{older}")
    assert top in shown
    assert "What do you need?" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "Helen Whitcombe\nTel 01904 496 002\n____________________________________\n\nDear Mrs Benson,\n\nthe invoice is wrong.",
        "Fine by me.\n_____\nParking is behind the house",
        "Fine by me.\n_____\ngate code 4711",
        "The boiler shows F28 again.\n-- \nKey under the pot",
        "The boiler shows F28 again.\n-- \nMon 8-12\nTue 14-18",
    ],
)
def test_what_has_not_its_writers_name_is_no_signature(text: str) -> None:
    """Below a ruling: a letter below its paper's head, numbers, and words that name nobody."""
    assert text.rpartition("\n")[2] in _new(text)


@pytest.mark.parametrize(
    "ends",
    ["---------- End of forwarded message ----------", "-- Ende der weitergeleiteten Nachricht --"],
)
def test_a_forwarded_letter_ends_where_its_program_says_so(ends: str) -> None:
    """What stands below that is a remark."""
    text = f"Please look.\n\n---------- Forwarded message ---------\n{HEAD}Your bill is due.\n\n{ends}\n\nI told them that we moved."
    assert "I told them that we moved." in _new(text)


@pytest.mark.parametrize(
    "footer",
    [
        "Sent from my iPhone\n\n-- \nThis email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
        'Sent from my iPhone\n\n-- \nYou received this message because you are subscribed to the Google Groups "x" group.',
        "iOS 版 Outlook を入手<https://aka.ms/o0ukef>",
        "Geschäftsführer: Karl Huber | Sitz der Gesellschaft: Linz | HRB 12345",
        "Managing Director: Karl Huber. Registered office: Leeds. Company No: 123456",
    ],
)
def test_what_programs_and_registers_say_is_folded(footer: str) -> None:
    """A telephone's line above a gateway's dashes, Outlook's in Japanese, who runs a firm and where."""
    assert _new(f"It works again.\n\n{footer}\n") == "It works again."


def test_a_number_wrote_nothing() -> None:
    """Names have letters."""
    assert "831 wrote:" in _new(f"{WROTE}> Which program?\n831 wrote:\n> Anything else?\nNo.\n")
