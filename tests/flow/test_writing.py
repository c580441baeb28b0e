"""The files of an answer: streamed from the desk, waited for, and in the end gone without."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet.task import Clock
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow.writing import PATIENCE, TRIES, Reader, Writing
from mailtickets.interfaces import ITakesAttachments, ITellsHistory
from mailtickets.mail.compose import Style
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import CHUNK, InMemory, whole
from mailtickets.mail.templates import Templates
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Submission
from mailtickets.tickets.values import Conversation, Past, Person, Remote
from tests.flow.conftest import ObedientDesk

NIC, TICKET = Mailbox("nic", "ferrier"), Mailbox("SUPPORT-1", "support-ticket.com")
KNOWN = Conversation("embedded", "SUPPORT-1", "support", "nic@ferrier", "Nic", "Hi", ("1@ferrier",))
IMAGE = '<p>Look: <img src="cid:logo@x"></p>'


@define
class Shelf:
    """Octets that tell how many of them were asked for, and may fail."""

    size: int
    fails: list[Exception] = field(factory=list)
    chunk: bytes = bytes(range(256)) * (CHUNK // 256)
    read: int = 0

    async def chunks(self):
        left = self.size
        while left:
            if self.fails:
                raise self.fails.pop(0)
            piece = self.chunk[:left]
            self.read += len(piece)
            left -= len(piece)
            yield piece


@implementer(ITakesAttachments)
@define
class Cabinet(ObedientDesk):
    """A desk that gives files."""

    shelves: dict = field(factory=dict)

    async def fetch(self, ticket, remote):
        assert ticket == "SUPPORT-1"
        return self.shelves[remote.id]


@pytest.fixture
def files(household):
    """What the desk has; {id: octets}."""
    household.desk = Cabinet()
    return household.desk.shelves


@define
class Watched:
    """A draft that is watched as it is written."""

    draft: object
    write: object

    def __getattr__(self, name):
        return getattr(self.draft, name)


@define(slots=False)
class Desktop:
    """One answer, tried as often as it takes."""

    household: object
    event: object
    clock: Clock = field(factory=Clock)
    styles: dict = field(factory=dict)

    def __attrs_post_init__(self):
        self.writing = Writing(
            name="embedded",
            desk=self.household.desk,
            spool=self.household.spool,
            styles=self.styles,
            passing=self.clock.seconds,
            log=self.household.log,
        )

    async def put(self):
        return await self.writing.put(
            self.event,
            KNOWN,
            "support",
            Reader("Nic", NIC, TICKET, TICKET),
            Envelope(TICKET, (NIC,), 1_700_000_000.0, "trace"),
            Submission(NIC, "key", "relay", "lane"),
            "SUPPORT-1.abc@support-ticket.com",
            Advance("embedded", "9"),
        )

    async def letter(self):
        (row,) = [one for one in await self.household.spool.list() if one.agent == "relay"]
        _, found = await self.household.spool.show(row.id)
        return message_from_bytes(await whole(found.octets, 10**8), policy=policy.default)


def said(household, *remotes, **more):
    """An agent's comment with files."""
    household.desk.tickets["SUPPORT-1"] = None
    return household.desk.say("SUPPORT-1", "Here you are", attachments=remotes, **more)


