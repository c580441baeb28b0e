"""Mailboxes: what is one, and when two are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Permanent
from mailtickets.mail.clean import address
from mailtickets.mail.mailbox import Mailbox, fold_domain, printed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nic@ferrier", "nic@FERRIER"),
        ('"nic"@ferrier', "nic@ferrier"),
        (r'"n\ic"@ferrier', "nic@ferrier"),
        ("nic@bücher.example", "nic@xn--bcher-kva.example"),
        ("nic@BÜCHER.example", "nic@bücher.example"),
        ("nic@[IPv6:2001:db8:0:0::1]", "nic@[ipv6:2001:DB8::1]"),
    ],
)
def test_one_mailbox(one, other):
    """Case of the domain, quoting and the form of an international domain make no difference."""
    assert Mailbox.parse(one) == Mailbox.parse(other)
    assert hash(Mailbox.parse(one)) == hash(Mailbox.parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nic@ferrier", "Nic@ferrier"),
        ('"a@b"@ferrier', "a@ferrier"),
        ('"a b"@ferrier', '"ab"@ferrier'),
        ("nic@ferrier", "nic@ferrier.example"),
    ],
)
def test_two_mailboxes(one, other):
    """Local parts are compared as they stand (RFC 5321 section 2.4)."""
    assert Mailbox.parse(one) != Mailbox.parse(other)


@pytest.mark.parametrize(
    "text",
    ["", "nic", "@ferrier", "nic@", "a b@ferrier", "nic@fer rier", ".nic@ferrier", "nic.@ferrier",
     "n..ic@ferrier", '"nic@ferrier', "nic@-ferrier", "nic@ferrier-", "nic@a..b", "nic@.a",
     "nic@[1.2.3]", "nic@[IPv6:1.2.3.4.5]", "nic@[x]", "nic\r\n@ferrier", "nic\0@ferrier",
     "nic@ferrier\n", '"a\nb"@ferrier', "a" * 65 + "@ferrier", "a@" + "b" * 256,
     "\ud800@ferrier", "nic\u2028@ferrier", "nic@fer\ud800rier", "nic@fer\x85rier",
     "nic@fer\u2028rier"],
)  # fmt: skip
def test_no_mailbox(text):
    """What is none is refused, with a text that can be sent to anybody."""
    with pytest.raises(Permanent) as caught:
        Mailbox.parse(text)
    assert caught.value.status == "1.3"
    assert caught.value.text.isascii()
    assert caught.value.text.isprintable()


@given(st.text(max_size=40) | st.text(max_size=9).map(lambda domain: f"nic@a{domain}b"))
def test_whatever_the_text_is(text):
    """A text is a mailbox that prints as itself, is itself again and may be written, or none."""
    try:
        mailbox = Mailbox.parse(text)
    except Permanent:
        return
    assert Mailbox.parse(str(mailbox)) == mailbox
    assert address(mailbox) == str(mailbox)


LOCALS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@given(LOCALS)
def test_any_printable_local_part_can_be_quoted(local):
    """However odd a local part is, its mailbox prints as something that is it again."""
    mailbox = Mailbox(local, "ferrier.example")
    assert Mailbox.parse(str(mailbox)) == mailbox


def test_what_needs_smtputf8():
    """A domain can be sent in its ASCII form, a local part cannot."""
    assert Mailbox.parse("nic@bücher.example").ascii
    assert not Mailbox.parse("ñ@ferrier").ascii


def test_printing():
    """The null reverse-path prints as nothing; odd local parts are quoted."""
    assert printed(None) == ""
    assert printed(Mailbox('a"b', "ferrier")) == r'"a\"b"@ferrier'


def test_folding_never_raises():
    """A domain that has no ASCII form is compared as it stands."""
    assert fold_domain("☃.example.") == fold_domain("☃.EXAMPLE")
    assert fold_domain("EXAMPLE.") == "example"
