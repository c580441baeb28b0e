"""It fits both ways: a stranger's twisted.mail delivery behind us, and ours behind twisted.mail."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.cred.checkers import ANONYMOUS, AllowAnonymousAccess
from twisted.cred.portal import IRealm, Portal
from twisted.internet import defer
from twisted.internet.address import IPv4Address
from twisted.internet.defer import ensureDeferred
from twisted.internet.testing import StringTransport
from twisted.mail import smtp
from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtpd import ESMTP, Delivery, Limits
from mailtickets.smtpd.letters import LineByLine
from tests.smtpd.doors import DOT, LETTER, MAIL, RCPT, START, House, Visitor
from tests.smtpd.fakes import MemoryReception


@implementer(smtp.IMessage)
class Message:
    """A stranger's IMessage, as in twisted.mail's own tutorial."""

    def __init__(self, delivery):
        self.delivery = delivery
        self.lines = []
        self.lost = False

    def lineReceived(self, line):
        """Keep a line."""
        if line == b"Hi" and self.delivery.line_raises:
            raise self.delivery.line_raises
        self.lines.append(line)

    def eomReceived(self):
        """Fire when it is kept."""
        self.delivery.messages.append(self)
        outcome = self.delivery.outcomes.pop(0) if self.delivery.outcomes else None
        return defer.fail(outcome) if outcome else defer.succeed(None)

    def connectionLost(self):
        """No letter."""
        self.lost = True


@implementer(smtp.IMessageDelivery)
class StrangersDelivery:
    """A stranger's IMessageDelivery. It knows nothing of us."""

    header = b"Received: by a stranger"

    def __init__(self):
        self.messages = []
        self.made = []
        self.outcomes = []
        self.line_raises = None
        self.seen = []

    def receivedHeader(self, helo, origin, recipients):
        """A trace header."""
        self.seen.append((helo, str(origin), [str(user) for user in recipients]))
        return self.header

    def validateFrom(self, helo, origin):
        """Everybody but spammers."""
        if origin.local == b"spam":
            raise smtp.SMTPBadSender(origin)
        return defer.succeed(origin)

    def validateTo(self, user):
        """Everybody whose name begins with n."""
        if not user.dest.local.startswith(b"n"):
            raise smtp.SMTPBadRcpt(user)
        assert user.protocol.transport.getPeer().host

        def make():
            self.made.append(Message(self))
            return self.made[-1]

        return make


@pytest.fixture
def stranger() -> StrangersDelivery:
    """A stranger's delivery."""
    return StrangersDelivery()


@pytest.fixture
def visitor(stranger) -> Visitor:
    """A visitor at our door, with the stranger behind it."""
    return House().open(stranger).come()


def test_a_strangers_delivery(stranger, visitor):
    """It is given lines, dots undone, its own trace header first, and an IMessage a recipient."""
    two = MAIL + RCPT + b"RCPT TO:<nic@support>\r\nRCPT TO:<x@support>\r\nDATA\r\n"
    assert visitor.codes(two + LETTER + b"..\r\n" + DOT) == "250 250 250 550 354 250"
    assert len(stranger.messages) == 2
    for message in stranger.messages:
        assert message.lines == [stranger.header, b"Subject: x", b"", b"Hi", b"."]
    assert stranger.seen[0] == ((b"vm", b"192.0.2.1"), "nic@ferrier", ["new@support"])


def test_a_body_without_a_head(stranger, visitor):
    """As by twisted.mail, an empty line keeps the trace header and a bare body apart."""
    visitor.say(START + b"Hello\r\n" + DOT)
    assert stranger.messages[0].lines == [stranger.header, b"", b"Hello"]


def test_a_strangers_answers(stranger, visitor):
    """Its code is told; a bug of its is 451 and never 550."""
    stranger.outcomes = [smtp.SMTPServerError(452, "Full"), ValueError("secret")]
    assert visitor.codes(b"MAIL FROM:<spam@x>\r\n") == "550"
    assert visitor.say(START + LETTER + DOT)[-1] == "452 4.0.0 Full"
    assert visitor.say(START + LETTER + DOT)[-1].startswith("451 4.3.0")
    assert visitor.codes(START + LETTER + DOT) == "250 250 354 250"


