"""Pickup: what an agent answers becomes a letter to the requester, exactly once."""

from email import message_from_bytes, policy

import pytest_twisted
from attrs import evolve
from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred

from mailtickets.errors import Temporary
from mailtickets.flow.pickup import Follower, Pickup
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import whole
from mailtickets.mail.style import Style
from mailtickets.mail.templates import Templates
from mailtickets.outcomes import State
from mailtickets.routing.leaving import Leave, Leaving
from mailtickets.slips import Advance, Submission
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Known, Person, Ticket
from tests.flow.walking import reached


class PatientFeed:
    """The desk's feed, which tells the test when it is asked and has no more to tell."""

    def __init__(self, desk):
        self.desk = desk
        self.drained = Deferred()
        self.fails = []

    async def events(self, after, wait):
        if self.fails:
            raise self.fails.pop(0)
        found = await self.desk.events(after, wait)
        if not found and not self.drained.called:
            self.drained.callback(None)
        return found

    async def end(self):
        return await self.desk.end()


def pickup(household, feed, *, hold=False, from_start=True, **more):
    """A pickup of the house's desk."""
    return Pickup(
        Follower("embedded", feed, 0.0, from_start, hold),
        desk=household.desk,
        book=household.book,
        directory=household.directory,
        spool=household.spool,
        ledger=household.ledger,
        clock=reactor,
        now=household.spool._wall,
        steps=household.steps,
        meter=household.meter,
        alarms=household.alarms,
        log=household.log,
        **more,
    )


async def drained(household, **more):
    """Follow the feed until it has no more to tell; give the rows of the store."""
    feed = PatientFeed(household.desk)
    follower = pickup(household, feed, **more)
    follower.start()
    await feed.drained
    await follower.stop()
    return await household.spool.list()


async def known_ticket(household):
    """Nic's ticket, as the ledger and the desk know it."""
    nic = Person("Nic", "nic@ferrier")
    household.desk.tickets["SUPPORT-1"] = Ticket("SUPPORT-1", "I can't login!", nic)
    await household.ledger.learn(
        [
            Known(
                "embedded",
                "SUPPORT-1",
                "1@ferrier",
                "nic@ferrier",
                queue="support",
                subject="I can't login!",
                requester=nic,
            )
        ]
    )


async def letter(household, row):
    """The letter of a row, parsed."""
    _, found = await household.spool.show(row.id)
    octets = await whole(found.octets, 10**6)
    return message_from_bytes(octets, policy=policy.default), found.envelope


@pytest_twisted.ensureDeferred
async def test_an_answer_becomes_a_letter(household):
    """From the ticket's address, to the requester, RE: once, in the thread of their letter."""
    await known_ticket(household)
    household.desk.say("SUPPORT-1", "I have reset it. Grüße")
    (row,) = await drained(household)
    assert (row.state, row.agent, row.recipient) == (State.DUE, "relay", "nic@ferrier")
    message, envelope = await letter(household, row)
    assert message["From"].addresses[0].addr_spec == "SUPPORT-1@support-ticket.com"
    assert message["Subject"] == "RE: I can't login!"
    assert message["In-Reply-To"] == "<1@ferrier>"
    assert message["References"] == "<1@ferrier>"
    assert message.get_content().strip() == "I have reset it. Grüße"
    assert envelope.sender == Mailbox("SUPPORT-1", "support-ticket.com")
    assert row.lane == "1@ferrier"


@pytest_twisted.ensureDeferred
async def test_each_event_is_one_letter(household):
    """The cursor moves with the letter: however often the feed is followed, it is one letter."""
    await known_ticket(household)
    household.desk.say("SUPPORT-1", "One")
    household.desk.say("SUPPORT-1", "Two")
    assert len(await drained(household)) == 2
    assert len(await drained(household)) == 2
    assert await household.ledger.cursor("embedded") == "2"


@pytest_twisted.ensureDeferred
async def test_an_event_told_twice_is_one_letter(household):
    """A feed that repeats itself causes no second letter: the event's id is the letter's key."""
    await known_ticket(household)
    household.desk.say("SUPPORT-1", "One")
    await drained(household)
    await household.spool.advance(Advance("embedded", "0"))
    rows = await drained(household)
    assert sorted(row.state for row in rows) == [State.DUE, State.DUPLICATE]


