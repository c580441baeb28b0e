"""A letter that failed for good: who is told, how, and how often."""

import email
import email.policy

import pytest
import pytest_twisted
from attrs import evolve

from mailtickets.buckets import Allotment, Allotments
from mailtickets.errors import Permanent, Temporary
from mailtickets.flow.bounce import Bounces
from mailtickets.mail.authentication import DMARC, SPF, Authentication, Result
from mailtickets.mail.envelope import Envelope, Item, Letter, Peer, Wishes
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import State
from mailtickets.tickets.values import Existing, NewTicket
from tests.flow.automata import automatic, own

NIC = Mailbox("nic", "ferrier")
NEW = Mailbox("new", "support-ticket.com")
OPENS = NewTicket("support")
NO = Permanent("1.1", "The desk has no such queue")
LETTER = (
    b"Message-ID: <1@ferrier>\r\nFrom: nic@ferrier\r\nSubject: Hilfe\r\n\r\n"
    b"Guten Tag, ich kann mich nicht anmelden. Bitte helfen Sie mir, vielen Dank.\r\n"
)


def item(octets=LETTER, sender=NIC, key="k", destination=OPENS, **more):
    """A letter on its way to the desk."""
    letter = Letter(Envelope(sender, (NEW,), 1e9, "01trace", **more), InMemory(octets))
    return Item(1, key, letter, (NEW,), "desk:embedded", "lane", destination)


def bounces(household, allotments=None, *, hold=False):
    """What decides in this house."""
    return Bounces(
        book=household.book,
        hostname="mx.example.org",
        automatic=automatic(household, allotments, hold=hold),
        reader=household.reader,
    )


@pytest_twisted.ensureDeferred
async def test_a_person_is_told_once_in_their_language(household):
    """One report (RFC 3464) to the sender: what to do, in German, and their letter's own head."""
    settled = await bounces(household).settlement(item(), NEW, NO)
    assert settled.state is State.BOUNCED
    notice = settled.notice
    (submission,) = notice.submissions
    assert notice.envelope.sender is None
    assert (submission.recipient, submission.agent, submission.hold) == (NIC, "relay", None)
    told = email.message_from_bytes(notice.octets, policy=email.policy.default)
    assert told.get_content_type() == "multipart/report"
    assert told["Auto-Submitted"] == "auto-replied"
    assert told["X-Auto-Response-Suppress"] == "All"
    assert (told["To"], told["In-Reply-To"]) == ("nic@ferrier", "<1@ferrier>")
    people, machines, head = told.iter_parts()
    assert "Ihre Nachricht konnte nicht zugestellt werden" in people.get_content()
    assert "postmaster@support-ticket.com" in people.get_content()
    assert machines.get_content_type() == "message/delivery-status"
    assert b"Final-Recipient: rfc822; new@support-ticket.com" in bytes(machines)
    assert b"Subject: Hilfe" in head.get_payload(decode=True)
    assert own(household).came_back(identifiers(notice.octets))


OUTSIDE = Peer("192.0.2.1")
SURE = Authentication(spf=SPF(Result.PASS, "ferrier"))
UNSURE = Authentication(spf=SPF(Result.NONE, "ferrier"), dmarc=DMARC(Result.NONE, "ferrier"))
PILLS = b"Subject: Buy pills\r\nX-Pills: cheap ones\r\nFrom: Pills <nic@ferrier>\r\n\r\nPills!\r\n"


