"""Answers as mail programs write them in HTML."""

from __future__ import annotations

import textwrap

import pytest

from mailtickets.mail.agents import safe
from mailtickets.mail.markup import html_text, sanitised
from mailtickets.mail.message import Message, Part, read
from tests.mail import hostile

NEW = "Thanks, it works now."

PROGRAMS = {
    "gmail": (
        '<div dir="ltr">Thanks, it works now.</div><br>'
        '<div class="gmail_quote gmail_quote_container">'
        '<div dir="ltr" class="gmail_attr">On Mon, Jun 3, 2024 at 10:00 AM Anna Berg'
        ' &lt;<a href="mailto:a@b.c">anna@example.com</a>&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px'
        ' 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div>Hello'
        "<br><br>Old text</div></blockquote></div>"
    ),
    "apple": (
        '<html><body style="x">Thanks, it works now.'
        '<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite">'
        "<div>On 3 Jun 2024, at 10:00, Anna Berg &lt;anna@example.com&gt;"
        " wrote:</div><br><div>Old text</div></blockquote></div></body></html>"
    ),
    "iphone": (
        '<html><body dir="auto">Thanks, it works now.<br><br>'
        '<div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br>'
        '<blockquote type="cite">On 3 Jun 2024, at 10:00, Anna Berg'
        " &lt;anna@example.com&gt; wrote:<br><br></blockquote></div>"
        '<blockquote type="cite">'
        '<div dir="ltr">Old text</div></blockquote></body></html>'
    ),
    "outlook": (
        '<html><body lang="EN"><div class="WordSection1">'
        '<p class="MsoNormal">Thanks, it works now.<o:p></o:p></p>'
        '<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in'
        ' 0in 0in"><p class="MsoNormal">'
        "<b>From:</b> Anna Berg &lt;anna@example.com&gt; <br>"
        "<b>Sent:</b> Monday, June 3, 2024 10:00 AM<br><b>To:</b> help@example.org"
        '<br><b>Subject:</b> Printer<o:p></o:p></p></div></div><p class="MsoNormal">'
        '<o:p>&nbsp;</o:p></p><p class="MsoNormal">Old text'
        "<o:p></o:p></p></div></body></html>"
    ),
    "outlook on the web": (
        '<html><body><div style="font-family:Calibri">Thanks, it works now.</div>'
        '<div id="appendonsend"></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">'
        "<b>Von:</b> Anna Berg &lt;anna@example.com&gt;<br>"
        "<b>Gesendet:</b> Montag, 3. Juni 2024 10:00<br><b>An:</b> help@example.org"
        "<br><b>Betreff:</b> Drucker</font><div>&nbsp;</div></div>"
        "<div>Old text</div></body></html>"
    ),
    "thunderbird": (
        '<html><body><p>Thanks, it works now.</p><div class="moz-signature">-- '
        "<br>Nic</div>"
        '<div class="moz-cite-prefix">Am 03.06.24 um 10:00 schrieb Anna Berg:'
        '<br></div><blockquote type="cite" cite="mid:x@y">'
        "<p>Old text</p></blockquote></body></html>"
    ),
    "yahoo": (
        "<html><body><div>Thanks, it works now.</div>"
        '<div id="ydp1" class="yahoo_quoted"><div style="x">'
        "<div>On Monday, June 3, 2024 at 10:00:00 AM GMT+2, Anna Berg"
        " &lt;anna@example.com&gt; wrote: </div><div><br></div>"
        "<div>Old text</div></div></div></body></html>"
    ),
    "proton": (
        "<div>Thanks, it works now.</div>"
        '<div class="protonmail_quote">On Monday, June 3rd, 2024 at 10:00 AM, Anna'
        " Berg &lt;anna@example.com&gt; wrote:<br><br>"
        '<blockquote class="protonmail_quote" type="cite">'
        "<p>Old text</p></blockquote></div>"
    ),
    "gmx": (
        "<html><body><div>Thanks, it works now.</div>"
        '<div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid'
        ' #C3D9E5;"><div><b>Gesendet:</b> Montag, 3. Juni 2024 um 10:00 Uhr<br/>'
        '<b>Von:</b> "Anna Berg" &lt;anna@example.com&gt;<br/><b>An:</b> x@y.z<br/>'
        "<b>Betreff:</b> Drucker</div><div>Old text</div></div></body></html>"
    ),
    "gmail forwarding": (
        '<div dir="ltr">Thanks, it works now.<br><div class="gmail_quote">'
        '<div dir="ltr" class="gmail_attr">---------- Forwarded message ---------'
        '<br>From: <strong>Anna Berg</strong> <span dir="auto">&lt;'
        "<a>anna@example.com</a>&gt;</span><br>Date: Mon, Jun 3, 2024 at 10:00 AM"
        "<br>Subject: Printer<br>To: &lt;help@example.org&gt;<br></div><br><br>"
        "<div>Old text</div></div></div>"
    ),
}


