"""`[automatic]`: what can be said there, and what is made of it."""

import pytest

from mailtickets.buckets import HOUR, Allotment, Allotments
from mailtickets.mail.identifiers import identifiers
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.keyring import KeyRing
from mailtickets.routing.loops import Refused
from mailtickets.routing.machines import Machines, Means
from mailtickets.routing.proofs import Proofs
from mailtickets.service.automatic import AutomaticSettings, Unserved, own_mail
from tests.service.test_settings import complaint, read


def test_nothing_said(tmp_path):
    """Without the table everything is as the docs say, and queues acknowledge nothing."""
    settings = read(tmp_path, "")
    assert settings.automatic == AutomaticSettings()
    assert settings.automatic.allotments.bound(24 * HOUR) == 54
    assert not settings.queues[0].acknowledge


def test_everything_said(tmp_path):
    """Each key has its place."""
    text = """
    [[queue]]
    name = "support"
    acknowledge = true
    [automatic]
    ticket_burst = 1
    ticket_hourly = 0.5
    address_burst = 2
    address_hourly = 3
    domain_burst = 40
    domain_hourly = 50
    total_burst = 600
    total_hourly = 700
    separators = "+-"
    own_addresses = "domains"
    unserved = "log"
    auto_reply = "discard"
    notification = "comment"
    read_receipt = "open"
    """
    settings = read(tmp_path, text)
    assert settings.queues[0].acknowledge
    assert settings.automatic.allotments == Allotments(
        Allotment(1, 0.5), Allotment(2, 3), Allotment(40, 50), Allotment(600, 700), "+-"
    )
    machines = Machines(
        auto_reply=Means.DISCARD, notification=Means.COMMENT, read_receipt=Means.OPEN
    )
    assert settings.automatic.machines == machines
    assert settings.automatic.own_addresses is Refused.DOMAINS
    assert settings.automatic.unserved is Unserved.LOG


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("adress_burst = 1", "automatic.adress_burst: unknown key"),
        ("address_burst = 0", "a whole number from 1"),
        ("address_burst = 1.5", "a whole number from 1"),
        ("total_hourly = 0", "a number from 0.01"),
        ('separators = "ab"', "some of the characters"),
        ('auto_reply = "answer"', "say open or comment or discard"),
        ('auto_reply = "open"', "say comment or discard"),
        ('bounce = "open"', "say comment or discard"),
        ('own_addresses = "all"', "say addresses or domains or nobody"),
        ("unserved = true", "this is a string"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, line, said):
    """The complaint names the line, the key and the cure."""
    told = complaint(tmp_path, f"[automatic]\n{line}\n")
    assert told.startswith("mailtickets.toml, line 2")
    assert said in told


def test_acknowledge_is_true_or_false(tmp_path):
    """A word for it is not enough."""
    told = complaint(tmp_path, '[[queue]]\nname = "a"\nacknowledge = "yes"\n')
    assert "true or false" in told


def test_letters_of_ours_are_known_by_mark_and_by_message_id():
    """What one gateway with these keys sent, another with the same keys knows again."""
    keys = KeyRing.parse("k" * 40)
    queue = Queue("support", "support-ticket.com")
    book = AddressBook([queue], proofs=Proofs(keys.secrets("proof")))
    one, two = (own_mail(AutomaticSettings(), book, keys) for _ in range(2))
    assert two.came_back(identifiers(one.mark("01abc") + b"\r\n"))
    message_id = book.message_id("embedded", "7", queue, "SUPPORT-7")
    assert two.came_back(identifiers(f"Message-ID: <{message_id}>\r\n\r\n".encode()))
    assert not two.came_back(identifiers(b"Message-ID: <1@support-ticket.com>\r\n\r\n"))
