"""Answers in a queue's own dress and the reader's own language."""

import email
import email.policy
import re

import pytest

from mailtickets.errors import SettingsError, Temporary
from mailtickets.mail.compose import (
    Entry,
    Missing,
    Style,
    acknowledgement,
    answer,
    follower_fields,
)
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.phrases import LANGUAGES
from mailtickets.mail.templates import Templates
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Conversation, Person

TICKET = Mailbox("SUPPORT-1", "support-ticket.com")
NIC = Mailbox("nic", "ferrier")
MARK = "SUPPORT-1.abc@support-ticket.com"
KNOWN = Conversation(
    "d", "SUPPORT-1", "q", "nic@ferrier", "Nic <b>", "I can't login!", ("one@ferrier",)
)


def dressed(text="I have reset your password.", html=None, history=(), missing=(), **style):
    """An answer in this style, as Python's email reads it."""
    event = Event("7", "7", Kind.COMMENT_ADDED, "SUPPORT-1", Person("Ann", ""), "c1", text, html)
    made = answer(
        event,
        KNOWN,
        sender=TICKET,
        recipient=NIC,
        message_id=MARK,
        date=0.0,
        style=Style(**({"templates": Templates(), "quoted": 5} | style)),
        history=history,
        missing=missing,
    )
    return email.message_from_bytes(made.octets, policy=email.policy.default)


def parts(read):
    """Its text and its HTML."""
    plain, html = (read.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return plain.replace("\r\n", "\n"), html.replace("\r\n", "\n")


def test_our_own_dress():
    """The agent's words, a line with the ticket, the mark; in the HTML the mark is hidden."""
    plain, html = parts(dressed())
    assert plain == (
        "I have reset your password.\n\n"
        f"Ticket SUPPORT-1. Just reply to this letter to answer.\n[{MARK}]\n"
    )
    assert "<p>I have reset your password.</p>" in html
    assert re.search(rf'<div style="display:none[^>]*>\[{MARK}\]</div>', html)


def test_the_mark_may_be_left_out():
    """A queue that wants no mark has none."""
    assert all(MARK not in text for text in parts(dressed(marked=False)))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have reset the password for you", "en"),
        ("Ich habe das Passwort für Sie und die anderen zurückgesetzt", "de"),
        ("Je vous ai envoyé le nouveau mot de passe pour votre compte", "fr"),
        ("Hola, el nuevo código para su cuenta está en la página", "es"),
        ("Olá, o código para você não está mais com os outros", "pt"),
        ("Hola, todavía no he recibido mi pedido. ¿Pueden ayudarme?", "es"),
        ("Det är inte lätt och jag vet det", "en"),
        ("ok", "en"),
    ],
)
def test_the_language_of_the_conversation(text, language):
    """What surrounds the agent's words is in their language, where there are sentences in it."""
    read = dressed(text)
    assert read["content-language"] == language
    assert LANGUAGES[language].ticket.format(ticket="SUPPORT-1") in parts(read)[0]


def test_a_fixed_language():
    """A queue may say which language it speaks."""
    read = dressed("Hello there, how are you", language="pt-BR")
    assert read["content-language"] == "pt-BR"
    assert LANGUAGES["pt"].ticket.format(ticket="SUPPORT-1") in parts(read)[0]


def test_every_language_is_whole():
    """Every sentence of every language can be filled in."""
    filled = {
        "ticket": "T",
        "name": "N",
        "date": "D",
        "reason": "R",
        "postmaster": "P",
        "trace": "X",
    }
    for say in LANGUAGES.values():
        for name in ("ticket", "wrote", "opened", "reason", "given_up"):
            made = getattr(say, name).format(**filled)
            assert "{" not in made
            assert made != getattr(say, name)


def test_what_is_quoted():
    """Older letters are quoted below, each line marked."""
    history = [Entry("Nic", "Monday", "Hi\n\n<script>"), Entry("Ann", "Sunday", "Hello")]
    plain, html = parts(dressed(history=history))
    assert "Nic wrote on Monday:\n> Hi\n>\n> <script>\n" in plain
    assert "Ann wrote on Sunday:\n> Hello" in plain
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_text_is_escaped_in_html():
    """An agent's plain text is no HTML; an agent's HTML is."""
    _, html = parts(dressed("1 < 2 & <b>x</b>"))
    assert "1 &lt; 2 &amp; &lt;b&gt;" in html
    plain, html = parts(dressed("", html="<p>Hi <b>Nic</b></p>"))
    assert "<b>Nic</b>" in html
    assert plain.startswith("Hi Nic\n")


def test_an_agents_html_does_no_harm():
    """What runs in a reader's program goes, what looks stays; the text tells where links go."""
    plain, html = parts(
        dressed(
            "",
            html='<p style="color:red;position:fixed" onclick="x()">See '
            '<a href="https://x.org/a">here</a> or <a href="javascript:x()">there</a></p>'
            "<script>x()</script><form action=https://evil.org><input name=p></form>",
        )
    )
    for evil in ("script", "onclick", "fixed", "<form", "<input"):
        assert evil not in html
    assert '<p style="color:red">' in html
    assert "See here <https://x.org/a> or there\n" in plain


