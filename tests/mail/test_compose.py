"""Answers and notices, read back with Python's email."""

import email
import email.header
import email.policy
import email.utils

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtickets.errors import Permanent
from mailtickets.mail.compose import Enclosure, Style, answer, thread
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.notice import failure_notice
from mailtickets.mail.octets import InMemory
from mailtickets.mail.subjects import answering, bare
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Conversation, Person

TICKET = Mailbox("SUPPORT-1", "support-ticket.com")
NIC = Mailbox("nic", "ferrier")


def event(text="I have reset your password.", **more):
    """A public comment of an agent."""
    return Event(
        "7", "7", Kind.COMMENT_ADDED, "SUPPORT-1", Person("Ann", "ann@x.org"), "c1", text, **more
    )


def conversation(subject="I can't login!", references=("one@ferrier",), latest=None, name="Nic"):
    """What the ledger knows of the ticket."""
    return Conversation(
        "embedded", "SUPPORT-1", "support", "nic@ferrier", name, subject, references, latest
    )


def written(event=None, conversation_=None, **more):
    """An answer, and what Python's email reads of it."""
    made = answer(
        event or event_default(),
        conversation_ or conversation(),
        sender=TICKET,
        style=Style(from_name=more.pop("sender_name", "Support")),
        recipient=more.pop("recipient", NIC),
        message_id="SUPPORT-1.abc@support-ticket.com",
        date=1_700_000_000.0,
        **more,
    )
    octets = made.octets
    return octets, email.message_from_bytes(octets, policy=email.policy.default), made.subject


event_default = event


def test_the_seed_answer():
    """Nic gets exactly the fields the design promises, and what a person wrote says so."""
    octets, read, subject = written()
    assert read["from"] == "Support <SUPPORT-1@support-ticket.com>"
    assert read["to"] == "Nic <nic@ferrier>"
    assert read["subject"] == subject == "RE: I can't login!"
    assert read["in-reply-to"] == read["references"] == "<one@ferrier>"
    assert read["message-id"] == "<SUPPORT-1.abc@support-ticket.com>"
    assert email.utils.parsedate_to_datetime(read["date"]).timestamp() == 1_700_000_000
    assert read["auto-submitted"] is None
    assert read.get_content() == "I have reset your password.\r\n"
    assert octets.replace(b"\r\n", b"").count(b"\n") == 0


@pytest.mark.parametrize(
    "subject",
    [
        "I can't login!",
        "Re: I can't login!",
        "RE: re: RE: I can't login!",
        "AW: Re[3]: SV: Antw: I can't login!",
        "Re : RE：I can't login!",
        "回复: I can't login!",
        "Re:I can't login!",
    ],
)
def test_exactly_one_re(subject):
    """However often it went back and forth, in whatever language, there is one RE:."""
    assert answering(subject) == "RE: I can't login!"
    assert answering(answering(subject)) == "RE: I can't login!"


@pytest.mark.parametrize("subject", ["Regarding: x", "Fwd: x", "Report: x", "resubmit", ""])
def test_other_words_stay(subject):
    """Only reply marks are taken away: a forward mark, or a word that begins like one, stays."""
    assert bare(subject) == subject


def test_the_thread_keeps_its_root():
    """In-Reply-To is the requester's latest letter; References are bounded and keep the root."""
    ids = tuple(f"{n}@ferrier" for n in range(80))
    in_reply_to, references = thread(conversation(references=ids, latest="70@ferrier"))
    assert in_reply_to == references[-1] == "70@ferrier"
    assert references[0] == "0@ferrier"
    assert len(references) == 50
    octets, read, _ = written(conversation_=conversation(references=ids, latest="70@ferrier"))
    assert read["references"].split() == [f"<{one}>" for one in references]
    assert max(map(len, octets.split(b"\r\n"))) <= 78


def test_the_first_answer_to_the_root():
    """When the latest letter is the root itself, it stays first."""
    found = thread(conversation(references=("root@x", "ours@y"), latest="root@x"))
    assert found == ("root@x", ("root@x", "ours@y"))


