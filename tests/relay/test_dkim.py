"""Signatures of ours, verified by those who know it better."""

import subprocess

import dkim
import pytest
import pytest_twisted
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtickets.errors import SettingsError
from mailtickets.mail.canonical import Body
from mailtickets.mail.compose import Style, answer, follower_fields
from mailtickets.mail.envelope import Envelope, Letter, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.mail.templates import Templates
from mailtickets.relay.dkim import Signatures, keys_of
from mailtickets.relay.dkimkeys import explained, make_keys
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Conversation, Person
from tests.needs import need

TICKET = Mailbox("SUPPORT-1", "support-ticket.com")
LETTER = (
    b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nFrom: Support <SUPPORT-1@support-ticket.com>\r\n"
    b"To: nic@ferrier\r\nSubject: RE:  I can't\r\n login!\r\nMessage-ID: <a@support-ticket.com>\r\n"
    b"X-Other:\r\n  unsigned\r\n\r\nI have  reset it. \r\n\r\n \r\nBye\r\n\r\n\r\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A pair of keys."""
    return make_keys("Support-Ticket.com", tmp_path_factory.mktemp("keys"), 1_790_000_000.0)


async def signed(made, octets=LETTER, **peer):
    """The letter with its signatures before it."""
    envelope = Envelope(TICKET, (TICKET,), 0.0, "t", peer=Peer(**peer))
    letter = Letter(envelope, InMemory(octets))
    return await Signatures([one.key for one in made]).of(letter, 1_790_000_100.0) + octets


def verified(octets, made, index=0):
    """Whether dkimpy takes the signature of this index, asking a DNS that is a table."""
    table = {f"{one.name}.".encode(): one.text.encode() for one in made}
    try:
        return dkim.DKIM(octets).verify(idx=index, dnsfunc=lambda name, timeout=5: table.get(name))
    except dkim.ValidationError:
        return False


@pytest_twisted.ensureDeferred
async def test_both_keys_sign(made):
    """Each letter carries an RSA and an Ed25519 signature, and dkimpy takes both."""
    octets = await signed(made)
    assert octets.count(b"DKIM-Signature:") == 2
    assert verified(octets, made, 0)
    assert verified(octets, made, 1)
    assert max(map(len, octets.split(b"\r\n"))) <= 100


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"reset it", b"lost it"),
        (b"RE:  I", b"RE: You"),
        (b"\r\nTo: nic@ferrier", b"\r\nTo: all@ferrier"),
        (b"X-Other", b"Subject: Another\r\nX-Other"),
        (b"X-Other", b"From: evil@example.com\r\nX-Other"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_changed_letter_fails(made, old, new):
    """What is changed or added on the way breaks both."""
    octets = (await signed(made)).replace(old, new)
    assert not verified(octets, made, 0)
    assert not verified(octets, made, 1)


@pytest_twisted.ensureDeferred
async def test_blanks_may_change(made):
    """What mail programs do to blanks on the way breaks nothing."""
    octets = (await signed(made)).replace(b"RE:  I can't\r\n login", b"RE: I can't login")
    assert verified(octets.replace(b"have  reset it. ", b"have reset it."), made)
    assert verified(octets.replace(b"unsigned", b"changed"), made)


@pytest_twisted.ensureDeferred
async def test_only_our_own_letters(made):
    """A letter that somebody handed in is not signed, whoever it claims to be from."""
    assert await signed(made, address="192.0.2.1") == LETTER
    other = LETTER.replace(b"SUPPORT-1@support-ticket.com", b"x@elsewhere.org")
    assert await signed(made, other) == other
    assert await signed(made, b"no head at all") == b"no head at all"


def follower_letter():
    """An answer to one who follows a ticket, as it is composed."""
    made = answer(
        Event("7", "7", Kind.COMMENT_ADDED, "S-1", Person("Ana", ""), "c1", "Grüße, I reset it"),
        Conversation("d", "S-1", "q", "nic@ferrier", "Nic", "Grüße aus Köln", ("1@x",)),
        sender=Mailbox("SUPPORT-1", "support-ticket.com"),
        recipient=Mailbox("bob", "example.net"),
        name="Bob",
        message_id="SUPPORT-1.abc@support-ticket.com",
        date=1_700_000_000.0,
        style=Style(Templates(), name="Support"),
        more=follower_fields("SUPPORT-1", "support-ticket.com", f"https://x.org/{'u' * 90}"),
    )
    return made.octets


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b""),
        (b"https://x.org/u", b"https://evil.org/u"),
        (b"List-Unsubscribe-Post: L", b"List-Unsubscribe-Post: l"),
        (b"\r\nList-Id", b"\r\nList-Unsubscribe: <https://evil.org>\r\nList-Id"),
        (b"\r\nList-Id", b"\r\nReply-To: evil@example.com\r\nList-Id"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_one_click_is_signed(made, old, new):
    """What RFC 8058 wants signed is, in a letter as we compose it; nobody adds a second one."""
    octets = (await signed(made, follower_letter())).replace(old, new)
    for index in (0, 1):
        assert verified(octets, made, index) is (old == new)


@pytest.mark.parametrize(("change", "good"), [(b"", True), (b"x\r\n", False)])
@pytest_twisted.ensureDeferred
async def test_opendkim_agrees(made, tmp_path, change, good):
    """Debian's opendkim takes the RSA signature, and notices a change."""
    program = need("opendkim")
    records = tmp_path / "records"
    records.write_text("".join(f"{one.name} {one.text}\n" for one in made[:1]))
    config = tmp_path / "opendkim.conf"
    config.write_text(f"Mode v\nTestDNSData {records}\nPidFile {tmp_path}/pid\n")
    letter = tmp_path / "letter"
    letter.write_bytes((await signed(made[:1])) + change)
    command = [program, "-x", str(config), "-t", str(letter), "-vv"]
    result = subprocess.run(command, capture_output=True, check=False, timeout=20, text=True)
    said = result.stdout + result.stderr
    assert f"dkim={'pass' if good else 'fail'}" in said, said


PIECES = st.text(st.sampled_from("a \t\r\n"), max_size=40)


@settings(max_examples=200)
@given(PIECES, st.integers(0, 40))
def test_the_body_hash(text, cut):
    """The hash of any body, wherever it is cut, is the one dkimpy computes."""
    body = text.replace("\r", "").replace("\n", "\r\n").encode()
    body += b"" if body.endswith(b"\r\n") or not body else b"\r\n"  # as it goes over the wire
    hashed = Body()
    hashed.feed(body[:cut])
    hashed.feed(body[cut:])
    canonical = dkim.canonicalization.Relaxed.canonicalize_body(body)
    assert hashed.finish()[None] == dkim.hashlib.sha256(canonical).digest()


def test_keys_and_records(made, tmp_path):
    """The files are ours alone, the records fit the DNS, the settings find the keys again."""
    for one in made:
        assert one.file.stat().st_mode & 0o777 == 0o600
        assert all(len(piece) <= 255 for piece in one.record.split('"')[1::2])
    text = explained(made)
    assert "mt202609rsa._domainkey.support-ticket.com. IN TXT" in text
    again = keys_of(
        [
            {"domain": one.key.domain, "selector": one.key.selector, "key": str(one.file)}
            for one in made
        ]
    )
    assert [one.algorithm for one in again] == ["rsa-sha256", "ed25519-sha256"]
    with pytest.raises(SettingsError):
        make_keys("support-ticket.com", made[0].file.parent, 1_790_000_000.0)


@pytest.mark.parametrize(
    "change",
    [{"key": "/nowhere"}, {"selector": "a b"}, {"selector": ""}, {"extra": 1}, {"key": __file__}],
)
def test_bad_settings(made, change):
    """A key that cannot be used is refused at start."""
    one = {"domain": "x", "selector": "s", "key": str(made[0].file)}
    with pytest.raises(SettingsError):
        keys_of([one | change])
