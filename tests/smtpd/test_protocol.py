"""The protocol on a connection, with our delivery behind it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtp.events import LetterEnds
from mailtickets.smtpd import Delivery, Limits
from mailtickets.smtpd.underway import MEETS
from tests.smtpd.doors import DOT, LETTER, MAIL, RCPT, START, STRANGER, House


@pytest.fixture
def house() -> House:
    """A front door."""
    return House()


def test_a_letter(house):
    """A letter arrives whole, with its envelope, and its answer carries the id of the log."""
    visitor = house.come()
    said = visitor.say(MAIL[:-2] + b" SIZE=20 BODY=8BITMIME RET=HDRS ENVID=e\r\n" + RCPT)
    assert said == ["250 2.1.0 Sender OK", "250 2.1.5 Recipient OK"]
    said = visitor.say(b"DATA\r\n" + LETTER + b"..\r\n" + DOT)
    (kept,) = house.reception.letters
    assert kept.octets == LETTER + b".\r\n"
    envelope = kept.envelope
    assert said[1] == f"250 2.0.0 Accepted, id {envelope.id}"
    assert envelope.sender == Mailbox("nic", "ferrier")
    assert envelope.recipients == (Mailbox("new", "support"),)
    assert envelope.arrived == 1_000_000
    assert (envelope.declared, envelope.body, envelope.ret, envelope.envid) == (
        20, "8BITMIME", "HDRS", "e",
    )  # fmt: skip
    peer = envelope.peer
    assert (peer.address, peer.port, peer.helo, peer.protocol) == (STRANGER, 4321, "vm", "ESMTP")
    (line,) = house.logged("letter")
    assert line["id"] == envelope.id
    assert line["outcome"] == "accepted"
    assert line["size"] == len(kept.octets)


def test_one_letter_for_all_recipients(house):
    """Two recipients are one letter; one who was named twice gets it once."""
    house.reception.known = ("new", "help")
    visitor = house.come()
    visitor.say(MAIL + RCPT + b"RCPT TO:<help@support> NOTIFY=NEVER\r\n" + RCPT)
    visitor.say(b"DATA\r\n" + LETTER + DOT)
    (kept,) = house.reception.letters
    assert [str(mailbox) for mailbox in kept.envelope.recipients] == ["new@support", "help@support"]
    assert kept.envelope.wishes[Mailbox("help", "support")].notify == {"NEVER"}


def test_pipelining_behind_a_slow_delivery(house):
    """However slow an answer is, those of later commands come after it (RFC 2920)."""
    slow, store = Deferred(), Deferred()
    house.reception.slow_recipients = [slow]
    house.reception.slow = [store]
    visitor = house.come()
    assert visitor.codes(START + LETTER + DOT + b"NOOP\r\nQUIT\r\n") == "250"
    slow.callback(None)
    assert visitor.codes() == "250 354"
    assert not visitor.gone
    store.callback(None)
    assert visitor.codes() == "250 250 221"
    assert visitor.gone
    assert len(house.reception.letters) == 1


@pytest.mark.parametrize(
    ("raised", "answer"),
    [
        (Permanent("7.1", "No"), "550 5.7.1 No"),
        (Temporary("3.1", "Full"), "452 4.3.1 Full"),
        (KeyError("secret"),
         "451 4.3.0 Something unforeseen went wrong here; please try again later"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["recipient", "begin", "write", "finish"])
def test_failures(house, where, raised, answer):
    """Wherever it fails, the peer is told what it is told, and the connection goes on."""
    setattr(house.reception, f"{where}_raises", raised)
    visitor = house.come()
    said = visitor.say(START + LETTER + DOT + b"NOOP\r\n")
    assert answer in said
    assert said[-1] == "250 2.0.0 OK" or where in {"recipient", "begin"}
    assert house.reception.letters == []
    assert all(kept.discarded for kept in house.reception.begun)
    logged = [event for event in house.events if "log_failure" in event]
    assert len(logged) == isinstance(raised, KeyError)
    assert not any("secret" in line for line in said)


@pytest.mark.parametrize("form", ["value", "coroutine", "Deferred"])
def test_a_failure_that_is_returned_is_a_refusal(house, form):
    """A stranger's delivery may return a Failure, as is usual in Twisted, at once or later."""
    no = Failure(Permanent("1.1", "Not here"))

    async def coroutine():
        return no

    class Strict(Delivery):
        def validateTo(self, user):
            forms = {"value": lambda: no, "coroutine": coroutine, "Deferred": lambda: fail(no)}
            return forms[form]()

    visitor = house.open(Strict(house.reception)).come()
    assert visitor.say(MAIL + RCPT)[-1] == "550 5.1.1 Not here"
    assert visitor.codes(b"NOOP\r\n") == "250"


