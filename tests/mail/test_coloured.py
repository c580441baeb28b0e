"""Answers in a colour of their own, within an older letter."""

from __future__ import annotations

import pytest

from mailtickets.mail.message import Part, read
from tests.mail.hostile import spent

_HEAD = (
    "From: Ann Lee <ann@x.example>\nTo: SUPPORT-1@help.example\nSubject: Re: Printer\n"
    "In-Reply-To: <a@help.example>\nContent-Type: text/html; charset=utf-8\n\n"
)
_OUTLOOK = (
    "<p>Hi Bob,</p><p>thanks for your help.</p><p>Ann</p><div style='border-top:solid #E1E1E1'>"
    "<p><b>From:</b> Support &lt;SUPPORT-1@help.example&gt;<br>"
    "<b>Sent:</b> Monday, June 3, 2024 10:00 AM<br>"
    "<b>To:</b> Ann Lee &lt;ann@x.example&gt;<br><b>Subject:</b> Re: Printer</p></div>"
    "<p>Dear Ann,</p>"
)
_GMAIL = (
    "<div>Thanks!</div><div class=gmail_quote><div class=gmail_attr>"
    "On Mon, Jun 3, 2024 at 10:00 AM Support &lt;SUPPORT-1@help.example&gt; wrote:<br></div>"
    "<blockquote class=gmail_quote>"
)


def _shown(html: str) -> str:
    return read((_HEAD + html).encode()).new_text


@pytest.mark.parametrize(
    "answer",
    [
        "<p><span style='color:red'>The HP on floor 3.</span></p>",
        '<p><font color="#0000ff">The HP on floor 3.</font></p>',
        "<p style='font-size:12pt; color: rgb(0, 128, 0)'>The HP on floor 3.</p>",
        "<p><span style='color:#C00'>The <b>HP</b></span> <font color=#C00>on floor 3.</font></p>",
        "<div style='color:blue'><p>The HP on floor 3.</p></div>",
        "<p><span style='color:#1F497D'>The HP on floor 3.</span></p>",
        "<p><span style='background:yellow;mso-highlight:yellow'>The HP on floor 3.</span></p>",
        "<p><span style='background-color: rgb(255, 255, 0);'>The HP on floor 3.</span></p>",
        "<p><mark>The HP on floor 3.</mark></p>",
    ],
)
def test_an_answer_in_a_colour_is_shown_with_its_question(answer: str) -> None:
    """Whoever answers in red below each question, and says so nowhere, is read."""
    letter = f"{_OUTLOOK}<p>Which printer is it?</p>{answer}<p>Thank you.</p><p>Bob</p>"
    shown = _shown(letter)
    assert "> Which printer is it?" in shown
    assert "The HP on floor 3." in shown
    assert "Dear Ann" not in shown
    assert "Thank you" not in shown


@pytest.mark.parametrize(
    "line",
    [
        "<p>Which printer? <span style='color:red'>The HP.</span></p>",
        "<ul><li>Which printer? <font color=blue>The HP.</font></li></ul>",
        "<p>Printer: <span style='background:yellow'>The HP.</span></p>",
        "<p>At? <b style='color:red'>1</b></p><p>Printer: <b style='color:red'>The HP.</b></p>",
        "<table><tr><td>Which printer?<td><span style='color:#C00000'>The HP.</span></table>",
    ],
)
def test_an_answer_behind_its_question_is_shown_with_it(line: str) -> None:
    """On the same line, in the same item, in the next cell of a table."""
    shown = _shown(f"{_OUTLOOK}{line}<p>Thank you.</p><p>Bob</p>")
    assert "The HP." in shown
    assert "rinter" in shown.partition("The HP.")[0].rpartition("Ann")[2]
    assert "Dear Ann" not in shown
    assert "Thank you" not in shown


