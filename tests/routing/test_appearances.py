"""What deceives is shown as what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.message import Message
from mailtickets.mail.octets import InMemory
from mailtickets.routing.appearances import MOST, mixed, visible, warnings
from mailtickets.tickets.values import Attachment, Person
from tests.mail.hostile import spent


def said(name="Nic", address="nic@ferrier", subject="Help", *files):
    """The warnings about a letter, as one text."""
    attachments = tuple(Attachment(one, "text/plain", InMemory(b"")) for one in files)
    message = Message(subject=subject, attachments=attachments)
    found = warnings(message, Person(name, address), lambda one: one.endswith("@ours.example"))
    return "\n".join(found)


@pytest.mark.parametrize(
    ("name", "address", "subject"),
    [
        ("Nic", "nic@ferrier", "I can't login!"),
        ("nic@ferrier", "NIC@Ferrier", "Re: Help"),
        ("Nic at work", "nic@ferrier", "a @ b"),
        ("\u05d3\u05d5\u05d3", "david@example.org", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u0645\u062d\u0645\u062f", "m@example.org", "\u0645\u0631\u062d\u0628\u0627"),
        ("\u0418\u0432\u0430\u043d", "ivan@example.org", "\u0417\u0430\u043a\u0430\u0437 iPhone"),
        ("\U0001f469\u200d\U0001f4bb Dev", "dev@example.org", "\U0001f600"),
    ],
)
def test_honest_letters_are_let_be(name, address, subject):
    """People of all scripts write letters that nobody warns of."""
    assert said(name, address, subject) == ""


def test_a_name_that_pretends():
    """An address in a name is held against the real one; one of ours is said to be ours."""
    assert "which is ours" in said("agnes@ours.example", "eve@x.example")
    assert "which is ours" not in said("ceo@other.example", "eve@x.example")
    assert "agnes@ours.example" in said("ag\u200bnes@ours.example", "eve@x.example")
    assert "agnes@ours.example" in said("agnes\uff20ours.example", "eve@x.example")


def test_a_domain_that_looks_like_another():
    """A domain of look-alikes is shown in ASCII; an honest one of another script, too, gently."""
    odd = said(address="eve@\u0440\u0430\u0443\u0440\u0430\u04cf.example")
    assert "imitation" in odd
    assert "xn--" in odd
    fine = said(address="zoe@b\u00fccher.example")
    assert "xn--bcher-kva.example" in fine
    assert "imitation" not in fine
    assert "mixes scripts" in said(address="p\u0430yments@x.example")
    encoded = said(address="eve@xn--pypal-4ve.example")
    assert "xn--pypal-4ve.example reads p\u0430ypal.example" in encoded
    assert said(address="zoe@xn--bcher-kva.example") == ""
    assert "imitation" not in said(address="zoe@24.b\u00fccher.example")
    assert said(address="x@xn--.xn--a.xn--\u200b.example").count("imitation") == 0


def test_files_and_subjects_that_turn_round():
    """A file's name that reads backwards is written out."""
    assert "gnp[U+202E]exe" in said("Nic", "nic@ferrier", "Help", "gnp\u202eexe")
    assert "[U+2066]" in said(subject="a\u2066b")
    assert mixed("p\u0430ypal")
    assert not mixed("\u0417\u0430\u043a\u0430\u0437")


@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=300))
def test_whatever_is_said_nothing_turns(name, address, subject):
    """No warning holds a sign that turns the writing, there are few, and none is endless."""
    found = warnings(Message(subject=subject), Person(name, address), lambda _: False)
    assert len(found) <= MOST
    for one in found:
        assert not set(one) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e")
        assert len(one) < 2000
    assert visible(visible(name)) == visible(name)


@pytest.mark.parametrize("name", ["a" * 100_000, "a" + "\u0316\u0301" * 50_000])
def test_a_name_without_end_takes_no_longer(name):
    """However long a name is, and whatever marks its letters have, the warnings come at once."""
    assert spent(lambda: said(name), 0.3) < 0.3