def test_ids_that_cannot_be_written():
    """A Message-ID with blanks or line breaks is left out, and breaks nothing."""
    bad = ("a b@x", "c@d\r\nBcc: all@x", "e@f")
    assert thread(conversation(references=bad, latest="c@d\r\nX: y")) == ("e@f", ("e@f",))


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus Köln 😀",
        "שלום עולם",
        "日本語の長い件名" * 12,
        "emoji 👩‍👩‍👧‍👦 in the middle of an otherwise long English subject line, isn't it",
        "=?utf-8?q?not_a_word?= but plain",
        "x" * 1500,
        'quotes " and \\ backslashes',
    ],
)
def test_texts_come_out_right(text):
    """Any subject, name, text and file name is read back as it was, on lines of 78 at most."""
    octets, read, _ = written(
        event(text=text, html=f"<p>{text}</p>"),
        conversation(subject=text[:350], name=text[:60]),
        enclosures=[Enclosure(f"{text[:60]}.pdf", "application/pdf", b"%PDF\x00\xff" * 100)],
    )
    assert read["subject"] == f"RE: {text[:350]}"
    # Not the new policy's reading: before 3.11.8 it puts blanks between encoded words of a name.
    name, _ = email.utils.parseaddr(email.message_from_bytes(octets)["to"])
    assert str(email.header.make_header(email.header.decode_header(name))) == text[:60]
    assert read["to"].addresses[0].addr_spec == "nic@ferrier"
    assert read.get_body(("plain",)).get_content() == text + "\r\n"
    assert read.get_body(("html",)).get_content() == f"<p>{text}</p>\r\n"
    (attachment,) = read.iter_attachments()
    assert attachment.get_content() == b"%PDF\x00\xff" * 100
    expected = f"{text[:60]}.pdf".replace('"', "_").replace("\\", "_").replace("?", "_")
    assert attachment.get_filename() == expected
    assert octets.isascii()
    head = octets.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert max(map(len, octets.split(b"\r\n"))) <= 990


def test_pictures_in_the_html():
    """A picture that the HTML shows goes beside it; other files are attachments."""
    _, read, _ = written(
        event(html='<p>See <img src="cid:logo@x"></p>'),
        enclosures=[
            Enclosure("logo.png", "image/png", b"\x89PNG", content_id="logo@x"),
            Enclosure("a.txt", "text/plain", b"a"),
            Enclosure("evil.eml", "message/rfc822", b"Subject: x"),
        ],
    )
    kinds = [part.get_content_type() for part in read.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/plain",
        "application/octet-stream",
    ]
    (picture,) = (part for part in read.walk() if part.get_content_type() == "image/png")
    assert picture["content-id"] == "<logo@x>"


def test_html_alone_gets_its_text():
    """An agent who wrote HTML only is read by those who read text only."""
    _, read, _ = written(event(text="", html="<p>Hi <b>Nic</b></p><ul><li>one<li>two</ul>"))
    assert read.get_body(("plain",)).get_content().split() == ["Hi", "Nic", "-", "one", "-", "two"]