def test_what_only_looks_like_a_wait_is_answered(house):
    """A stranger's object with a method `send` is nothing to wait for: 451, and on it goes."""

    class Odd(Delivery):
        def validateTo(self, user):
            return SimpleNamespace(send=None)

    visitor = house.open(Odd(house.reception)).come()
    assert visitor.codes(MAIL + RCPT + b"NOOP\r\n") == "250 451 250"


def test_back_pressure(house):
    """While the store has no room the peer is not read, and no octet is lost."""
    room = Deferred()
    house.reception.room = [room]
    visitor = house.come()
    visitor.say(START)
    visitor.say(b"a" * 100)
    assert visitor.transport.producerState == "paused"
    assert visitor.codes(b"\r\n" + DOT + b"NOOP\r\n") == ""
    room.callback(None)
    assert visitor.transport.producerState == "producing"
    assert visitor.codes() == "250 250"
    assert house.reception.letters[0].octets == b"a" * 100 + b"\r\n"


def test_room_that_never_comes(house):
    """A store that fails while the peer is paused fails the letter, not the connection."""
    room = Deferred()
    house.reception.room = [room]
    visitor = house.come()
    assert visitor.codes(START + LETTER + DOT + b"NOOP\r\n") == "250 250 354"
    room.errback(Temporary("3.1", "Full"))
    assert visitor.codes() == "452 250"
    assert house.reception.begun[0].discarded


def test_commands_wait_in_bounded_memory(house):
    """Who sends on while an answer is due is not read on and on."""
    slow = Deferred()
    house.reception.slow_recipients = [slow]
    visitor = house.come()
    visitor.say(MAIL + RCPT + b"NOOP\r\n" * 20_000)
    assert visitor.transport.producerState == "paused"
    slow.callback(None)
    assert visitor.transport.producerState == "producing"
    assert len(visitor.heard()) == 20_001


def test_a_peer_that_does_not_read(house):
    """While our answers are not read, no further commands are carried out."""
    visitor = house.come()
    visitor.protocol.pauseProducing()
    assert visitor.codes(b"NOOP\r\n" * 10) == ""
    visitor.protocol.resumeProducing()
    assert visitor.codes() == " ".join(["250"] * 10)


def test_half_closed(house):
    """A client that says its last word and listens on gets its 250."""
    store = Deferred()
    house.reception.slow = [store]
    visitor = house.come()
    visitor.say(START + LETTER + DOT)
    visitor.protocol.readConnectionLost()
    assert not visitor.gone
    store.callback(None)
    assert visitor.codes() == "250"
    assert visitor.gone


def test_gone_in_the_middle(house):
    """No dot, no letter."""
    visitor = house.come()
    visitor.say(START + LETTER)
    visitor.protocol.connectionLost(Failure(ConnectionDone()))
    assert house.reception.begun[0].discarded
    assert house.reception.letters == []
    assert len(house.factory.door.table) == 0
    assert house.logged("smtp connection")[0]["why"] == "lost"


