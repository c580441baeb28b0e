"""A storm: peers and an agent who do not give up, while somebody kills the gateways they speak to.

Nobody spares anybody: a peer that got no 250 sends again, and an agent whose comment was not
acknowledged says it again, as peers and agents do. Afterwards everything is counted.
"""

from __future__ import annotations

import http.client
import json
import random
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from typing import Self

from tests.journeys.peers import Sink
from tests.journeys.running import DOMAIN, Running, until
from tests.journeys.test_seed import NEW, letter, tally

GONE = (OSError, smtplib.SMTPException, http.client.HTTPException, AssertionError)
PEERS = 2
LARGE = 700_000  # more than the store keeps in one piece
LARGE_EVERY = 25
SETTLING = 90.0
INSISTING = (
    900.0  # seconds for which a peer tries: on a busy machine a life may be too short for it
)
LOOK = 2.0  # seconds between two looks of the agent for new tickets
LIFE = (0.02, 1.3)  # seconds from a start to the kill: both ends of a gateway's life
SPARED = 10  # kills after which one comes only when something more has been acknowledged


class Storm:
    """Peers and an agent, each in a thread. `breath`: seconds between two letters of a peer.

    It goes on until more than `least` letters and an answer were acknowledged, however slow the
    machine is.
    """

    def __init__(
        self, gateways: Sequence[Running], seed: str, breath: float = 0.04, *, least: int = 0
    ) -> None:
        self.gateways = list(gateways)
        self.acknowledged: set[str] = set()
        self.answered: set[str] = set()
        self.tickets: list[str] = []
        self.troubles: list[BaseException] = []
        self._breath = breath
        self._least = least
        self._looked = 0.0
        self._over = threading.Event()
        self._failed = threading.Event()
        self._numbers = count(1)
        self._threads = [
            threading.Thread(target=self._until_over, args=(work, f"{seed}{number}"))
            for number, work in enumerate((*[self._deliver] * PEERS, self._answer))
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                until(self._has_worked, INSISTING, "letters and answers to be counted")
        except BaseException:
            self._failed.set()  # the gateways may be down for good
            raise
        finally:
            if kind is not None:
                self._failed.set()
            self._over.set()
            for thread in self._threads:
                thread.join()

    def _has_worked(self) -> bool:
        enough = len(self.acknowledged) > self._least and self.answered
        return bool(self.troubles or enough)

    def _until_over(self, work: Callable[[random.Random], None], seed: str) -> None:
        chance = random.Random(seed)
        try:
            while not self._over.wait(self._breath):
                work(chance)
        except BaseException as why:
            self.troubles.append(why)
            raise

    def _insist(self, chance: random.Random, act: Callable[[Running], bool]) -> None:
        """Do it until it is acknowledged, at whichever gateway."""
        last: list[BaseException] = []

        def done() -> bool:
            if self._failed.is_set():
                return True
            try:
                return act(chance.choice(self.gateways))
            except GONE as why:
                last[:] = [why]
                return False

        try:
            until(done, INSISTING, "an acknowledgement")
        except AssertionError as why:
            raise AssertionError(repr(last)) from why

    def _deliver(self, chance: random.Random) -> None:
        """A letter that opens a ticket, or one to a ticket that there is."""
        number = next(self._numbers)
        text = f"This is letter {number}."
        to = NEW
        if self.tickets and number % 3 == 0:
            to = f"{chance.choice(self.tickets)}@{DOMAIN}"
        made = letter(text, f"Letter {number}", to, Message_ID=f"<{number}@storm.example>")
        if number % LARGE_EVERY == 0:
            made.add_attachment(
                random.Random(number).randbytes(LARGE), maintype="image", subtype="x-noise"
            )
        self._insist(chance, lambda gateway: gateway.send(made, "nic@ferrier", to)[0] == 250)
        self.acknowledged.add(text)

    def _answer(self, chance: random.Random) -> None:
        """A public comment on some ticket."""
        if time.monotonic() - self._looked > LOOK or not self.tickets:
            try:
                self.tickets = [one["key"] for one in chance.choice(self.gateways).tickets()]
            except GONE:
                return
            self._looked = time.monotonic()
        if not self.tickets:
            return
        number = next(self._numbers)
        text, said = f"This is answer {number}.", f"answer-{number}"
        key = chance.choice(self.tickets)
        self._insist(chance, lambda gateway: bool(gateway.say(key, text, Idempotency_Key=said)))
        self.answered.add(text)


def killed(storm: Storm, kills: int, seed: str) -> None:
    """SIGKILL at random moments of its life, its start among them. It is down afterwards.

    Now and then it lives until a peer has got something done, however slow the machine is.
    """
    chance, pause = random.Random(seed), threading.Event()
    gateway = storm.gateways[0]
    before = 0
    for turn in range(1, kills + 1):
        gateway.launch()
        if chance.random() > 0.2:
            until(gateway._ready, what="ready")
        pause.wait(chance.uniform(*LIFE))
        if turn % SPARED == 0:
            until(lambda: len(storm.acknowledged) > before, SETTLING, "an acknowledgement")  # noqa: B023 - asked at once
            before = len(storm.acknowledged)
        gateway.kill()


def accounted(storm: Storm, sink: Sink) -> str:
    """What got 250 is one entry of one ticket; what an agent said is one mail; the audit holds.

    Every gateway runs; the first is asked. Answers a sentence with the numbers.
    """
    gateway = storm.gateways[0]
    assert storm.troubles == []
    assert storm.acknowledged
    assert storm.answered
    settled(gateway)
    _each_is_one_entry(gateway, storm)
    until(lambda: _texts(sink) >= storm.answered, SETTLING, "the mails")
    settled(gateway)
    copies = _each_is_one_mail(sink, storm)
    for one in storm.gateways:
        one.stop()
    audit = gateway.mailtickets(*_store(gateway), "audit", "--full", "--json")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    told = json.loads(audit.stdout)
    assert told["accepted"] == sum(told["states"].values()) >= len(storm.acknowledged)
    return (
        f"{len(storm.acknowledged)} letters got 250 and are one entry each; "
        f"{len(storm.answered)} answers are one mail each by Message-ID, {copies} of them came "
        f"more than once; {told['states']['duplicate']} repeats were seen as such; the audit holds"
    )


def _store(gateway: Running) -> list[str]:
    given = gateway.arguments
    return ["--store", given[given.index("--store") + 1]] if "--store" in given else []


def settled(gateway: Running, seconds: float = SETTLING) -> None:
    """Wait until nothing is in flight."""

    def at_rest() -> bool:
        _, _, text = gateway.request("GET", "/metrics")
        lines = text.decode().splitlines()
        flying = [line for line in lines if line.startswith("mailtickets_recipients_in_flight{")]
        assert len(flying) == 3
        return all(line.endswith(" 0.0") for line in flying)

    until(at_rest, seconds, "nothing in flight")


def _each_is_one_entry(gateway: Running, storm: Storm) -> None:
    entries: Counter[str] = Counter()
    for ticket in gateway.tickets():
        for one in gateway.ticket(ticket["key"])["comments"]:
            entries[one["text"].strip()] += 1
    wrong = {text: number for text, number in entries.items() if number != 1}
    assert wrong == {}
    assert storm.acknowledged | storm.answered == set(entries)
    counted = tally(gateway)
    assert counted["opened"] + counted["commented"] == len(storm.acknowledged)


def _texts(sink: Sink) -> set[str]:
    return {sent.text for sent in sink.letters()}


def _each_is_one_mail(sink: Sink, storm: Storm) -> int:
    """A mail whose 250 was lost in a kill comes once more, under the same Message-ID."""
    letters = sink.letters()
    mails = {(str(sent.message["Message-ID"]), sent.text) for sent in letters}
    assert {text for _, text in mails} == storm.answered
    assert len(mails) == len({name for name, _ in mails}) == len(storm.answered)
    return len(letters) - len(mails)
