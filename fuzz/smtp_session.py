"""A coverage-guided run against the SMTP session: whatever comes, it answers and never raises.

    python -m fuzz.smtp_session [libFuzzer's options, such as -max_total_time=60] [CORPUS]

Seeds are in fuzz/corpus/smtp_session; what the fuzzer finds it adds to the first CORPUS named.

The first octet chooses the kind of session, the second how the rest is cut into segments. Each
input is also sent whole, and must give the same events and the same replies.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["mailtickets"]):
    from tests.smtp.talk import talk

KINDS = (
    {},
    {"lmtp": True},
    {"encrypted": True},
    {"mend_newlines": True},
    {"auth_in_clear": True},
    {"limits": {"message_size": 30, "hops": 2, "header_size": 60, "recipients": 2, "messages": 3}},
)
LONGEST_LINE = 512


def happened(kind: dict, pieces: list[bytes]) -> tuple:
    """Everything that a session told and said."""
    found = talk(**kind)
    found.say(pieces)
    for line in found.output.split(b"\r\n"):
        if len(line) + 2 > LONGEST_LINE or not all(32 <= octet < 127 for octet in line):
            raise AssertionError(line)
    return found.told, found.output, found.letters


def one_input(data: bytes) -> None:
    """One run of the fuzzer."""
    if len(data) < 2:
        return
    kind, size, octets = KINDS[data[0] % len(KINDS)], data[1] % 32 + 1, data[2:]
    pieces = [octets[start : start + size] for start in range(0, len(octets), size)]
    cut, whole = happened(kind, pieces), happened(kind, [octets])
    # After STARTTLS what came with it is thrown away: there it matters how the octets were cut.
    if b"STARTTLS" not in octets.upper() and cut != whole:
        raise AssertionError((kind, size, octets))


def main() -> None:
    """Run."""
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