def _read(html: str) -> Message:
    return read(b"Content-Type: text/html; charset=utf-8\n\n" + html.encode())


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_new_in_an_answer_in_html(program: str) -> None:
    """The new part of an answer is found in each program's HTML, and the old is quoted."""
    message = _read(PROGRAMS[program])
    assert message.new_text == NEW
    assert "Old text" in message.text
    assert message.spans[-1].part is Part.QUOTED


@pytest.mark.parametrize("program", ["yahoo", "gmx", "gmail", "gmail forwarding"])
def test_what_is_written_below_a_closed_quotation_is_shown(program: str) -> None:
    """Who writes below the element that holds the older letter is heard; that is folded still."""
    html = PROGRAMS[program]
    below = "<div>It is the old one.</div>"
    end = html.rfind("</body>")
    message = _read(html + below if end < 0 else html[:end] + below + html[end:])
    shown = [one for one in message.spans if one.part in {Part.NEW, Part.INLINE_ANSWER}]
    assert [message.text[one.start : one.end].strip() for one in shown] == [
        NEW,
        "It is the old one.",
    ]


def test_an_older_letter_without_an_element_of_its_own_reaches_to_the_end() -> None:
    """Where a quotation's element closes above the older letter, that is folded to its end."""
    quote = '<div class="gmail_quote"><blockquote class="gmail_quote">A</blockquote></div>'
    head = "<p>From: Anna &lt;a@b.c&gt;<br>Sent: Monday, March 2, 2020 10:00<br>Subject: x</p>"
    message = _read(f"<p>Thanks</p>{head}<p>Old</p>{quote}<p>Older</p>")
    assert message.new_text == "Thanks"


def test_what_a_writer_only_indents_is_his() -> None:
    """A quotation that nobody is said to have written is not folded."""
    message = _read("<p>Look:</p><blockquote><p>ERROR 42</p></blockquote><p>Why?</p>")
    assert message.new_text == "Look:\n\nERROR 42\n\nWhy?"


def test_answers_between_quotations_keep_them() -> None:
    """A quotation that is answered below is shown with quote marks, the last is folded."""
    cite = '<blockquote type="cite"><p>{}</p></blockquote>'
    html = cite.format("Works?") + "<p>Yes</p>" + cite.format("Loud?") + "<p>No</p>"
    message = _read(html + cite.format("Bye"))
    assert message.new_text == "> Works?\n\nYes\n\n> Loud?\n\nNo"


