"""What proves that an address or a Message-ID is ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.clean import message_id
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.proofs import TOKEN, Named, Proofs, folded, key_ids, looks_ours

TODAY, YESTERDAY, FOREIGN = b"t" * 32, b"y" * 32, b"f" * 32
PROOFS = Proofs((TODAY, YESTERDAY))
TICKET = Mailbox("SUPPORT-7102", "support-ticket.com")


def test_a_token_is_short_and_speakable():
    """Lower-case base 32, of a fixed length, with 64 bits of proof at least."""
    token = PROOFS.token(TICKET, "nic@ferrier")
    assert len(token) == TOKEN == 20
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert token == PROOFS.token(TICKET, "NIC@Ferrier")
    assert token != PROOFS.token(TICKET, "eve@example.net")


def test_a_token_is_good_for_its_ticket_alone():
    """Whoever was given a token cannot write to another ticket, domain or participant with it."""
    token = PROOFS.token(TICKET, "nic@ferrier")
    assert PROOFS.valid(TICKET, token)
    assert PROOFS.valid(Mailbox("support-7102", "Support-Ticket.COM"), token.upper())
    assert not PROOFS.valid(Mailbox("SUPPORT-7103", "support-ticket.com"), token)
    assert not PROOFS.valid(Mailbox("SUPPORT-7102", "example.org"), token)
    assert PROOFS.given_to(TICKET, token, "Nic@FERRIER")
    assert not PROOFS.given_to(TICKET, token, "eve@example.net")


def test_keys_rotate():
    """What an old key signed is good while the key is on the ring, and worth nothing after."""
    old = Proofs((YESTERDAY,))
    token, made = old.token(TICKET, "n@f"), old.message_id(TICKET, "SUPPORT-7102", "7")
    assert PROOFS.valid(TICKET, token)
    assert PROOFS.given_to(TICKET, token, "n@f")
    assert PROOFS.named(made) == Named("SUPPORT-7102", "support-ticket.com")
    gone = Proofs((TODAY,))
    assert not gone.valid(TICKET, token)
    assert gone.named(made) is None
    assert token[:2] == key_ids([YESTERDAY])[0]


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=20, max_size=20) | st.text())
def test_nobody_guesses_a_token(token):
    """Whatever is guessed is no proof, and does no harm."""
    assert not PROOFS.valid(TICKET, token)


@given(st.integers(0, 19), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_each_character_counts(place, sign):
    """A token with one character changed is none, be it the key's, the holder's or the proof's."""
    token = PROOFS.token(TICKET, "nic@ferrier")
    changed = token[:place] + sign + token[place + 1 :]
    assert PROOFS.valid(TICKET, changed) == (changed == token)


def test_a_message_id_is_valid_and_names_its_ticket():
    """It can be written as it stands, is the same for the same event, and is known again."""
    made = PROOFS.message_id(TICKET, "SUPPORT-7102", "embedded/7")
    assert message_id(made) == made
    assert len(made) <= 78 - len("Message-ID: <>")
    assert made == PROOFS.message_id(TICKET, "SUPPORT-7102", "embedded/7")
    assert made != PROOFS.message_id(TICKET, "SUPPORT-7102", "embedded/8")
    assert PROOFS.named(made) == Named("SUPPORT-7102", "support-ticket.com")
    assert PROOFS.named(made.upper()) == Named("SUPPORT-7102", "support-ticket.com")


@pytest.mark.parametrize(
    "forged",
    [
        Proofs((FOREIGN,)).message_id(TICKET, "SUPPORT-7102", "embedded/7"),
        PROOFS.message_id(TICKET, "SUPPORT-7102", "1").replace("7102", "7103"),
        PROOFS.message_id(TICKET, "SUPPORT-7102", "1").replace("support-ticket", "example"),
        "SUPPORT-7102.be53bea4797bfaf9e69dcff9@support-ticket.com",
        "1@ferrier",
        "",
    ],
)
def test_a_forged_message_id_proves_nothing(forged):
    """Another's key, another ticket, another domain, or no proof at all: it names nothing."""
    assert PROOFS.named(forged) is None


def test_what_looks_like_ours():
    """A forged Message-ID of ours can be told from a stranger's."""
    forged = Proofs((FOREIGN,)).message_id(TICKET, "SUPPORT-7102", "7")
    assert looks_ours(forged, {"support-ticket.com"})
    assert not looks_ours(forged, {"example.org"})
    assert not looks_ours("1@ferrier", {"ferrier"})


def test_addresses_are_compared_without_case():
    """A domain's forms are one, and so are capitals."""
    assert folded("Nic@B\u00fccher.example") == "nic@xn--bcher-kva.example"
    assert folded("nobody") == "@nobody"


def test_without_keys_nothing_is_proved():
    """An empty ring knows nothing."""
    assert not Proofs()
    assert not Proofs().valid(TICKET, "a" * 20)