@pytest_twisted.ensureDeferred
async def test_without_a_relay_it_is_held(household):
    """With `--relay hold` the answer is held, and says what it wants."""
    await known_ticket(household)
    household.desk.say("SUPPORT-1", "One")
    (row,) = await drained(household, hold=True)
    assert row.state is State.HELD
    assert "--relay smtp://HOST:PORT" in row.reason


@pytest_twisted.ensureDeferred
async def test_what_is_not_for_the_requester_is_not_mailed(household):
    """Internal notes, openings, changes of status: no letter, and the cursor moves on."""
    await known_ticket(household)
    household.desk.say("SUPPORT-1", "A note", public=False)
    for kind in (Kind.TICKET_OPENED, Kind.STATUS_CHANGED, Kind.DELIVERY_CHANGED):
        number = str(len(household.desk.happened) + 1)
        household.desk.happened.append(Event(number, number, kind, "SUPPORT-1", public=True))
    household.desk.say("SUPPORT-9", "A ticket that nobody knows")
    assert await drained(household) == []
    assert await household.ledger.cursor("embedded") == "5"


@pytest_twisted.ensureDeferred
async def test_an_echo_is_known_by_its_key(household):
    """A comment that came by mail is not mailed back; another's key makes no echo."""
    await known_ticket(household)
    envelope = Envelope(Mailbox("nic", "ferrier"), (Mailbox("a", "b"),), 1.0, "id")
    ours = Submission(Mailbox("a", "b"), "ours", "desk:embedded", "lane")
    await household.spool.put(envelope, b"\r\n", (ours,))
    household.desk.say("SUPPORT-1", "By mail", origin_key="ours")
    household.desk.say("SUPPORT-1", "By the page", origin_key="theirs")
    rows = [row for row in await drained(household) if row.agent == "relay"]
    assert len(rows) == 1


@pytest_twisted.ensureDeferred
async def test_a_ticket_not_opened_by_mail_is_answered_too(household):
    """A ticket the ledger does not know: the desk is asked who its requester is."""
    nic = Person("Nic", "nic@ferrier")
    household.desk.tickets["SUPPORT-3"] = Ticket("SUPPORT-3", "By phone", nic)
    household.desk.say("SUPPORT-3", "Hello")
    (row,) = await drained(household)
    message, _ = await letter(household, row)
    assert (message["To"].addresses[0].addr_spec, message["Subject"]) == (
        "nic@ferrier",
        "RE: By phone",
    )
    assert message["References"] is None


@pytest_twisted.ensureDeferred
async def test_followed_from_its_end(household):
    """A feed never followed before is followed from its end: old answers are not mailed anew."""
    await known_ticket(household)
    household.desk.say("SUPPORT-1", "Long ago")
    assert await drained(household, from_start=False) == []
    household.desk.say("SUPPORT-1", "Now")
    assert len(await drained(household, from_start=False)) == 1


@pytest_twisted.ensureDeferred
async def test_a_feed_that_fails_is_followed_on(household, monkeypatch):
    """A feed that cannot be read is tried again; what a person must mend is told loudly."""
    monkeypatch.setattr("mailtickets.flow.pickup.FIRST_REST", 0.01)
    await known_ticket(household)
    household.desk.say("SUPPORT-1", "One")
    feed = PatientFeed(household.desk)
    feed.fails = [Temporary("3.5", "The token is wrong", loud=True), RuntimeError("a bug")]
    put = reached(household.steps, "pickup.after-put")
    back = Deferred()

    async def recovered():
        back.callback(None)

    follower = pickup(household, feed, recovered=recovered)
    follower.start()
    await put
    await back  # told once: a second call would raise
    await follower.stop()
    assert len(await household.spool.list()) == 1
    said = [event.get("text") for event in household.said]
    assert "The token is wrong" in said


LEAVING = Leaving((b"k" * 32,), "https://help.example.org")


async def followed(household, *people, language=""):
    """Nic's ticket, with those who take part in it beside nic."""
    await known_ticket(household)
    found = household.desk.tickets["SUPPORT-1"]
    household.desk.tickets["SUPPORT-1"] = evolve(found, participants=people)
    if language:
        nic = Person("Nic", "nic@ferrier")
        fact = Known("embedded", "SUPPORT-1", "", requester=nic, language=language)
        await household.ledger.learn([fact])