HOSTILE = st.text(
    st.sampled_from(list('ab: <>@,;"\\\r\n\0\x0b\x0c\x1c\x85\u2028\u2029\u202e=?ü😀\ud800')),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_adds_a_field(subject, name, sender_name, reference, filename):
    """Whatever a ticket holds, the letter has exactly our fields, and one recipient."""
    octets, read, _ = written(
        event(),
        conversation(subject=subject, name=name, references=(reference,), latest=reference),
        sender_name=sender_name,
        enclosures=[Enclosure(filename, "text/plain" + filename, b"x", content_id=reference)],
    )
    head = octets.partition(b"\r\n\r\n")[0].decode("ascii")
    names = [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in " \t"]
    allowed = ["Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References"]
    assert [one for one in names if one not in allowed] == ["MIME-Version", "Content-Type"]
    assert len(head.splitlines()) == len(head.split("\r\n"))
    assert [one.addr_spec for one in read["to"].addresses] == ["nic@ferrier"]
    assert [one.addr_spec for one in read["from"].addresses] == ["SUPPORT-1@support-ticket.com"]


@pytest.mark.parametrize("domain", ["x\r\nBcc: a@b", "x> SIZE=1", "x\u2028y", "x,y@z"])
def test_an_unclean_address_is_refused(domain):
    """An address is never mended: a mended one is somebody else's."""
    with pytest.raises(Permanent):
        written(recipient=Mailbox("nic", domain))


def test_an_address_that_needs_utf8():
    """A domain is written in ASCII; only a local part that cannot be makes the letter UTF-8."""
    octets, _, _ = written(recipient=Mailbox("nic", "bücher.example"))
    assert b"<nic@xn--bcher-kva.example>" in octets
    octets, _, _ = written(recipient=Mailbox("jörg", "bücher.example"))
    assert "<jörg@bücher.example>".encode() in octets


HEAD = (
    b"Received: from x\r\nFrom: nic@ferrier\r\nMessage-ID: <one@ferrier>\r\n"
    b"Subject: I can't\r\n login!\r\n\r\nThe body is not sent back.\r\n"
)


def noticed(head=HEAD, recipient=TICKET, text="The desk refused it\r\nBcc: all@x"):
    """A notice, and what Python's email reads of it."""
    envelope = Envelope(NIC, (recipient,), 1_700_000_000.0, "trace1")
    item = Item(1, "k", Letter(envelope, InMemory(head)), (recipient,), "a", "lane")
    trouble = Permanent("1.1", text)
    octets, _ = failure_notice(
        item, recipient, trouble, head, hostname="mx.x.org", date=1_700_000_100.0, id="n1"
    )
    return octets, email.message_from_bytes(octets, policy=email.policy.default)


def test_a_notice_is_a_report():
    """A notice has its three parts: for a person, for a machine, and the letter's own head."""
    _, read = noticed()
    assert read.get_content_type() == "multipart/report"
    assert read["content-type"].params["report-type"] == "delivery-status"
    assert read["auto-submitted"] == "auto-replied"
    assert read["to"] == "nic@ferrier"
    human, status, head = read.iter_parts()
    assert "I can't login!" in human.get_content()
    assert "The desk refused it Bcc: all@x (5.1.1)" in human.get_content()
    whole, one = status.get_payload()
    assert whole["reporting-mta"] == "dns; mx.x.org"
    assert one["final-recipient"] == "rfc822; SUPPORT-1@support-ticket.com"
    assert (one["action"], one["status"]) == ("failed", "5.1.1")
    assert head.get_content_type() == "text/rfc822-headers"
    assert "Message-ID: <one@ferrier>" in head.get_content()
    assert "not sent back" not in head.get_content()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (b"Content-Language: de-AT\r\n", "konnte nicht zugestellt werden"),
        (b"Accept-Language: fr, en\r\n", "n'a pas pu"),
        (b"Content-Language: xx\r\n", "could not be delivered"),
    ],
)
def test_a_notice_in_the_senders_language(field, words):
    """The part for the person is in the language that the letter says it is in."""
    _, read = noticed(field + HEAD)
    assert words in read["subject"]
    assert words in next(read.iter_parts()).get_content()


def test_a_notice_about_a_long_address():
    """Addresses stay whole for the machines that read the report."""
    recipient = Mailbox("x" * 64, "y" * 60 + ".example")
    _, read = noticed(recipient=recipient)
    _, one = list(read.iter_parts())[1].get_payload()
    assert one["final-recipient"].split() == ["rfc822;", str(recipient)]


def test_a_notice_of_anything():
    """A head without an end, with bare line ends, NUL or no ASCII still makes a sound notice."""
    octets, read = noticed(b"Subject: \xff=\0\rX: y\n" + b"z" * 200_000)
    _, _, returned = read.iter_parts()
    assert returned.get_payload(decode=True).startswith(b"Subject: \xff=\r\nX: y\r\nzzz")
    assert octets.isascii()
    assert octets.replace(b"\r\n", b"").translate(None, b"\r\n\0") == octets.replace(b"\r\n", b"")
    assert len(octets) < 100_000


def test_nobody_is_told_of_a_null_sender():
    """There is nobody to tell (RFC 5321 section 6.1)."""
    item = Item(
        1, "k", Letter(Envelope(None, (TICKET,), 0.0, "t"), InMemory(b"")), (TICKET,), "a", "l"
    )
    with pytest.raises(Permanent):
        failure_notice(item, TICKET, Permanent("1.1", "x"), b"", hostname="h", date=0, id="i")