def test_gone_after_the_dot(house):
    """A letter that was handed over is not taken back when its sender is gone."""
    store = Deferred()
    house.reception.slow = [store]
    visitor = house.come()
    visitor.say(START + LETTER + DOT)
    visitor.protocol.connectionLost(Failure(ConnectionDone()))
    store.callback(None)
    assert len(house.reception.letters) == 1
    assert not house.reception.begun[0].discarded


def test_a_refused_letter_is_discarded_once(house):
    """What the edge refuses is never kept, and stands in the log."""
    visitor = house.come()
    assert visitor.codes(START + b"bare\nlf\r\n" + DOT).endswith("550")
    assert house.reception.begun[0].discarded
    assert house.reception.letters == []
    assert house.logged("letter")[0]["outcome"] == "refused"


def test_rset_in_the_middle_of_chunks(house):
    """RSET and EHLO forget a letter that came in chunks."""
    for word in (b"RSET\r\n", b"EHLO vm\r\n"):
        visitor = house.come()
        visitor.say(MAIL + RCPT + b"BDAT 4\r\nHi\r\n" + word)
        assert house.reception.begun[-1].discarded
    assert house.reception.letters == []


def test_lmtp(house):
    """One answer for each recipient; what differs for one is told for that one."""
    house.open(lmtp=True)
    house.reception.known = ("new", "help")
    house.reception.fates = {Mailbox("help", "support"): Temporary("2.2", "Full")}
    visitor = house.come(hello=b"LHLO vm\r\n")
    said = visitor.codes(MAIL + RCPT + b"RCPT TO:<help@support>\r\nDATA\r\n" + LETTER + DOT)
    assert said == "250 250 250 354 250 452"
    assert house.reception.letters[0].envelope.peer.protocol == "LMTP"


def test_fates_without_lmtp(house):
    """SMTP has one answer: yes, unless it is no for everybody."""
    house.reception.known = ("new", "help")
    house.reception.fates = {Mailbox("help", "support"): Temporary("2.2", "Full")}
    visitor = house.come()
    both = MAIL + RCPT + b"RCPT TO:<help@support>\r\nDATA\r\n" + LETTER + DOT
    assert visitor.codes(both).endswith("250")
    house.reception.fates[Mailbox("new", "support")] = Permanent("1.1", "No")
    assert visitor.codes(both).endswith("452")


def test_unix_socket_peer(house):
    """What is no address is nobody's cap."""
    assert house.factory.door.limits.is_local("/run/lmtp.sock")


def test_guesses_are_answered_slowly(house):
    """After five unknown recipients each further one waits a second, and the twentieth ends it."""
    visitor = house.come()
    visitor.say(MAIL)
    ask = b"RCPT TO:<nobody%d@support>\r\n"
    assert visitor.codes(b"".join(ask % i for i in range(5))) == " ".join(["550"] * 5)
    assert visitor.codes(ask % 5 + b"NOOP\r\n") == ""
    house.wait(1)
    assert visitor.codes() == "550 250"
    visitor.say(b"".join(ask % i for i in range(6, 30)))
    house.wait(20)
    assert visitor.codes() == " ".join(["550"] * 13 + ["421"])
    assert visitor.gone


def test_temporary_trouble_is_no_guess(house):
    """A desk that cannot say who is known costs the peer nothing."""
    house.reception.recipient_raises = Temporary("4.3", "Nobody can say")
    visitor = house.come()
    visitor.say(MAIL)
    assert visitor.codes(RCPT * 30) == " ".join(["451"] * 30)


def test_limits_per_address(house):
    """An address has its connections, a network of IPv6 too; others are not in their way."""
    house.open(limits=Limits(connections_per_address=2))
    first, second = house.come(), house.come()
    third = house.come(hello=b"")
    assert third.heard() == ["421 4.7.0 Too many connections; try again later"]
    assert third.gone
    assert not house.come("192.0.2.2").gone
    first.protocol.connectionLost(Failure(ConnectionDone()))
    assert not house.come().gone
    assert not second.gone
    for last in range(4):
        visitor = house.come(f"2001:db8::{last}")
        assert visitor.gone == (last >= 2)


