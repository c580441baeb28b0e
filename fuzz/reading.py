"""Octets that no one thought of are read: the reading must not raise, lose or take long.

    python -m fuzz.reading [-max_total_time=60 and other options of libFuzzer] [DIRECTORY]

DIRECTORY holds letters to begin with.

Without one it begins with letters that the tests make. A finding is written to a file
whose name libFuzzer prints; give that file instead of a directory to see it again.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mailtickets.mail"]):
    # Those that `read` imports when it needs them are imported here, so that they are watched too.
    from mailtickets.mail import forwarded, quoting, reading, tongue  # noqa: F401
    from mailtickets.mail.identifiers import identifiers
    from mailtickets.mail.message import read
    from mailtickets.mail.structure import Scanner, scanned

from tests.mail import hostile
from tests.mail.ordinary import letter

SECONDS = 2.0
"""More than this for so small a letter means that something is not linear (instrumented code)."""


def one(octets: bytes) -> None:
    """What must hold for any octets."""
    began = time.process_time()
    message = read(octets)
    assert not any("could not be read" in remark for remark in message.remarks), message.remarks
    covered = "".join(message.text[span.start : span.end] for span in message.spans)
    assert covered == message.text
    assert isinstance(message.new_text, str)
    _ = message.forwarded, message.language, message.html
    for attached in message.attachments:
        assert not set(attached.name) & set("/\\\0\r\n")
    identifiers(octets)
    _cut(octets)
    assert time.process_time() - began < SECONDS, "slow"


def _cut(octets: bytes) -> None:
    """The parts are the same when the letter comes in two pieces."""
    middle = len(octets) // 2
    scanner = Scanner()
    scanner.feed(octets[:middle])
    scanner.feed(octets[middle:])
    places = [(node.start, node.end) for node in scanner.close().leaves()]
    assert places == [(node.start, node.end) for node in scanned(octets).leaves()]


def seeds(folder: Path) -> None:
    """Letters to begin with."""
    chance = random.Random(1)  # noqa: S311 - nothing is kept secret with it
    letters = [letter(chance)[0] for _ in range(100)]
    letters += hostile.SMALL.values()
    letters += [octets[:2000] for octets in hostile.LETTERS.values()]
    for number, octets in enumerate(letters):
        (folder / f"{number}.eml").write_bytes(octets)


def main() -> None:
    """Run the target."""
    arguments = sys.argv
    if all(argument.startswith("-") for argument in arguments[1:]):
        folder = Path(tempfile.mkdtemp(prefix="mailtickets-fuzz-"))
        seeds(folder)
        arguments = [*arguments, str(folder)]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
