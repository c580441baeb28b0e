"""What is typed below the dashes of a signature is shown; what stands there always is folded."""

# ruff: noqa: E501 - tables of letters read best unwrapped

from __future__ import annotations

import pytest

from mailtickets.mail.message import Message, read
from mailtickets.tickets.values import Person


def _new(text: str) -> str:
    return Message(
        text=text,
        subject="Re: Job",
        author=Person("Nic Ferrier", "nic@ferrier.example"),
        to=(Person("", "help@desk.example"),),
    ).new_text


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ("-- \nThe printer is on the third floor.", "The printer is on the third floor."),
        (
            "-- \nNic Ferrier\nTel: +44 20 1234567\n\nThe printer is on the third floor.",
            "The printer is on the third floor.",
        ),
        (
            "-- \nNic Ferrier\nnic@ferrier.example\n\nthe new one still shows the same error as before",
            "the new one still shows the same error as before",
        ),
        ("-- \nNic\n\nDer Drucker steht im dritten Stock.", "Der Drucker steht im dritten Stock."),
        ("-- \nBitte morgen nach 10 Uhr anrufen.\nNic", "Bitte morgen nach 10 Uhr anrufen."),
        (
            "-- \nNic Ferrier\n\nL'imprimante est au troisième étage.",
            "L'imprimante est au troisième étage.",
        ),
        ("-- \nNic\n\nWe are closed on Monday.", "We are closed on Monday."),
        (
            "-- \nNic Ferrier\nSales\n\nSerial number is on the back of the device.",
            "Serial number is on the back of the device.",
        ),
        (
            "-- \nNic Ferrier\n+44 20 123456\n\nOrder 4711 was delivered to the wrong address.",
            "Order 4711 was delivered to the wrong address.",
        ),
        ("-- \nNic\n\nПринтер стоит на третьем этаже.", "Принтер стоит на третьем этаже."),
        (
            "-- \nNic\n\nLa impresora está en el tercer piso.",
            "La impresora está en el tercer piso.",
        ),
        ("-- \n我们的打印机在三楼，请下午来。", "我们的打印机在三楼，请下午来。"),
        (
            "-- \nNic Ferrier\n+44 20 123456\nI am on the third floor today.",
            "I am on the third floor today.",
        ),
    ],
)
def test_what_is_told_below_the_dashes_is_shown(below: str, told: str) -> None:
    """A plain sentence that is neither cited nor a firm's was written for this letter."""
    assert told in _new(f"It works now.\n\n{below}\n")


@pytest.mark.parametrize(
    "below",
    [
        '-- \nNic Ferrier\n\n"The best way to predict the future is to invent it."',
        "-- \nAny sufficiently advanced technology\nis indistinguishable from magic.\n  -- Arthur C. Clarke",
        "-- \nNic Ferrier\nTel: +44 20 1234\nQuality you can trust.",
        "-- \nNic Ferrier\nTel: +44 20 1234\n\nPlease consider the environment before printing this email.",
        "-- \nDr. John Smith Jr.\nSmith & Sons Trading Co.\n123 Main Street, Suite 4\n+44 20 1234",
        "-- \nJean Dupont\nDirecteur des systèmes d'information\nSociété au capital de 1000 euros",
        "-- \nNic\nACME Ltd, registered in England and Wales under number 1234.\nhttps://acme.example",
        "-- \nNic Ferrier\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender.",
        "-- \nNic Ferrier | Head of Things\nwww.acme.example\n\nOur office is open Monday to Friday from 9 to 5.",
        "-- \nSent from my iPhone",
        "-- \nAcme - Leading the way in innovation since 1999",
        "-- \nNic Ferrier\nTeam lead, customer care\n\nThe information in this e-mail is confidential and may be\nlegally privileged. It is intended solely for the addressee.\nAccess to this e-mail by anyone else is unauthorised.",
        "-- \nNic\n\nFollow us on Facebook and Twitter for the latest news.",
        "-- \nNic Ferrier\n\nYou received this message because you are subscribed to the group.\nTo unsubscribe from this group, send an email to x@y.example.",
    ],
)
def test_what_stands_below_each_letter_is_folded(below: str) -> None:
    """Names, titles, mottos that are cited, what firms and lawyers say: none was written for it."""
    assert _new(f"Hi, it burns.\n\n{below}\n") == "Hi, it burns."