def test_one_of_two_fails(stranger, visitor):
    """One answer for two IMessages is the failure, the temporary one if there are two."""
    stranger.outcomes = [smtp.SMTPServerError(550, "No"), smtp.SMTPServerError(451, "Later")]
    two = MAIL + RCPT + b"RCPT TO:<nic@support>\r\nDATA\r\n" + LETTER + DOT
    assert visitor.codes(two).endswith("451")
    stranger.outcomes = [smtp.SMTPServerError(550, "No")]
    assert visitor.codes(two).endswith("550")


def test_lmtp_has_an_answer_for_each(stranger):
    """Behind LMTP each IMessage's fate is its recipient's."""
    stranger.outcomes = [smtp.SMTPServerError(550, "No")]
    visitor = House().open(stranger, lmtp=True).come(hello=b"LHLO vm\r\n")
    two = MAIL + RCPT + b"RCPT TO:<nic@support>\r\nDATA\r\n" + LETTER + DOT
    assert visitor.codes(two).endswith("550 250")


def test_a_line_that_raises(stranger, visitor):
    """A refusal in the middle is told at the dot, and the messages are forgotten."""
    stranger.line_raises = smtp.SMTPServerError(554, "No")
    assert visitor.codes(START + LETTER + DOT + b"NOOP\r\n").endswith("354 554 250")
    assert stranger.messages == []
    assert all(message.lost for message in stranger.made)


def test_chunks_reach_a_stranger_as_lines(stranger, visitor):
    """BDAT works for every delivery; BINARYMIME is offered only where chunks are taken."""
    assert not any("BINARYMIME" in line for line in visitor.say(b"EHLO vm\r\n"))
    visitor.say(MAIL + RCPT + b"BDAT 7\r\nA: b\r\n\rBDAT 4 LAST\r\n\nHi!")
    assert stranger.messages[0].lines == [stranger.header, b"A: b", b"", b"Hi!"]


@given(st.lists(st.sampled_from([b"x", b"\r", b"\n", b"\r\n", b"y" * 9]), max_size=30), st.data())
def test_lines_do_not_mind_the_network(words, data):
    """However a letter comes in pieces, an IMessage is given the same lines."""
    octets = b"A: b\r\n" + b"".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=8)))
    message = Message(StrangersDelivery())
    letter = LineByLine("id", [(Mailbox("new", "support"), message, b"")])
    for begin, end in zip([0, *cuts], [*cuts, len(octets)], strict=True):
        letter.write(octets[begin:end])
    ensureDeferred(letter.finish())
    lines = octets.split(b"\r\n")
    assert message.lines == (lines if lines[-1] else lines[:-1])
    assert all(type(line) is bytes for line in message.lines)


def test_an_endless_line_costs_no_more():
    """A line of 1.5 MB that comes in small pieces costs what its octets cost, not their square."""
    letter = LineByLine("id", [(Mailbox("new", "support"), Message(StrangersDelivery()), b"")])
    pieces = [b"x" * 500] * 3_000
    assert cost(letter, pieces) < 100 * max(cost(letter, pieces[:150]), 0.0003)


def cost(letter, pieces):
    """Seconds of CPU that a line in these pieces takes, the least of three."""
    taken = []
    for _ in range(3):
        began = process_time()
        for piece in pieces:
            letter.write(piece)
        letter.write(b"\r\n")
        taken.append(process_time() - began)
    return min(taken)


def test_a_factory_of_deliveries(stranger):
    """An IMessageDeliveryFactory is asked for each letter."""

    @implementer(smtp.IMessageDeliveryFactory)
    class Deliveries:
        asked = 0

        def getMessageDelivery(self):
            self.asked += 1
            return stranger

    deliveries = Deliveries()
    visitor = House().open(delivery_factory=deliveries).come()
    visitor.say((START + LETTER + DOT) * 2)
    assert deliveries.asked == 2
    assert len(stranger.messages) == 2