def test_what_is_not_shown_is_no_text() -> None:
    """Style, script, comments and what is hidden do not stand in the text."""
    html = """
        <html><head><title>T</title><style>p {color: red}</style></head><body><!-- c -->
        <div style="display:none">preview</div><p>One&nbsp;&amp; <b>two</b><br>three</p>
        <ul><li>a</li><li>b</li></ul><table><tr><td>x</td><td>y</td></tr></table>
        <pre>k  l
        m</pre><script>alert(1)</script></body></html>"""
    shown = "One & two\nthree\n\n* a\n* b\n\nx y\n\nk  l\nm"
    assert _read(textwrap.dedent(html)).text == shown


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol><li>Yes<li>No</ol>", "1. Yes\n2. No"),
        ("<ol start=3><li>a<ul><li>b</ul><li value=7>c<li>d</ol>", "3. a\n\n* b\n\n7. c\n8. d"),
        ("<ol type=a><li>a<li>b</ol><ul><li>c</ul>", "a. a\nb. b\n\n* c"),
        ("<ol start=x><li>a</ol>", "1. a"),
        ("<p>I take <img alt='👍🏽' src=x> one</p>", "I take 👍🏽 one"),
        ("<p>No<img alt='❌'></p>", "No❌"),
        ("<p>x<img alt='Logo – our firm'></p>", "x"),
        (
            "<div style='white-space: pre-wrap'>a\n\nb  c\n<b>d\ne</b></div>f\ng",
            "a\n\nb c\nd\ne\nf g",
        ),
        ("<p style='white-space:nowrap'>a\nb</p>", "a b"),
        ("<p style='WHITE-SPACE:pre-line'><b>x</b>\n<i>y</i></p>", "x\ny"),
        ("<div style='white-space:pre-wrap'><p>a</p>\n<p>b</p></div>", "a\n\nb"),
        ("<p style='white-space:pre-wrap'>a\n<b>x</b>\ny</p>", "a\nx\ny"),
        (
            "<p style='white-space:pre-wrap'>a\nb<span style='white-space:normal'>c\nd</span></p>",
            "a\nbc d",
        ),
        ("<p>a<img ALT='&#128077;'>b<img alt='\u200d'>c</p>", "a👍bc"),
        ("<table><tr><td><p>Qty</p></td><td><p>No</p></td></tr></table>", "Qty No"),
        ("<table><tr><td><p>5</p></td>\n<td><p>7</p><p>8</p></td></tr></table>", "5 7\n\n8"),
        ("<table><tr><td><p>a</p></td></tr><tr><td><p>b</p></td></tr></table>", "a\n\nb"),
        ("<table><tr><td>a</td><td><div>b</div></td></tr></table>", "a b"),
    ],
)
def test_what_html_shows_beside_its_words_is_shown(html: str, text: str) -> None:
    """The numbers of lists, signs that are pictures, line ends that count, a table's rows."""
    assert _read(html).text == text


def test_a_letter_of_one_sign_is_no_letter_without_words() -> None:
    """Who answers by a thumb has answered: the older letter is folded."""
    quote = "<blockquote type=cite>On 3 Jun 2024, Bo wrote:<br>Is it done?</blockquote>"
    assert _read(f"<div><img data-emoji='👍' alt='👍'></div>{quote}").new_text == "👍"


def test_a_link_leads_out_or_nowhere() -> None:
    """A letter's links have a scheme that browsers follow; none leads to a page of the desk."""
    for link in (
        "/tickets/1",
        "//host/x",
        "x.html",
        "javascript:x()",
        "cid:x@y",
        "data:text/html,x",
    ):
        assert "href" not in sanitised(f'<a href="{link}">a</a>')
    assert (
        sanitised('<blockquote cite="javascript:x()">a</blockquote>')
        == "<blockquote>a</blockquote>"
    )
    for link in ("https://host/x", "mailto:a@b", "tel:+4912"):
        assert f'href="{link}"' in sanitised(f'<a href="{link}">a</a>')


def test_half_a_character_in_markup_spoils_nothing() -> None:
    """HTML with half of a surrogate pair, as UTF-7 and JSON bring it, is made safe as well."""
    half = "<p>a\ud800b</p><script>x</script>"
    assert sanitised(half) == "<p>a\ufffdb</p>"
    assert safe(half) == "<p>a\ufffdb</p>"
    assert "a" in html_text(half)[0]


MOBILE = (
    '<div id="ms-outlook-mobile-signature">{}<div>Get <a href="x">Outlook for iOS</a></div></div>'
)
GMAIL = '<div>Hello.</div><div class="gmail_signature">Anna Berg<br>Berg GmbH<br><br>{}</div>'
PROTON = (
    '<div>Hello.</div><div class="protonmail_signature_block"><div>Anna</div><div>{}</div>'
    "<div>Sent with Proton Mail secure email.</div></div>"
)