@pytest_twisted.ensureDeferred
async def test_a_large_file_goes_through_in_pieces(household, files, monkeypatch):
    """Each piece is stored before the next but two is asked for, and the file arrives whole."""
    size = 5 * CHUNK + 1
    files["1"] = Shelf(size)
    event = said(household, Remote("1", "big.bin", "application/zip", size))
    desktop = Desktop(household, event)
    begun, ahead = household.spool.begin, []

    def begin():
        draft = begun()
        wrote = draft.write

        def write(octets):
            ahead.append(files["1"].read - draft.size * 3 // 4)
            return wrote(octets)

        return Watched(draft, write)

    monkeypatch.setattr(household.spool, "begin", begin)
    assert await desktop.put() is State.DUE
    assert max(ahead) <= 2 * CHUNK
    assert await household.ledger.cursor("embedded") == "9"
    (part,) = (await desktop.letter()).iter_attachments()
    assert part.get_content() == (files["1"].chunk * 6)[:size]
    assert part.get_filename() == "big.bin"


@pytest_twisted.ensureDeferred
async def test_a_picture_stands_where_the_agent_put_it(household, files):
    """A file that the HTML names by its content id goes beside the HTML; others are attached."""
    files |= {"1": InMemory(b"\x89PNG"), "2": InMemory(b"%PDF")}
    remotes = [
        Remote("1", "logo.png", "image/png", 4, "logo@x"),
        Remote("2", "a.pdf", "application/pdf", 4, "unused@x"),
    ]
    event = said(household, *remotes, html=IMAGE)
    desktop = Desktop(household, event, styles={"support": Style(Templates())})
    await desktop.put()
    read = await desktop.letter()
    related = next(part for part in read.walk() if part.get_content_type() == "multipart/related")
    html, picture = related.iter_parts()
    assert '<img src="cid:logo@x">' in html.get_content()
    assert picture["content-id"] == "<logo@x>"
    (attached,) = read.iter_attachments()
    assert (attached["content-id"], attached.get_content_disposition()) == (None, "attachment")


@pytest_twisted.ensureDeferred
@pytest.mark.parametrize(
    "why",
    [
        Temporary("3.5", "404", loud=True),
        Temporary("4.1", "down"),
        Permanent("1.1", "gone"),
        OSError("a surprise"),
        None,  # it ends before it should
    ],
)
async def test_a_file_that_vanished_holds_nobody_up_for_ever(household, files, why):
    """It is asked for again for minutes; then the letter goes and says so, and the agents know."""
    files |= {"1": Shelf(CHUNK, [why] * 99 if why else []), "2": InMemory(b"here")}
    size = CHUNK if why else CHUNK + 1
    event = said(
        household,
        Remote("1", "gone.bin", "application/zip", size),
        Remote("2", "here.txt", "text/plain", 4),
    )
    desktop = Desktop(household, event)
    for _ in range(TRIES):
        with pytest.raises(Temporary) as caught:
            await desktop.put()
        assert caught.value.loud
        assert await household.spool.list() == []
        desktop.clock.advance(PATIENCE / (TRIES - 1) + 1)
    assert household.desk.submitted == []
    assert await desktop.put() is State.DUE
    read = await desktop.letter()
    assert [part.get_filename() for part in read.iter_attachments()] == ["here.txt"]
    text = read.get_body(("plain",)).get_content()
    assert "could not be attached:" in text
    assert "gone.bin" in text
    (note,) = household.desk.submitted
    assert (note.ticket, note.public) == ("SUPPORT-1", False)
    assert "gone.bin" in note.text
    assert "here.txt" not in note.text


@pytest_twisted.ensureDeferred
async def test_a_file_that_comes_back_in_time(household, files):
    """What could not be had for a moment goes with the letter, and nobody is told anything."""
    files["1"] = Shelf(CHUNK, [Temporary("4.2", "slow")] * 2)
    desktop = Desktop(household, said(household, Remote("1", "a.bin", "application/zip", CHUNK)))
    for _ in range(2):
        with pytest.raises(Temporary):
            await desktop.put()
        desktop.clock.advance(1)
    assert await desktop.put() is State.DUE
    assert len(list((await desktop.letter()).iter_attachments())) == 1
    assert household.desk.submitted == []


@pytest_twisted.ensureDeferred
async def test_a_desk_that_takes_no_note(household, files):
    """That the agents cannot be told holds the letter up for a while, and not for ever."""
    files["1"] = Shelf(CHUNK, [OSError()] * 99)
    desktop = Desktop(household, said(household, Remote("1", "a.bin", "application/zip", CHUNK)))
    household.desk.fails = [Temporary("4.1", "down")] * 99
    tries = 0
    while tries < 20:
        tries += 1
        try:
            await desktop.put()
        except Temporary:
            desktop.clock.advance(60)
        else:
            break
    assert PATIENCE <= desktop.clock.seconds() <= 3 * PATIENCE
    assert "could not be attached" in (await desktop.letter()).get_body(("plain",)).get_content()


@pytest_twisted.ensureDeferred
async def test_files_that_are_too_large_are_named(household, files):
    """What no mailbox takes is not even asked for."""
    files["1"] = Shelf(10**9)
    desktop = Desktop(household, said(household, Remote("1", "dvd.iso", "application/zip", 10**9)))
    await desktop.put()
    assert files["1"].read == 0
    read = await desktop.letter()
    assert "dvd.iso (1.0 GB): too large" in read.get_body(("plain",)).get_content()


@pytest_twisted.ensureDeferred
async def test_a_template_that_breaks_later(household, files, log_text):
    """The letter goes in our own dress, and the log says which template to mend."""
    broken = Templates({"answer.txt": "{{ text }}{{ 1 / (text | length - 12) }}"})
    desktop = Desktop(household, said(household), styles={"support": Style(broken)})
    assert await desktop.put() is State.DUE
    text = (await desktop.letter()).get_body(("plain",)).get_content()
    assert text.startswith("Here you are\r\n\r\nTicket SUPPORT-1.")
    assert "answer.txt is broken" in log_text()


@define
class Historian(Cabinet):
    """A desk that tells what was said before, or cannot."""

    past: list = field(factory=list)

    async def history(self, ticket, before, limit):
        assert (ticket, before) == ("SUPPORT-1", "1")
        if not self.past:
            raise Temporary("4.1", "down")
        return self.past[:limit]


@pytest_twisted.ensureDeferred
@pytest.mark.parametrize("known", [True, False])
async def test_what_is_quoted(household, known):
    """What the desk tells; where it does not, the letter goes without."""
    nic = Person("Nic", "nic@ferrier")
    past = [Past(nic, "Hi", "2026-11-24T04:06:09.123Z"), Past(Person("", "a@b"), "Ho", "soon")]
    household.desk = implementer(ITellsHistory)(Historian)(past=past if known else [])
    desktop = Desktop(household, said(household), styles={"support": Style(Templates(), quoted=2)})
    await desktop.put()
    text = (await desktop.letter()).get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert ("Nic wrote on 2026-11-24 04:06 UTC:\n> Hi\n" in text) is known
    assert ("a@b wrote" in text) is known
