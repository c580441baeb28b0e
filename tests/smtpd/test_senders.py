"""A sender has so many letters at once, and so many an hour."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from mailtickets.errors import Temporary
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtpd import Limits, senders
from mailtickets.smtpd.senders import Senders
from tests.smtpd.doors import DOT, LETTER, MAIL, RCPT, START, STRANGER, House

NIC = Mailbox("nic", "ferrier")
TWO = Limits(letters_per_sender=2, local=())


@pytest.fixture
def house() -> House:
    """A door that takes two letters of each sender."""
    return House().open(limits=TWO)


def test_a_flood_from_one_sender(house):
    """The third letter is postponed, over any number of connections, and comes in its time."""
    for _ in range(2):
        assert house.come().codes(START + LETTER + DOT) == "250 250 354 250"
    flood = house.come()
    assert flood.say(b"MAIL FROM:<NIC@Ferrier>\r\n" + RCPT) == [
        "451 4.7.1 Too many letters from this sender; try again later",
        "503 5.5.1 MAIL first",
    ]
    assert len(house.logged("no more letters from <nic@ferrier> at 192.0.2.1")) == 1
    house.wait(1800, step=1800)
    assert house.come().codes(START + LETTER + DOT) == "250 250 354 250"
    assert house.come().codes(b"MAIL FROM:<nic@ferrier>\r\n") == "451"


def test_others_are_not_in_its_way(house):
    """Another sender, no sender, and the same name from elsewhere, have letters of their own."""
    house.come().say((START + LETTER + DOT) * 3)
    again = house.come()
    assert again.codes(b"MAIL FROM:<ann@ferrier>\r\nRSET\r\nMAIL FROM:<>\r\n") == "250 250 250"
    assert house.come("192.0.2.2").codes(START + LETTER + DOT) == "250 250 354 250"
    assert len(house.reception.letters) == 3


def test_what_is_refused_does_not_count(house):
    """Only letters that were accepted are counted, heard or not; local peers never are."""
    refused = START + b"bare\n" + LETTER + DOT
    assert house.come().codes(refused * 5).count("550") == 5
    house.reception.finish_raises = Temporary("3.0", "Later")
    assert house.come().codes((START + LETTER + DOT) * 5).count("451") == 5
    house.reception.finish_raises = None
    house.reception.slow = [Deferred()]
    gone = house.come()
    gone.say(START + LETTER + DOT)
    gone.protocol.connectionLost(Failure(ConnectionDone()))
    assert house.come().codes(START + LETTER + DOT) == "250 250 354 250"
    assert house.come().codes(MAIL) == "451"
    house.open(limits=Limits(letters_per_sender=2))
    said = house.come("127.0.0.1").codes((START + LETTER + DOT) * 5)
    assert said == " ".join(["250 250 354 250"] * 5)


def test_the_memory_is_bounded(monkeypatch):
    """However many names are made up, so many are remembered, the latest."""
    monkeypatch.setattr(senders, "MOST", 5)
    found = Senders(TWO)
    for number in range(20):
        found.wrote(Mailbox(f"n{number}", "ferrier"), STRANGER, 0.0)
    assert len(found) == 5
    assert found.wrote(Mailbox("n19", "ferrier"), STRANGER, 0.0)
    assert not found.wrote(Mailbox("n0", "ferrier"), STRANGER, 0.0)