def test_local_peers_have_no_cap(house):
    """127.0.0.1 and ::1 may come as often as the table has room."""
    house.open(limits=Limits(connections_per_address=1, connections=6))
    assert not any(house.come("127.0.0.1").gone for _ in range(3))
    assert not any(house.come("::1").gone for _ in range(3))
    assert house.come("127.0.0.1", hello=b"").codes() == "421"


def test_greeting_delay(house):
    """Who talks before a delayed greeting is refused; who waits is greeted; local peers at once."""
    house.open(limits=Limits(greeting_delay=3))
    early = house.come(hello=b"")
    assert early.codes(b"EHLO spam\r\n") == "554"
    assert early.gone
    patient = house.come(hello=b"")
    assert patient.codes() == ""
    house.wait(3)
    assert patient.codes() == "220"
    assert house.come("127.0.0.1", hello=b"").codes() == "220"


def test_a_bug_of_ours_costs_one_letter(house, monkeypatch):
    """What nobody foresaw is temporary: 451, the traceback logged, the connection goes on."""
    visitor = house.come()
    monkeypatch.setitem(MEETS, LetterEnds, lambda *_: 1 / 0)
    assert visitor.codes(START + LETTER + DOT + b"NOOP\r\n") == "250 250 354 451 250"
    assert [event for event in house.events if "log_failure" in event]


@pytest.mark.parametrize(
    ("octets", "outcome"),
    [
        (START + LETTER + DOT, "accepted"),
        (START + b"bare\n" + LETTER + DOT, "refused"),
        (START + LETTER, "cut off"),
        (START + b"bare\n" + LETTER, "cut off"),
        (MAIL + RCPT + b"BDAT 4\r\nHi\r\nRSET\r\n", "cut off"),
        (MAIL + RCPT + b"BDAT 4\r\nHi\r\nEHLO vm\r\n" + START + LETTER + DOT, "cut off accepted"),
        (START + LETTER + DOT + START + LETTER, "accepted cut off"),
        (MAIL + RCPT, ""),
    ],
)
def test_every_letter_has_its_line(house, octets, outcome):
    """Accepted, refused or cut off: whatever began stands in the log, once."""
    visitor = house.come()
    visitor.say(octets)
    visitor.protocol.connectionLost(Failure(ConnectionDone()))
    letters = house.logged("letter ")
    assert " ".join(event["outcome"] for event in letters) == outcome
    assert len({event["id"] for event in letters}) == len(letters)
    assert all(event["size"] for event in letters if "bare" not in str(octets))
    assert len(house.logged("smtp connection")) == 1


def test_a_letter_nobody_waited_for_has_its_line(house):
    """Its peer left between the dot and the answer, or we took too long to give one."""
    house.reception.slow = [Deferred(), Deferred()]
    gone, late = house.come(), house.come("192.0.2.2")
    gone.say(START + LETTER + DOT)
    gone.protocol.connectionLost(Failure(ConnectionDone()))
    late.say(START + LETTER + DOT)
    house.wait(242)
    assert late.codes() == "451"
    late.say(START + LETTER + DOT)
    outcomes = [event["outcome"] for event in house.logged("letter ")]
    assert outcomes == ["cut off", "cut off", "accepted"]


def test_an_address_turns_nothing_round_in_the_log(house):
    """What reverses the direction of writing is shown as a question mark."""
    visitor = house.come()
    sender = "MAIL FROM:<a\u202eb@c.example> SMTPUTF8\r\n".encode()
    visitor.say(sender + START[len(MAIL) :] + LETTER + DOT)
    (line,) = house.logged("letter")
    assert line["sender"] == "a?b@c.example"
    assert house.reception.letters[0].envelope.sender.local == "a\u202eb"
