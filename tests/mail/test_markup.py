"""Answers as mail programs write them in HTML."""

from __future__ import annotations

import textwrap

import pytest

from mailtickets.mail.agents import safe
from mailtickets.mail.markup import html_text, sanitised
from mailtickets.mail.message import Message, Part, read

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


def test_half_a_character_in_markup_spoils_nothing() -> None:
    """HTML with half of a surrogate pair, as UTF-7 and JSON bring it, is made safe as well."""
    half = "<p>a\ud800b</p><script>x</script>"
    assert sanitised(half) == "<p>a\ufffdb</p>"
    assert safe(half) == "<p>a\ufffdb</p>"
    assert "a" in html_text(half)[0]