def test_labels_are_answered_where_a_request_is() -> None:
    """Who answered a request in a colour answers behind labels in it, too; a pen needs nothing."""
    red = "<span style='color:red'>"
    letter = f"<p>Please send the date.</p><p>{red}3 May</span></p><p>Name: {red}Tom</span></p>"
    assert "Tom" in _shown(f"{_OUTLOOK}{letter}<p>Bob</p>")
    assert "Tom" in _shown(f"{_OUTLOOK}<p>Date: <mark>Tom</mark></p><p>Bob</p>")


def test_the_number_of_an_item_has_no_colour() -> None:
    """Answers in a numbered list are shown as those in any other."""
    items = "".join(f"<li><span style='color:red'>{one}</span></li>" for one in ("The HP", "or 12"))
    shown = _shown(f"{_OUTLOOK}<p>Which printer?</p><ol>{items}</ol><p>Bob</p>")
    assert "1. The HP\n2. or 12" in shown


def test_an_answer_below_a_request_is_shown() -> None:
    """Not all who ask use a question mark."""
    letter = "<p>Please send us its number.</p><p><span style='color:red'>4711-B</span></p>"
    assert "4711-B" in _shown(_OUTLOOK + letter + "<p>Bob</p>")


def test_what_is_not_coloured_stays_folded() -> None:
    """The text and its spans are whole, and each answer is one of them."""
    message = read(
        (
            f"{_HEAD}{_GMAIL}Which printer?<div><font color=#0000ff>The HP.</font></div>Since when?"
            "<div><font color=#0000ff>Yesterday.</font></div>Bob</blockquote></div>"
        ).encode()
    )
    answers = [one for one in message.spans if one.part is Part.INLINE_ANSWER]
    assert [message.text[one.start : one.end].strip() for one in answers] == [
        "The HP.",
        "Yesterday.",
    ]
    assert [one.start for one in message.spans[1:]] == [one.end for one in message.spans[:-1]]
    assert message.spans[-1].end == len(message.text)
    assert message.text[message.spans[-1].start :].strip() == "Bob"
    assert message.spans[-1].part is Part.QUOTED


@pytest.mark.parametrize(
    "older",
    [
        "<p>Which printer is it?</p><p><span style='color:#333333'>We have three.</span></p>",
        "<p>Which printer is it?</p><p style='background-color:red'>We have three.</p>",
        "<p>We have three.</p><p><span style='color:red'>Offer of the week!</span></p>",
        "<p style='color:red'>Which printer is it?</p><p style='color:red'>We have three.</p>",
        "<p>Which printer is it?</p><p>We have <span style='color:red'>three</span> of them.</p>",
        "<table><tr><td>Status:<td><span style='color:green'>Resolved</span></table>",
        "<p>Phone: <span style='color:#C00000'>+49 30 1234</span></p>",
        "<p>Please note:</p><p style='color:red'>We have three.</p>",
        "<p>Dear Ann:</p><p style='color:red'>We have three.</p>",
        "<p>Web: <a href=x><span style='color:blue'>www.help.example</span></a></p>",
        "<p style='color:red'>Which printer? <span style='color:red'>We have three.</span></p>",
        "<p>Which printer?</p><p><span style='background:white'>We have three.</span></p>",
    ],
)
def test_an_older_letters_own_colours_are_no_answers(older: str) -> None:
    """Grey, a coloured word, an offer, a question in the same colour, a link, the page's ground."""
    assert _shown(f"{_OUTLOOK}{older}<p>Bob</p>") == "Hi Bob,\n\nthanks for your help.\n\nAnn"


@pytest.mark.parametrize(
    "body",
    [
        "<p>a?<p style='color:red'>b" * 20_000,
        "<p>a?<p style='color:red'>" + "b<br>" * 100_000,
        "<span color color color " * 20_000,
        "<p>a?</p>" + "<span style='color:red'>a</span>" * 15_000 + "<p>" + "a" * 15_000,
    ],
)
def test_colours_take_no_longer(body: str) -> None:
    """However many colours there are."""
    letter = (_HEAD + _OUTLOOK + body).encode()
    assert spent(lambda: read(letter).new_text, 0.5) < 0.5
