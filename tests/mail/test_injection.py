"""Whatever a ticket, a letter or a setting holds: what we write has our fields, and no others."""

import email
import email.policy
import re

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtickets.errors import Permanent
from mailtickets.mail import clean, headers
from mailtickets.mail.compose import (
    Draft,
    Enclosure,
    Entry,
    Missing,
    Style,
    acknowledgement,
    answer,
    follower_fields,
    write,
)
from mailtickets.mail.envelope import Envelope, Item, Letter, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.notice import failure_notice
from mailtickets.mail.octets import InMemory
from mailtickets.mail.templates import Templates
from mailtickets.relay.commands import Load, mail, rcpt
from mailtickets.routing.leaving import Leaving
from mailtickets.routing.outbound import message_id_of
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Conversation, Person

TICKET, NIC = Mailbox("SUPPORT-1", "support-ticket.com"), Mailbox("nic", "ferrier")
BREAKING = ["\r\n", "\r", "\n", "\0", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"]
HOSTILE = st.lists(
    st.sampled_from([*BREAKING, "Bcc: evil@x", "\r\n\r\n<b>", "\u202e", "\u2066", "\ud800"])
    | st.sampled_from(list('ab: <>@,;"\\=?ü😀()[].-')),
    max_size=12,
).map("".join)
OURS = {
    *("date", "from", "to", "subject", "message-id", "in-reply-to", "references", "mime-version"),
    *("content-type", "content-transfer-encoding", "content-language", "auto-submitted"),
    *("x-auto-response-suppress", "list-id", "list-unsubscribe", "list-unsubscribe-post"),
}
OFFERED = {"SMTPUTF8": "", "DSN": ""}
OF_A_PART = {"content-type", "content-transfer-encoding", "content-disposition", "content-id"}


def examined(octets, recipient="nic@ferrier"):
    """The letter as Python's email reads it, its head found to be ours alone."""
    assert b"\0" not in octets
    assert octets.replace(b"\r\n", b"").translate(None, b"\r\n") == octets.replace(b"\r\n", b"")
    head = octets.partition(b"\r\n\r\n")[0].decode("utf-8")
    assert len(head.splitlines()) == head.count("\r\n") + 1
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]", head)
    names = [line.partition(":")[0].lower() for line in head.split("\r\n") if line[0] not in " \t"]
    assert len(names) == len(set(names))
    assert set(names) <= OURS
    read = email.message_from_bytes(octets, policy=email.policy.default)
    for part in read.walk():
        if part is not read and part.get_content_type() != "message/delivery-status":
            assert {name.lower() for name in part.keys()} <= OF_A_PART  # noqa: SIM118 - not a dict
        for name in part.keys():  # noqa: SIM118 - not a dict
            assert len(str(part[name]).splitlines()) <= 1
    assert [one.addr_spec for one in read["to"].addresses] == [recipient]
    return read


@settings(max_examples=80, deadline=None)
@given(st.lists(HOSTILE, min_size=10, max_size=10), st.booleans())
def test_an_answer(values, dressed):
    """Subjects, names, references, files, marks, quotes, templates, settings, addresses to go."""
    a, b, c, d, e, f, g, h, i, j = values
    unsubscribe = Leaving((b"k" * 32,), f"https://x.org/{a}").url(b, c, d)
    made = answer(
        Event("7", "7", Kind.COMMENT_ADDED, "S-1", Person(a, b), "c1", c, f"<p>{d}</p>"),
        Conversation("d", "S-1", "q", str(NIC), e, f, (g, h), i, language=j),
        sender=TICKET,
        recipient=NIC,
        ticket=g,
        name=h,
        message_id=message_id_of(a, b, TICKET),
        date=0.0,
        enclosures=[Enclosure(j, f"text/{a}", b"x", content_id=b), Enclosure(c, d, InMemory(b"y"))],
        missing=[Missing(e, 1), Missing(f, 10**7, too_large=True)],
        style=Style(Templates() if dressed else None, from_name=i, name=j, quoted=3),
        history=[Entry(a, b, c)],
        more=follower_fields(d, "support-ticket.com", unsubscribe or f"https://{e}"),
        unsubscribe=unsubscribe,
    )
    read = examined(made.octets)
    assert [one.addr_spec for one in read["from"].addresses] == [str(TICKET)]
    assert len(made.subject.splitlines()) == 1


