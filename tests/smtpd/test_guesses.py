"""Guessing passwords, and the file of those that are right."""

from __future__ import annotations

import base64

import pytest
from attrs import define
from pytest_twisted import ensureDeferred
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import Logger

from mailtickets.errors import SettingsError, Temporary
from mailtickets.smtpd import Delivery, Limits, passwords
from mailtickets.smtpd.guesses import LONGEST_DELAY, MOST, Guesses
from mailtickets.smtpd.passwords import Passwords, Realm, hashed
from tests.smtpd.doors import STRANGER, House

NOWHERE = Logger(observer=lambda _: None)


@define
class Said:
    """A name and a password, as PLAIN and LOGIN hand them on."""

    username: bytes
    password: bytes


def test_an_address_has_so_many_tries():
    """Over connections: an IPv6 network has one count, others and local peers are not hurt."""
    guesses = Guesses(Limits(auth_failures_per_address=3))
    for n in range(3):
        assert guesses.begins(f"2001:db8::{n}", 0)
    assert not guesses.begins("2001:db8::99", 1)
    assert guesses.begins("2001:db8:0:1::1", 1)
    assert all(guesses.begins("127.0.0.1", 1) for _ in range(10))


def test_it_is_forgotten_after_an_hour():
    """Since the last try that was looked at."""
    guesses = Guesses(Limits(auth_failures_per_address=1))
    assert guesses.begins(STRANGER, 0)
    assert not guesses.begins(STRANGER, 3600)
    assert guesses.begins(STRANGER, 3601)


def test_what_was_right_does_not_count():
    """But it does not wipe out what was wrong: one good account is no way to guess others."""
    guesses = Guesses(Limits(auth_failures_per_address=2))
    assert guesses.begins(STRANGER, 0)
    for _ in range(10):
        assert guesses.begins(STRANGER, 0)
        guesses.right(STRANGER, 0)
    assert guesses.begins(STRANGER, 0)
    assert not guesses.begins(STRANGER, 0)


def test_each_wrong_one_waits_longer():
    """From a second to eight."""
    guesses = Guesses(Limits())
    delays = []
    for _ in range(5):
        guesses.begins(STRANGER, 0)
        delays.append(guesses.delay(STRANGER, 0))
    assert delays == [1, 2, 4, LONGEST_DELAY, LONGEST_DELAY]


def test_the_memory_is_bounded():
    """However many addresses there are, the oldest are forgotten."""
    guesses = Guesses(Limits())
    for n in range(MOST + 10):
        guesses.begins(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", n)
    assert len(guesses) == MOST


def plain(name: str, password: str) -> bytes:
    """AUTH PLAIN with an initial response."""
    return b"AUTH PLAIN " + base64.b64encode(f"\0{name}\0{password}".encode()) + b"\r\n"


def users(tmp_path, **those):
    """A file of users, whose passwords are checked at once."""
    file = tmp_path / "users"
    file.write_text("# ours\n\n" + "".join(f"{k}:{hashed(v)}\n" for k, v in those.items()))
    return Passwords(file, lambda work: succeed(work()), NOWHERE)


def test_over_connections(tmp_path):
    """A peer that comes back for each guess is told 454 in the end, and waits for each answer."""
    house = House()
    portal = Portal(Realm(Delivery(house.reception)), [users(tmp_path, nic="secret")])
    limits = Limits(auth_failures_per_address=2)
    house.open(portal=portal, auth_in_clear=True, limits=limits)

    def tries(password, seconds):
        visitor = house.come()
        assert visitor.codes(plain("nic", password)) in {"", "235"}
        house.wait(seconds)
        return visitor.codes()

    assert tries("wrong", 0.5) == ""
    house.wait(10)
    assert tries("wrong", 2) == "535"
    assert tries("secret", 1) == "454"
    house.wait(3601)
    visitor = house.come()
    assert visitor.codes(plain("nic", "secret")) == "235"
    assert "secret" not in str(house.events)


@ensureDeferred
async def test_who_is_known(tmp_path):
    """The right password of a known name, and nothing else."""
    known = users(tmp_path, nic="secret", **{"ann@example.org": "pässword"})
    assert await known.requestAvatarId(Said(b"nic", b"secret")) == "nic"
    assert await known.requestAvatarId(Said(b"ann@example.org", "pässword".encode()))
    for name, password in [(b"nic", b"Secret"), (b"Nic", b"secret"), (b"bob", b"secret")]:
        with pytest.raises(UnauthorizedLogin):
            await known.requestAvatarId(Said(name, password))


@ensureDeferred
async def test_an_unknown_name_costs_as_much(tmp_path, monkeypatch):
    """Nobody learns from the time an answer takes which names there are."""
    known = users(tmp_path, nic="secret")
    looked: list[str] = []
    monkeypatch.setattr(passwords, "is_right", lambda _, phc: looked.append(phc.split("$")[3]))
    for name in (b"nic", b"bob"):
        with pytest.raises(UnauthorizedLogin):
            await known.requestAvatarId(Said(name, b"x"))
    assert looked[0] == looked[1]  # the same memory and rounds


@ensureDeferred
async def test_the_file_is_read_again(tmp_path):
    """Without a restart; a file that is wrong changes nothing."""
    known = users(tmp_path, nic="secret")
    (tmp_path / "users").write_text(f"bob:{hashed('hammer')}\n")
    assert await known.requestAvatarId(Said(b"bob", b"hammer")) == "bob"
    (tmp_path / "users").write_text("bob hammer\n")
    assert await known.requestAvatarId(Said(b"bob", b"hammer")) == "bob"
    with pytest.raises(UnauthorizedLogin):
        await known.requestAvatarId(Said(b"nic", b"secret"))


@ensureDeferred
async def test_so_many_wait(tmp_path):
    """A flood of passwords is told to come later, and is not our memory's matter."""
    file = tmp_path / "users"
    file.write_text("")
    waiting: list[Deferred[bool]] = []

    def never(_work):
        waiting.append(Deferred())
        return waiting[-1]

    known = Passwords(file, never, NOWHERE)
    asked = [known.requestAvatarId(Said(b"nic", b"x")) for _ in range(passwords.WAITING)]
    with pytest.raises(Temporary):
        await known.requestAvatarId(Said(b"nic", b"x"))
    for one in waiting:
        one.callback(False)
    for one in asked:
        with pytest.raises(UnauthorizedLogin):
            await one


def test_a_check_that_fails_is_our_trouble(tmp_path):
    """A bug in checking is 454 and no wrong password, and costs the peer none of its tries."""
    house = House()
    file = tmp_path / "users"
    file.write_text("")
    broken = Passwords(file, lambda _: fail(OSError("no thread")), NOWHERE)
    house.open(
        portal=Portal(Realm(Delivery(house.reception)), [broken]),
        auth_in_clear=True,
        limits=Limits(auth_failures_per_address=1),
    )
    visitor = house.come()
    for _ in range(3):
        visitor.say(plain("nic", "x"))
        house.wait(1)
        assert visitor.codes() == "454"


@pytest.mark.parametrize("line", ["nic", "nic:secret", ":$argon2id$x", "nic:$2y$10$x"])
def test_a_file_that_is_none(tmp_path, line):
    """The line is named; what stands on it is not told."""
    file = tmp_path / "users"
    file.write_text(f"# ours\n{line}\n")
    with pytest.raises(SettingsError, match="line 2") as why:
        passwords.read(file)
    assert "secret" not in str(why.value)