def test_files_that_are_missing():
    """The letter says which files do not go with it, in text and HTML and in its language."""
    files = [Missing("big.iso", 5_000_000_000, too_large=True), Missing("a\r\nb", 12)]
    for style in ({}, {"templates": None}):
        read = dressed("Ja, das ist nicht die Datei", missing=files, language="de", **style)
        text = read.get_body(("plain",)).get_content()
        assert "Diese Dateien konnten nicht angehängt werden:" in text
        assert "- big.iso (5.0 GB): zu groß für eine E-Mail\r\n- a b (12 B): nicht" in text
    assert "big.iso" in parts(dressed(missing=files))[1]


def test_older_letters_are_bounded():
    """As many are quoted as the queue wants, and of each as much as helps."""
    history = [Entry(f"N{n}", "Monday", "x" * 9000) for n in range(9)]
    plain, _ = parts(dressed(history=history, quoted=2))
    assert plain.count("wrote on Monday") == 2
    assert len(plain) < 9000
    assert "[...]" in plain
    assert "wrote on" not in parts(dressed(history=history, quoted=0))[0]


@pytest.mark.parametrize(
    ("style", "name"),
    [
        (Style(), "Ana"),
        (Style(name="Support"), "Ana (Support)"),
        (Style(from_name="queue", name="Support"), "Support"),
        (Style(from_name="The team", name="Support"), "The team"),
    ],
)
def test_whose_name_it_has(style, name):
    """The agent's, with the queue's where it has one; the queue's; or what the settings say."""
    assert style.author("Ana") == name
    assert Style(name="Support").author("") == "Support"


def test_the_queues_own():
    """A queue's template goes before ours, and one of the language before that."""
    sources = {"answer.txt": "{{ agent }}: {{ text }}", "answer.de.txt": "Hallo {{ requester }}"}
    templates = Templates(sources)
    templates.check()
    assert parts(dressed(templates=templates))[0] == "Ann: I have reset your password.\n"
    assert parts(dressed(templates=templates, language="de"))[0] == "Hallo Nic <b>\n"
    assert parts(dressed(templates=templates, language="de-AT"))[0] == "Hallo Nic <b>\n"


def test_a_language_of_the_operators_own():
    """A template in a language that we do not speak makes it one that letters are written in."""
    templates = Templates({"answer.it.txt": "Ciao {{ requester }}"})
    read = dressed("Ciao, non ho capito come mi chiamo", templates=templates)
    assert read["content-language"] == "it"
    assert parts(read)[0] == "Ciao Nic <b>\n"


@pytest.mark.parametrize(
    "source",
    [
        "\n{{ nothing }}",
        "\n{% if %}",
        "\n{{ ''.__class__.__mro__ }}",
        "\n{{ 1/0 }}",
        "\n{% include 'x' %}",
        "\n{% for i in history %}{{ i.nothing }}{% endfor %}",
    ],
)
def test_a_broken_template(source):
    """It is named at start, with its line; if it breaks later, the letter waits, loudly."""
    templates = Templates({"answer.txt": source}, "/etc/letters")
    with pytest.raises(SettingsError) as caught:
        templates.check()
    assert caught.value.culprit == "/etc/letters/answer.txt, line 2"
    source = source.replace("history", "[1]")
    templates = Templates({"answer.txt": source}, "/etc/letters")
    with pytest.raises(Temporary) as temporary:
        dressed(templates=templates)
    assert temporary.value.loud


@pytest.mark.parametrize("language", ["", "en", "de", "fr", "es", "pt"])
def test_an_acknowledgement_is_a_machines(language):
    """It says that it is automatic, and repeats nothing that somebody else wrote."""
    octets, subject = acknowledgement(
        KNOWN,
        sender=TICKET,
        sender_name="Support",
        recipient=NIC,
        message_id=MARK,
        date=0.0,
        style=Style(language=language),
    )
    read = email.message_from_bytes(octets, policy=email.policy.default)
    assert read["auto-submitted"] == "auto-generated"
    assert read["x-auto-response-suppress"] == "All"
    assert read["subject"] == subject
    assert read["in-reply-to"] == "<one@ferrier>"
    assert b"login" not in octets
    assert b"<b>" not in octets
    assert "SUPPORT-1" in read.get_content()


def test_fields_for_followers():
    """Whoever follows a ticket can leave with one click, where the web is known."""
    fields = dict(follower_fields("SUPPORT-1", "support-ticket.com", "https://x.org/u/" + "a" * 90))
    assert fields["List-Id"] == "<SUPPORT-1.support-ticket.com>"
    assert fields["List-Unsubscribe"] == f"<https://x.org/u/{'a' * 90}>"
    assert fields["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert list(dict(follower_fields("S", "d", "http://x\r\nBcc: y"))) == ["List-Id"]