@pytest.mark.parametrize(
    ("html", "typed"),
    [
        (MOBILE, "<div>The router has been blinking since Friday</div>"),
        (MOBILE, "<div>See attached</div>"),
        (MOBILE, "<div>My number is 030 1234567</div>"),
        (GMAIL, "My phone is a Pixel 7, if that matters."),
        (GMAIL, "The router has been blinking since Friday."),
        (GMAIL, "Can you look it up?"),
        (GMAIL, "私のパソコンが壊れました。"),
        (PROTON, "My invoice for April is missing."),
        (GMAIL, "It is broken again, and I cannot work. " * 150),
    ],
    ids=range(9),
)
def test_what_is_typed_into_a_signature_is_shown(html: str, typed: str) -> None:
    """The cursor stands in a signature's element, too: what was written there is not folded."""
    message = _read("<div>Good morning</div>" + html.format(typed))
    assert html_text(typed)[0] in message.new_text


OWA = (
    '<div>Hello.</div><div id="Signature" class="elementToProof"><p>{}</p><p>Anna Berg</p>'
    "<p>Berg GmbH, 030 1234567</p></div>"
)


def test_outlooks_signature_on_the_web_is_folded_and_not_what_is_typed_into_it() -> None:
    """The element that Outlook on the web signs with is a signature, but for sentences."""
    assert _read(OWA.format("")).new_text == "Hello."
    typed = _read(OWA.format("The router has been blinking since Friday")).new_text
    assert typed == "Hello.\n\nThe router has been blinking since Friday"


@pytest.mark.parametrize(
    ("html", "signed"),
    [
        (MOBILE.format(""), "Get Outlook for iOS"),
        (MOBILE.format("<div>It is broken</div>"), "Get Outlook for iOS"),
        ('<div id="ms-outlook-mobile-signature">Anna Berg<br>Tel. 030 1234567</div>', "Anna Berg"),
        (GMAIL.format("We make things simple."), "Anna Berg\nBerg GmbH\n\nWe make things simple."),
        (GMAIL.format("Please consider the environment."), "the environment."),
        (PROTON.format("Berg GmbH"), "Anna\nBerg GmbH\nSent with Proton Mail secure email."),
    ],
    ids=range(6),
)
def test_a_signature_is_folded_still(html: str, signed: str) -> None:
    """A name, a firm, its motto and what a program signs with are no part of what was written."""
    message = _read("<div>Good morning</div>" + html)
    assert signed in message.text
    assert signed not in message.new_text


ON = "On 13.05.24 09:00, Support wrote:"
CITED = '<blockquote type="cite"><p>Did you restart?</p></blockquote>'


@pytest.mark.parametrize("name", ["moz-cite-prefix", "gmail_attr"])
@pytest.mark.parametrize(
    "typed",
    ["It is still broken, I tried it again.<br><br>", "It is still broken<br>", "It broke:<br>"],
    ids=range(3),
)
def test_what_is_typed_above_who_wrote_is_shown(name: str, typed: str) -> None:
    """Of an element that says who wrote when, only the lines that say so are folded."""
    message = _read(f'<p>Hi,</p><div class="{name}">{typed}{ON}<br></div>{CITED}')
    assert message.new_text == f"Hi,\n\n{html_text(typed)[0]}"


def test_an_element_that_says_nobody_wrote_is_the_writers() -> None:
    """Who deletes the older letter may go on in what is left of it."""
    html = '<div class="gmail_attr">Hello Tom, the lamp is off.<br></div>Second line.'
    assert _read(html).new_text == "Hello Tom, the lamp is off.\nSecond line."


@pytest.mark.parametrize("name", ["gmail_signature", "ms-outlook-mobile-signature", "gmail_attr"])
@pytest.mark.parametrize(
    "text",
    ["a b. " * 700, ".'" * 1900, "I am here.<br>" * 280, ": " * 1900, "a: b@c 1:1<br>" * 280],
    ids=range(5),
)
def test_no_signature_takes_long(name: str, text: str) -> None:
    """However many there are, and whatever stands in them, they are looked at in no time."""
    html = f'<div class="{name}">{text}</div>' * 60
    assert hostile.spent(lambda: html_text(html), 0.2) < 0.2
    nested = f'<div class="{name}">' * 390 + text + "</div>" * 390
    assert hostile.spent(lambda: html_text(nested), 0.2) < 0.2
