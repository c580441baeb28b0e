"""Sends letters and answers for a while, kills the gateway now and then, and counts what came.

`python -m tests.soak SECONDS`, or `make soak FOR=SECONDS`. Its status is 0 when every letter that
was acknowledged is one ticket, and every answer that was is one letter at the smart host.
"""

from __future__ import annotations

import http.client
import random
import smtplib
import sys
import tempfile
import time
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

from tests.journeys.peers import Sink
from tests.journeys.running import Running, until
from tests.journeys.test_seed import NEW

GONE = (OSError, smtplib.SMTPException, http.client.HTTPException, AssertionError)
LIFE = (3.0, 12.0)  # seconds between two kills, from and to


def _letter(number: int) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = f"Letter {number}"
    made["Message-ID"] = f"<{number}@soak.example>"
    made.set_content(f"This is letter {number}.")
    return made


def _once(running: Running, number: int) -> bool:
    """Hand letter `number` in, and answer some ticket. Whether the letter was acknowledged."""
    code, _ = running.send(_letter(number), "nic@ferrier", NEW)
    return code == 250


def _answered(running: Running, key: str) -> bool:
    running.say(key, f"Answer to {key}", Idempotency_Key=f"answer-{key}")
    return True


def main(seconds: float) -> int:
    """The status: 0 when all is well."""
    chance = random.Random(1)  # the kills come at the same times again
    with (
        tempfile.TemporaryDirectory() as place,
        Sink() as sink,
        Running(Path(place) / "state", "--relay", sink.url) as running,
    ):
        return _soaked(running, sink, chance, seconds)


def _soaked(running: Running, sink: Sink, chance: random.Random, seconds: float) -> int:
    acknowledged: set[int] = set()
    answers: set[str] = set()
    number = kills = 0
    end = time.monotonic() + seconds
    death = time.monotonic() + chance.uniform(*LIFE)
    while time.monotonic() < end:
        if time.monotonic() > death:
            running.kill()
            running.start()
            kills += 1
            death = time.monotonic() + chance.uniform(*LIFE)
        number += 1
        try:
            if _once(running, number):
                acknowledged.add(number)
            if number % 10 == 0:
                key = running.tickets()[-1]["key"]
                if key not in answers and _answered(running, key):
                    answers.add(key)
        except GONE as why:
            print(f"letter {number}: {why!r}", file=sys.stderr)  # noqa: T201
    until(lambda: len(running.tickets()) >= len(acknowledged), 120, "the tickets")
    until(lambda: len(sink.letters()) >= len(answers), 120, "the answers")
    return _count(running, sink, acknowledged, answers, kills)


def _count(
    running: Running, sink: Sink, acknowledged: set[int], answers: set[str], kills: int
) -> int:
    opened = Counter(ticket["subject"] for ticket in running.tickets())
    lost = [one for one in acknowledged if not opened[f"Letter {one}"]]
    doubled = [subject for subject, count in opened.items() if count > 1]
    mailed = Counter(letter.text for letter in sink.letters())
    unanswered = [key for key in answers if not mailed[f"Answer to {key}"]]
    again = len(sink.letters()) - len({letter.message["Message-ID"] for letter in sink.letters()})
    print(  # noqa: T201
        f"{len(acknowledged)} letters acknowledged, {len(answers)} answers, {kills} kills: "
        f"{len(lost)} letters lost, {len(doubled)} doubled, {len(unanswered)} answers lost, "
        f"{again} sent again under the same Message-ID"
    )
    return 1 if lost or doubled or unanswered else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