@pytest.mark.parametrize(
    "typed",
    [
        "key under the mat",
        "ok thanks",
        "Ja.",
        "Torcode 4471#",
        "Immer noch kaputt :(",
        "Photo attached.",
        "Фото во вложении.",
        "まだ直りません。",
        "Seriennummer: WP-4471-0932",
        "2 x filter cartridge FK-20\n1 x gasket 3/4",
        "Neue Lieferadresse:\nAm Kanal 4\n95444 Bayreuth",
    ],
)
def test_what_is_typed_below_a_name_is_shown(typed: str) -> None:
    """Below a bare name a paragraph of its own is typed, if no firm or lawyer says it."""
    assert _new(f"It leaks.\n\n-- \nNic Ferrier\n\n{typed}\n") == f"It leaks.\n\n{typed}"


@pytest.mark.parametrize(
    "typed",
    [
        "Serial no.: WP-4471-0932",
        "2 x filter cartridge FK-20",
        "2025-03-03 02:00:04 ERROR Connection refused",
        "Wir haben jetzt 3 bar.",
        "and bring the invoice",
        "Stadig i stykker.",
        "Fehlercode E12",
        "Kundennummer 40117",
        "Tracking number 1Z999AA10123456784",
        "3 bar",
    ],
)
def test_data_and_short_sentences_below_a_card_are_shown(typed: str) -> None:
    """Labels with numbers, what is counted, logs and short sentences stand in no signature."""
    card = "-- \nNic Ferrier\nFerrier Ltd\nTel: +44 20 1234567"
    assert _new(f"It leaks.\n\n{card}\n\n{typed}\n") == f"It leaks.\n\n{typed}"


@pytest.mark.parametrize(
    "above", ["Items to return:", "Hi, details below my name:", "The order is below my signature."]
)
def test_what_is_announced_above_the_dashes_is_shown(above: str) -> None:
    """Who says that something follows shows it, dashes or not."""
    below = "-- \nNic Ferrier\n\n1 x pump\nAm Kanal 4"
    assert _new(f"{above}\n{below}\n") == f"{above}\n{below}"


@pytest.mark.parametrize(
    "stored",
    [
        "USt-IdNr.: DE123456789",
        "HRB 12345",
        "ISO 9001",
        "Ringstr. 9",
        "95444 Bayreuth",
        "Öffnungszeiten: Mo-Fr 8-16 Uhr",
        "Ferrier GmbH",
        "We are open Monday to Friday from 9 to 5.",
        "Please do not hesitate to contact us.",
        "Tänk på miljön innan du skriver ut detta mejl.",
    ],
)
def test_what_firms_say_in_paragraphs_of_their_own_is_folded(stored: str) -> None:
    """Numbers of registers, opening hours, courtesies and trees stand below each letter."""
    card = "-- \nNic Ferrier\nTel: +44 20 1234567"
    assert _new(f"Hi, it burns.\n\n{card}\n\n{stored}\n") == "Hi, it burns."


CARD = "Nic Ferrier<br>Tel: +44 20 1234567"
GMAIL = '<div>It leaks.</div><br><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature"><div>{}</div></div>{}'
MOZILLA = 'It leaks.<br><div class="moz-signature">-- <br>{}</div>{}'


@pytest.mark.parametrize("html", [GMAIL, MOZILLA])
@pytest.mark.parametrize(
    "quote",
    [
        "",
        '<div class="gmail_quote"><div class="gmail_attr">On Monday, 3 March 2025, 10:12 Help &lt;h@x.example&gt; wrote:</div><blockquote class="gmail_quote">Old</blockquote></div>',
    ],
)
@pytest.mark.parametrize("where", ["below", "within"])
def test_the_html_tells_what_was_typed_below_a_signature(html: str, quote: str, where: str) -> None:
    """Where the element of a signature ends, its owner goes on: the text part cannot tell."""
    typed = "Am Kanal 4, zweiter Hof"
    told = (
        (CARD, f"<div>{typed}</div>{quote}")
        if where == "below"
        else (f"{CARD}<br><br>{typed}", quote)
    )
    old = "\n\nOn Monday, 3 March 2025, 10:12 Help <h@x.example> wrote:\n> Old" if quote else ""
    text = f"It leaks.\n\n-- \n{CARD.replace('<br>', chr(10))}\n\n{typed}{old}\n"
    letter = (
        "From: n@f.example\nSubject: Re: Pump\nIn-Reply-To: <a@x.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f"--b\nContent-Type: text/html; charset=utf-8\n\n{html.format(*told)}\n--b--\n"
    )
    shown = read(letter.encode()).new_text
    assert (typed in shown) == (where == "below")
    assert "1234567" not in shown
    assert "Old" not in shown
