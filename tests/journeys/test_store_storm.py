"""The whole gateway is killed again and again while letters, answers and mail go through it.

`STORM_KILLS` says how often, `SEED` when. Nobody spares it: a peer that got no 250 sends again,
and an agent whose comment was not acknowledged says it again, as peers and agents do.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import smtplib
import threading
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Self

from tests.journeys.peers import Sink
from tests.journeys.running import DOMAIN, Running, until
from tests.journeys.test_seed import NEW, letter, tally

KILLS = int(os.environ.get("STORM_KILLS", "10"))
SEED = os.environ.get("SEED", "1")
GONE = (OSError, smtplib.SMTPException, http.client.HTTPException, AssertionError)
PEERS = 2
BREATH = 0.04  # seconds between two letters of a peer: the machine has others to serve
LARGE = 700_000  # more than the store keeps in one piece
SETTLING = 60.0


class Storm:
    """Peers and an agent, each in a thread, who do not give up what they have begun."""

    def __init__(self, gateway: Running) -> None:
        self.gateway = gateway
        self.acknowledged: set[str] = set()
        self.answered: set[str] = set()
        self.tickets: list[str] = []
        self.troubles: list[BaseException] = []
        self._over = threading.Event()
        self._numbers = count(1)
        self._threads = [
            threading.Thread(target=self._until_over, args=(work,))
            for work in (*[self._deliver] * PEERS, self._answer)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _until_over(self, work: Callable[[random.Random], None]) -> None:
        chance = random.Random(SEED)
        try:
            while not self._over.wait(BREATH):
                work(chance)
        except BaseException as why:
            self.troubles.append(why)
            raise

    def _insist(self, act: Callable[[], bool]) -> None:
        """Do it until it is acknowledged."""
        last: list[BaseException] = []

        def done() -> bool:
            try:
                return act()
            except GONE as why:
                last[:] = [why]
                return False

        try:
            until(done, SETTLING, "an acknowledgement")
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
        if number % 25 == 0:
            made.add_attachment(
                random.Random(number).randbytes(LARGE), maintype="image", subtype="x-noise"
            )
        self._insist(lambda: self.gateway.send(made, "nic@ferrier", to)[0] == 250)
        self.acknowledged.add(text)

    def _answer(self, chance: random.Random) -> None:
        """A public comment on some ticket."""
        try:
            self.tickets = [one["key"] for one in self.gateway.tickets()]
        except GONE:
            return
        if not self.tickets:
            return
        number = next(self._numbers)
        text, said = f"This is answer {number}.", f"answer-{number}"
        key = chance.choice(self.tickets)
        self._insist(lambda: bool(self.gateway.say(key, text, Idempotency_Key=said)))
        self.answered.add(text)


def _killed(gateway: Running) -> None:
    """At random moments of its life, its start among them."""
    chance, pause = random.Random(SEED), threading.Event()
    for _ in range(KILLS):
        gateway.launch()
        if chance.random() > 0.2:
            until(gateway._ready, what="ready")
        pause.wait(chance.uniform(0.2, 2.0))
        gateway.kill()


def test_a_storm_of_kills(launch: Callable[..., Running]) -> None:
    """What got 250 is one entry of one ticket; what an agent said is one mail; the audit holds."""
    with Sink() as sink:
        gateway = launch("--relay", sink.url, "--feed-from", "start")
        with Storm(gateway) as storm:
            _killed(gateway)
            gateway.start()
        assert storm.troubles == []
        assert len(storm.acknowledged) > KILLS
        assert storm.answered
        _settled(gateway)
        _each_is_one_entry(gateway, storm)
        until(lambda: _texts(sink) >= storm.answered, SETTLING, "the mails")
        _settled(gateway)
        _each_is_one_mail(sink, storm)
        gateway.stop()
        audit = gateway.mailtickets("audit", "--full", "--json")
        assert audit.returncode == 0, audit.stdout + audit.stderr
        told = json.loads(audit.stdout)
        assert told["accepted"] == sum(told["states"].values()) >= len(storm.acknowledged)


def _settled(gateway: Running) -> None:
    """Wait until nothing is in flight."""

    def at_rest() -> bool:
        _, _, text = gateway.request("GET", "/metrics")
        lines = text.decode().splitlines()
        flying = [line for line in lines if line.startswith("mailtickets_recipients_in_flight{")]
        assert len(flying) == 3
        return all(line.endswith(" 0.0") for line in flying)

    until(at_rest, SETTLING, "nothing in flight")


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


def _each_is_one_mail(sink: Sink, storm: Storm) -> None:
    """A mail whose 250 was lost in a kill comes once more, under the same Message-ID."""
    mails = {(str(sent.message["Message-ID"]), sent.text) for sent in sink.letters()}
    assert {text for _, text in mails} == storm.answered
    assert len(mails) == len({name for name, _ in mails}) == len(storm.answered)