@pytest_twisted.ensureDeferred
async def test_each_who_takes_part_has_a_letter_of_their_own(household):
    """Followers are told how to leave, the requester is not; nobody sees the others' addresses."""
    ann, bob = Person("Ann", "ann@x.org"), Person("", "bob@y.org")
    await followed(household, ann, bob, Person("Nic", "NIC@ferrier"), ann)
    household.desk.say("SUPPORT-1", "Done")
    rows = await drained(household, leaving=LEAVING)
    assert [row.recipient for row in rows] == ["ann@x.org", "bob@y.org", "nic@ferrier"]
    assert len({row.lane for row in rows}) == 3
    letters = {row.recipient: await letter(household, row) for row in rows}
    assert len({message["Message-ID"] for message, _ in letters.values()}) == 1
    for recipient, (message, envelope) in letters.items():
        assert [one.addr_spec for one in message["To"].addresses] == [recipient]
        assert [str(one) for one in envelope.recipients] == [recipient]
        assert message["References"] == "<1@ferrier>"
    mine, _ = letters["nic@ferrier"]
    assert (mine["List-Id"], mine["List-Unsubscribe"]) == (None, None)
    anns, _ = letters["ann@x.org"]
    assert anns["List-Id"] == "<SUPPORT-1.support-ticket.com>"
    assert anns["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = anns["List-Unsubscribe"].strip(" <>")
    assert url.startswith("https://help.example.org/unsubscribe/")
    asked = LEAVING.read(url.rpartition("/")[2])
    assert asked == Leave("embedded", "SUPPORT-1", "ann@x.org")


@pytest_twisted.ensureDeferred
async def test_who_has_no_letter(household):
    """Who wrote it, who asked to hear no more, who has no mailbox, and addresses of ours."""
    people = [
        Person("Agnes", "Agnes@support-ticket.com"),
        Person("Gone", "gone@x.org"),
        Person("None", "no mailbox"),
        Person("Loop", "SUPPORT-2@support-ticket.com"),
    ]
    await followed(household, *people)
    await household.ledger.departed("embedded", "SUPPORT-1", "gone@x.org", gone=True)
    household.desk.say("SUPPORT-1", "Done")
    household.desk.say("SUPPORT-1", "By a participant", author=Person("Gone", "gone@x.org"))
    rows = await drained(household)
    assert [row.recipient for row in rows] == ["nic@ferrier"] * 2


@pytest_twisted.ensureDeferred
async def test_a_crash_between_two_followers(household, monkeypatch):
    """Who has the letter already has it once; who has not has it afterwards."""
    monkeypatch.setattr("mailtickets.flow.pickup.FIRST_REST", 0.01)
    await followed(household, Person("Ann", "ann@x.org"), Person("Bob", "bob@x.org"))
    household.desk.say("SUPPORT-1", "Done")
    times = [0]

    def crash():
        times[0] += 1
        if times[0] == 2:
            raise RuntimeError("the power is gone")

    household.steps._at["pickup.before-put"] = crash
    rows = await drained(household)
    assert sorted(row.recipient for row in rows) == ["ann@x.org", "bob@x.org", "nic@ferrier"]
    assert {row.state for row in rows} == {State.DUE}


@pytest_twisted.ensureDeferred
async def test_the_requesters_language(household):
    """What we say around an agent's words is in the language that the requester wrote in."""
    await followed(household, language="fr-CA")
    household.desk.say("SUPPORT-1", "Hello, I have reset the password for you.")
    (row,) = await drained(household, styles={"support": Style(Templates())})
    message, _ = await letter(household, row)
    assert message["Content-Language"] == "fr-CA"
    assert "répondez simplement" in message.get_body(("plain",)).get_content()


@pytest_twisted.ensureDeferred
async def test_an_internal_note_goes_to_nobody(household):
    """Neither to the requester nor to those who follow."""
    await followed(household, Person("Ann", "ann@x.org"))
    household.desk.say("SUPPORT-1", "Between us", public=False)
    assert await drained(household) == []


@pytest_twisted.ensureDeferred
async def test_a_stop_before_the_first_question_is_a_stop(household, monkeypatch):
    """Stopped while it finds out where to begin, it does not wait for news first."""
    feed, gate, asked = PatientFeed(household.desk), Deferred(), []
    follow = household.spool.follow

    def ask(after, wait):
        asked.append(after)
        return Deferred()

    async def slowly(name):
        await gate
        return await follow(name)

    monkeypatch.setattr(feed, "events", ask)
    monkeypatch.setattr(household.spool, "follow", slowly)
    follower = pickup(household, feed)
    follower.start()
    stopped = ensureDeferred(follower.stop()).addTimeout(10, reactor)
    gate.callback(None)
    await stopped
    assert asked == []
