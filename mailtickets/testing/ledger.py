"""What every ledger must do: `class MyLedgerTests(ledger_contract(make)): ...` proves it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.slips import Submission
from mailtickets.testing.place import Place, promised
from mailtickets.tickets.values import Known, Outgoing, Person, Sent

NIC = Person("Nic", "nic@ferrier")


def ledger_contract(make: Callable[[], AbstractAsyncContextManager[Place]]) -> type:  # noqa: C901 - a list of promises
    """A class of tests for the ledger that `make` makes; `make` is as for `spool_contract`."""
    promise = promised(make)

    class LedgerContract:
        """The promises of `mailtickets.interfaces.ILedger`."""

        @promise
        async def test_a_conversation_is_told_from_its_root(self, place: Place) -> None:
            """References run from the oldest to the newest; `latest` is the requester's own."""
            opening = Known(
                "d",
                "S-1",
                "1@x",
                NIC.address,
                queue="support",
                subject="Help",
                requester=NIC,
                references=("0@x",),
            )
            await place.ledger.learn([opening])
            await place.ledger.learn([Known("d", "S-1", "2@x", "support@x", ours=True)])
            await place.ledger.learn([Known("d", "S-1", "3@x", "NIC@ferrier")])
            await place.ledger.learn([Known("d", "S-1", "4@x", "other@x")])
            found = await place.ledger.conversation("d", "S-1")
            assert found is not None
            assert found.references == ("0@x", "1@x", "2@x", "3@x", "4@x")
            assert (found.latest, found.requester, found.name) == ("3@x", NIC.address, "Nic")
            assert (found.queue, found.subject) == ("support", "Help")
            assert await place.ledger.conversation("other", "S-1") is None

        @promise
        async def test_learning_again_changes_nothing(self, place: Place) -> None:
            """A fact that is known stays as it is; desks do not share them."""
            await place.ledger.learn([Known("d", "S-1", "1@x"), Known("e", "T-9", "1@x")])
            await place.ledger.learn([Known("d", "S-1", "1@x", "other@x")])
            assert await place.ledger.which("d", ["1@x"]) == {"1@x": ("S-1",)}
            assert await place.ledger.which("e", ["1@x", "nobody"]) == {"1@x": ("T-9",)}
            assert await place.ledger.which("d", []) == {}

        @promise
        async def test_a_letter_may_be_in_several_tickets(self, place: Place) -> None:
            """A letter to two tickets is a letter of both: each has it in its thread."""
            opening = Known("d", "S-1", "1@x", NIC.address, requester=NIC, fingerprint="f")
            other = Known("d", "S-2", "1@x", NIC.address, requester=NIC, fingerprint="g")
            await place.ledger.learn([opening])
            await place.ledger.learn([other])
            assert await place.ledger.which("d", ["1@x"]) == {"1@x": ("S-1", "S-2")}
            for ticket in ("S-1", "S-2"):
                found = await place.ledger.conversation("d", ticket)
                assert found is not None
                assert (found.references, found.latest) == (("1@x",), "1@x")
            assert list(await place.ledger.filed("d", "1@x", "g")) == ["S-2"]
            assert list(await place.ledger.filed("d", "1@x", "")) == []
            assert list(await place.ledger.filed("d", "other@x", "g")) == []

        @promise
        async def test_the_first_language_is_kept(self, place: Place) -> None:
            """The requester's language is the first that somebody could tell."""
            nic = Person("Nic", "nic@ferrier")
            for number, language in enumerate(("", "pt-BR", "de")):
                opening = Known("d", "S-1", f"{number}@x", requester=nic, language=language)
                await place.ledger.learn([opening])
            found = await place.ledger.conversation("d", "S-1")
            assert found is not None
            assert (found.language, found.name) == ("pt-BR", "Nic")

        @promise
        async def test_who_goes_is_remembered(self, place: Place) -> None:
            """Who wants no more letters is known by ticket and address, until they come back."""
            ledger = place.ledger
            for _ in range(2):
                await ledger.departed("d", "S-1", "Ann@X.org", gone=True)
            await ledger.departed("d", "S-2", "bob@x.org", gone=True)
            assert await ledger.departures("d", "S-1") == {"ann@x.org"}
            assert await ledger.departures("e", "S-1") == frozenset()
            for _ in range(2):
                await ledger.departed("d", "S-1", "ann@x.org", gone=False)
            assert await ledger.departures("d", "S-1") == frozenset()
            assert await ledger.departures("d", "S-2") == {"bob@x.org"}

        @promise
        async def test_participants_are_kept_once(self, place: Place) -> None:
            """Who was made a participant is one; the same address in capitals is no other."""
            await place.ledger.learn([Known("d", "S-1", "1@x", requester=NIC)])
            bob, loud = Person("Bob", "bob@x"), Person("", "BOB@X")
            await place.ledger.learn([Known("d", "S-1", "2@x", participants=(bob,))])
            await place.ledger.learn([Known("d", "S-1", "3@x", participants=(loud,))])
            found = await place.ledger.conversation("d", "S-1")
            assert found is not None
            assert found.participants == (bob,)

        @promise
        async def test_hostile_texts_are_kept_or_cleaned(self, place: Place) -> None:
            """NUL, broken surrogates and endless ids do no harm."""
            ids = ["a\0b@x", "\udc80@x", "z" * 2000]
            await place.ledger.learn([Known("d", "S-1", each) for each in ids])
            assert set(await place.ledger.which("d", ids)) == set(ids)

        @promise
        async def test_a_letter_of_ours_is_found_again(self, place: Place) -> None:
            """By the beginning of its item's key, and by its Message-ID; a stranger's never is."""
            about, key = Outgoing("d", "S-1", "7"), "0123456789abcdef" * 4
            sent = Envelope(Mailbox("s-1", "x"), (Mailbox("nic", "ferrier"),), 0.0, "t")
            share = Submission(Mailbox("nic", "ferrier"), key, "relay", "lane", about)
            await place.spool.put(sent, b"x", [share])
            assert await place.ledger.sent(key[:12]) == Sent(key, "nic@ferrier", about)
            for token in ("0123456789ac", "0123456789aa", "0123", "", "%" * 12, "f" * 12):
                assert await place.ledger.sent(token) is None
            ours = Known("d", "S-1", "1@x", "s-1@x", ours=True, comment="7")
            await place.ledger.learn([ours, Known("d", "S-1", "2@ferrier", "nic@ferrier")])
            assert await place.ledger.mailed("d", "1@x") == about
            assert await place.ledger.mailed("other", "1@x") is None
            assert await place.ledger.mailed("d", "2@ferrier") is None

        @promise
        async def test_a_feed_nobody_read_has_no_cursor(self, place: Place) -> None:
            """None is the beginning."""
            assert await place.ledger.cursor("nothing") is None

    return LedgerContract