@settings(max_examples=40, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_a_template_that_repeats_anything(a, b, c, d):
    """An operator's template may write what it likes: it is the body, and stays the body."""
    sources = {
        f"answer.{kind}": "{{ text }}\r\nBcc: x\n\n{{ subject }}" for kind in ("txt", "html")
    }
    made = answer(
        Event("7", "7", Kind.COMMENT_ADDED, "S-1", Person(a, b), "c1", c),
        Conversation("d", "S-1", "q", str(NIC), a, d, ()),
        sender=TICKET,
        recipient=NIC,
        message_id="x@y",
        date=0.0,
        style=Style(Templates(sources)),
    )
    examined(made.octets)


@settings(max_examples=40, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_an_acknowledgement(a, b, c, d):
    """It takes names and references from a letter that anybody may have written."""
    octets, _ = acknowledgement(
        Conversation("d", "S-1", "q", str(NIC), a, b, (c, d), c, language=d),
        sender=TICKET,
        sender_name=a,
        recipient=NIC,
        message_id="x@y",
        date=0.0,
        ticket=b,
        style=Style(name=c),
    )
    examined(octets)


@settings(max_examples=40, deadline=None)
@given(HOSTILE, HOSTILE, st.binary(max_size=200))
def test_a_notice(words, id_, head):
    """What another server said, and the head of a stranger's letter, go back to its sender."""
    envelope = Envelope(NIC, (TICKET,), 0.0, "trace", envid=words)
    item = Item(1, "k", Letter(envelope, InMemory(head)), (TICKET,), "a", "lane")
    octets, _ = failure_notice(
        item, TICKET, Permanent("1.1", words), head, hostname="mx.x.org", date=0.0, id=id_
    )
    lines = octets.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    first = octets.partition(b"\r\n\r\n")[0].decode()
    names = [line.partition(":")[0].lower() for line in first.split("\r\n") if line[0] not in " \t"]
    assert set(names) <= OURS


@given(HOSTILE, HOSTILE, st.sampled_from(["unstructured", "exact", "parameterized", "ids"]))
def test_every_field(value, other, kind):
    """Each function that writes a field writes one, whatever it is given."""
    if kind == "parameterized":
        octets = headers.parameterized("X-Y", "text/plain", [("name", value), ("b", other)])
    elif kind == "ids":
        octets = headers.ids("X-Y", [value, other])
    else:
        octets = getattr(headers, kind)("X-Y", value)
    if not octets:
        return
    text = octets.decode()
    assert text.startswith("X-Y:")
    assert text.endswith("\r\n")
    assert all(line[0] in " \t" for line in text[:-2].split("\r\n")[1:])
    assert len(text.splitlines()) == text.count("\r\n")


@given(HOSTILE, HOSTILE)
def test_addresses_in_fields_and_commands(local, domain):
    """An address that could break a line out is refused; what is written is one line."""
    mailbox = Mailbox(local, domain)
    letter = Envelope(mailbox, (mailbox,), 0.0, "trace", envid=local)
    for made in (
        lambda: write(Draft("x@y", 0.0, (domain, mailbox), ((local, mailbox),), local, domain)),
        lambda: mail(letter, Load(1, eight_bit=False), OFFERED, utf8=True),
        lambda: rcpt(mailbox, Wishes(orcpt=f"rfc822;{local}"), OFFERED, utf8=True),
    ):
        try:
            octets = made()
        except Permanent:
            continue
        octets = octets if isinstance(octets, bytes) else str(octets).encode()
        head = octets.partition(b"\r\n\r\n")[0].decode("utf-8")
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]", head)
        assert not re.search(r"\r(?!\n)|(?<!\r)\n", head)
        for line in head.rstrip("\r\n").split("\r\n"):
            assert re.match(r"[\t ]|[A-Za-z-]+:|MAIL FROM:<|RCPT TO:<", line)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("plain", "plain"),
        ("\u202eevil", "evil"),  # an override, wherever it stands
        ("a \u2067שלום\u2069 b", "a \u2067שלום\u2069 b"),  # an isolate that ends
        ("a \u2067שלום", "a שלום"),  # one that does not
        ("a\u2069", "a"),
        ("\u202ba\u2067b\u202cc\u2069", "abc"),  # crossed over
        ("שלום \u200e(1)", "שלום \u200e(1)"),  # marks only lean
    ],
)
def test_what_turns_text_round(given, expected):
    """In a subject it stays where it ends again; in names it goes, and so do overrides."""
    assert clean.subject(given) == expected
    assert not set(clean.name(given)) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
    assert clean.filename("photo\u202egpj.exe") == "photogpj.exe"


def test_a_letter_of_every_language_is_whole():
    """The foot, the notes and the mark of each language survive the writing."""
    event = Event("7", "7", Kind.COMMENT_ADDED, "S-1", Person("Ana", ""), "c1", "Hi")
    known = Conversation("d", "S-1", "q", str(NIC), "Nic", "Hi", ())
    for language in ("en", "de", "fr", "es", "pt"):
        made = answer(
            event,
            evolve(known, language=language),
            sender=TICKET,
            recipient=NIC,
            message_id="SUPPORT-1.abc@support-ticket.com",
            date=0.0,
            missing=[Missing("a.bin", 1)],
            style=Style(Templates()),
            unsubscribe="https://x.org/unsubscribe/a",
        )
        read = examined(made.octets)
        assert read["content-language"] == language
        for kind in ("plain", "html"):
            text = read.get_body((kind,)).get_content()
            assert "[SUPPORT-1.abc@support-ticket.com]" in text
            assert "https://x.org/unsubscribe/a" in text
            assert "a.bin" in text