def test_a_portal_for_strangers(stranger):
    """With a portal alone, an anonymous login finds the delivery."""

    @implementer(IRealm)
    class Realm:
        def requestAvatar(self, avatar, mind, *interfaces):
            assert avatar is ANONYMOUS
            return smtp.IMessageDelivery, stranger, lambda: None

    visitor = House().open(portal=Portal(Realm(), [AllowAnonymousAccess()])).come()
    assert visitor.codes(START + LETTER + DOT) == "250 250 354 250"


def test_nobody_behind_the_door():
    """Without a delivery there is no mail, and no exception."""
    visitor = House().open(delivery_factory=None).come()
    assert visitor.codes(MAIL) == "550"


def test_our_protocol_in_a_strangers_factory(stranger):
    """twisted.mail's own factory may build our protocol."""
    factory = smtp.SMTPFactory()
    factory.protocol = ESMTP
    protocol = factory.buildProtocol(None)
    protocol.delivery = stranger
    transport = StringTransport(peerAddress=IPv4Address("TCP", "192.0.2.1", 1))
    transport.reactor = House().clock
    protocol.makeConnection(transport)
    visitor = Visitor(protocol, transport)
    assert visitor.codes(b"EHLO vm\r\n" + START + LETTER + DOT) == "220 250 250 250 354 250"


def stock(delivery: Delivery) -> Visitor:
    """The stock protocol, with ours behind it."""
    factory = smtp.SMTPFactory()
    factory.protocol = smtp.ESMTP
    factory.noisy = False
    protocol = factory.buildProtocol(None)
    protocol.noisy = False
    protocol.delivery = delivery
    transport = StringTransport(peerAddress=IPv4Address("TCP", "192.0.2.1", 7))
    protocol.makeConnection(transport)
    protocol.setTimeout(None)
    visitor = Visitor(protocol, transport)
    visitor.say(b"EHLO vm\r\n")
    return visitor


def test_ours_behind_the_stock_protocol():
    """The same letter reaches the reception with the same octets, line by line."""
    reception = MemoryReception()
    visitor = stock(Delivery(reception))
    for step in (
        MAIL,
        RCPT,
        b"RCPT TO:<nobody@support>\r\n",
        b"DATA\r\n",
        LETTER + b"..\r\n" + DOT,
    ):
        visitor.say(step)
    (kept,) = reception.letters
    assert kept.octets == LETTER + b".\r\n"
    envelope = kept.envelope
    assert envelope.sender == Mailbox("nic", "ferrier")
    assert envelope.recipients == (Mailbox("new", "support"),)
    assert (envelope.peer.address, envelope.peer.helo) == ("192.0.2.1", "vm")
    assert b"550 5.1.1 No such mailbox" in visitor.transport.value()


def test_large_letters_behind_the_stock_protocol():
    """Lines are gathered; more octets than the limit are refused."""
    reception = MemoryReception()
    visitor = stock(Delivery(reception, limits=Limits(message_size=300_000)))
    for count, answer in ((2_000, "250"), (4_000, "552")):
        for step in (MAIL, RCPT, b"DATA\r\n"):
            visitor.say(step)
        assert visitor.codes(b"A: b\r\n\r\n" + (b"x" * 98 + b"\r\n") * count + DOT) == answer
    assert [len(kept.octets) for kept in reception.letters] == [200_008]
    assert reception.begun[-1].discarded


def test_failures_behind_the_stock_protocol():
    """A letter that cannot be kept is not acknowledged, whatever the stock protocol calls it."""
    reception = MemoryReception()
    reception.finish_raises = Permanent("7.1", "No")
    visitor = stock(Delivery(reception))
    for step in (MAIL, RCPT, b"DATA\r\n", LETTER):
        visitor.say(step)
    assert visitor.codes(DOT).startswith("5")
    assert reception.begun[0].discarded