@pytest.mark.parametrize(
    ("peer", "found", "quotes"),
    [
        (OUTSIDE, UNSURE, False),
        (OUTSIDE, None, False),
        (OUTSIDE, Authentication(spf=SPF(Result.PASS, "mx", helo=True)), False),
        (OUTSIDE, SURE, True),
        (OUTSIDE, Authentication(dmarc=DMARC(Result.PASS, "ferrier", aligned=True)), True),
        (evolve(OUTSIDE, user="nic@ferrier"), None, True),
        (Peer("127.0.0.1"), None, True),
        (Peer("/run/lmtp"), None, True),
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_forger_has_no_words_carried(household, peer, found, quotes):
    """A sender whom nothing vouches for hears that a letter failed, and not a word of it."""
    letter = item(PILLS, peer=peer, authentication=found)
    octets = (await bounces(household).settlement(letter, NEW, NO)).notice.octets
    told = email.message_from_bytes(octets, policy=email.policy.default)
    assert (b"ills" in octets) is quotes
    assert [part.get_content_type() for part in told.iter_parts()] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]


@pytest.mark.parametrize(
    ("head", "sender", "more"),
    [
        (b"", None, {}),
        (b"", Mailbox("MAILER-DAEMON", "x.example"), {}),
        (b"", Mailbox("do-not-reply", "x.example"), {}),
        (b"Auto-Submitted: auto-replied\r\n", NIC, {}),
        (b"Precedence: bulk\r\n", NIC, {}),
        (b"X-Auto-Response-Suppress: NDR\r\n", NIC, {}),
        (b"", NIC, {"wishes": {NEW: Wishes(notify=frozenset({"NEVER"}))}}),
        (b"", NIC, {"authentication": Authentication(dmarc=DMARC(Result.FAIL, "ferrier"))}),
    ],
)
@pytest_twisted.ensureDeferred
async def test_nobody_else_is(household, head, sender, more):
    """No machine, nobody who asked not to be told, and nobody whose name somebody else used."""
    settled = await bounces(household).settlement(item(head + LETTER, sender, **more), NEW, NO)
    assert (settled.state, settled.notice) == (State.REFUSED, None)
    assert "nobody is told" in settled.reason
    assert household.meter.labelled["automatic", (("fate", "unwanted"), ("kind", "failure"))] == 1


@pytest_twisted.ensureDeferred
async def test_there_is_an_end_of_notices(household, log_text):
    """After the bucket is empty letters fail in silence: counted, logged once, and no error."""
    hand = bounces(household, Allotments(address=Allotment(2, 1.0)))
    settled = [await hand.settlement(item(key=f"k{one}"), NEW, NO) for one in range(5)]
    assert [one.state for one in settled] == [State.BOUNCED] * 2 + [State.REFUSED] * 3
    assert "too many" in settled[-1].reason
    assert log_text().count("address nic@ferrier") == 1
    assert household.meter.labelled["automatic", (("fate", "withheld"), ("kind", "failure"))] == 3


@pytest_twisted.ensureDeferred
async def test_one_ticket_has_a_bucket_of_its_own(household):
    """What fails at one ticket draws from that ticket's bucket too, not from another's."""
    hand = bounces(household, Allotments(ticket=Allotment(1, 1.0)))
    to = [Existing("support", name) for name in ("SUPPORT-1", "SUPPORT-1", "SUPPORT-2")]
    settled = [
        await hand.settlement(item(key=f"k{at}", destination=one), NEW, NO)
        for at, one in enumerate(to)
    ]
    assert [one.state for one in settled] == [State.BOUNCED, State.REFUSED, State.BOUNCED]


@pytest_twisted.ensureDeferred
async def test_without_a_relay_it_waits_as_answers_do(household):
    """A notice is a row like any other: held, with the reason, where nothing can be sent."""
    settled = await bounces(household, hold=True).settlement(item(), NEW, NO)
    assert "no relay is set" in settled.notice.submissions[0].hold


@pytest_twisted.ensureDeferred
async def test_a_store_that_cannot_say_is_no_reason_to_be_silent(household):
    """When the buckets cannot be read now, the letter is settled later, not told to nobody."""

    class Busy:
        async def draw(self, correspondent, ticket):
            raise Temporary("3.0", "The store is busy")

    hand = bounces(household)
    hand._automatic._allowance = Busy()
    with pytest.raises(Temporary):
        await hand.settlement(item(), NEW, NO)
