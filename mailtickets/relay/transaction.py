"""One letter over one connection, without I/O: what to write, what an answer means.

    COMMANDS ──354 and a recipient──▶ BODY ──the dot is written──▶ DOT ──answer──▶ DONE
       │ └────354 and no recipient──▶ EMPTY ──a lone dot────────────▶│
       └──────────refused, 421─────────────────────────────────────▶ DONE

With PIPELINING all commands are written at once, in batches, and DATA with the last of them (RFC
2920); without it, each waits for the answer to the one before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from enum import Enum, auto

from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Bounced, Deferred, Delivered, Outcome, State
from mailtickets.relay.judging import about_host, trouble
from mailtickets.relay.replies import Answer

BATCH = 50
"""Commands written before their answers are read: no more, that neither side's buffer fills."""


class Phase(Enum):
    """Where a transaction stands."""

    COMMANDS = auto()
    BODY = auto()
    EMPTY = auto()
    DOT = auto()
    DONE = auto()


def outcome_of(failure: Permanent | Temporary, about: About = About.PEER) -> Outcome:
    """The fate of a recipient that a failure means."""
    return Bounced(failure) if isinstance(failure, Permanent) else Deferred(failure, about)


class Transaction:
    """One letter for some recipients. `outcomes` has the fate of each once it is DONE.

    `close` tells that the connection is of no more use, `reset` that it needs an RSET before the
    next letter, `answered_once` that the next hop answered at all.
    """

    def __init__(
        self,
        host: str,
        mail: bytes,
        rcpts: Sequence[tuple[Mailbox, bytes]],
        *,
        pipelining: bool,
        reset: bool = False,
    ) -> None:
        self.phase = Phase.COMMANDS
        self.outcomes: dict[Mailbox, Outcome] = {}
        self.close = False
        self.reset = False
        self.answered_once = False
        self._host = host
        self._pipelining = pipelining
        self._everybody = [recipient for recipient, _ in rcpts]
        self._accepted: list[Mailbox] = []
        self._refused = False
        steps: list[tuple[str, Mailbox | None, bytes]] = [("RSET", None, b"RSET\r\n")] * reset
        steps.append(("MAIL", None, mail))
        steps += [("RCPT", recipient, command) for recipient, command in rcpts]
        steps.append(("DATA", None, b"DATA\r\n"))
        self._plan = deque(steps)
        self._awaited: deque[tuple[str, Mailbox | None]] = deque()

    def to_write(self) -> bytes:
        """The commands to be written now; nothing while answers are awaited."""
        if self._awaited or self.phase is not Phase.COMMANDS:
            return b""
        if not self._worthwhile():
            return b""
        written = []
        for _ in range(min(BATCH if self._pipelining else 1, len(self._plan))):
            word, recipient, command = self._plan.popleft()
            self._awaited.append((word, recipient))
            written.append(command)
        return b"".join(written)

    def _worthwhile(self) -> bool:
        """Whether there is any use in going on; it is DONE when there is none."""
        at_data = self._plan and self._plan[0][0] == "DATA"
        if self._refused or (at_data and not self._accepted):
            self._end()
            return False
        return True

    def answer(self, answer: Answer) -> None:
        """The answer to the oldest command without one, or to the dot."""
        self.answered_once = True
        if self.phase is Phase.DOT:
            self._at_dot(answer)
            return
        word, recipient = self._awaited.popleft()
        if answer.code == 421:  # the next hop closes (RFC 5321 section 3.8)
            self.fail(trouble(answer, self._host, word))
            return
        if word == "MAIL":
            self._at_mail(answer)
        elif word == "RCPT" and recipient is not None:
            self._at_rcpt(recipient, answer)
        elif word == "DATA":
            self._at_data(answer)

    def _refusal(self, answer: Answer, stage: str) -> Outcome:
        """What a refusal makes of a recipient. Greylisting, for one, is no news of the host."""
        failure = trouble(answer, self._host, stage)
        return outcome_of(failure, About.PEER if about_host(answer) else About.LETTER)

    def _at_mail(self, answer: Answer) -> None:
        if not answer.good:
            self._refused = True
            self._settle(self._everybody, self._refusal(answer, "MAIL"))

    def _at_rcpt(self, recipient: Mailbox, answer: Answer) -> None:
        if answer.good and not self._refused:
            self._accepted.append(recipient)
        elif not answer.good:
            self._settle([recipient], self._refusal(answer, "RCPT"))

    def _at_data(self, answer: Answer) -> None:
        if answer.code == 354:
            # With nobody to send it to, an empty letter is sent (RFC 2920 section 3.1).
            self.phase = Phase.BODY if self._accepted else Phase.EMPTY
            return
        self._settle(self._accepted, self._refusal(answer, "DATA"))
        self.close |= answer.good or (answer.code in {500, 503} and bool(self._accepted))
        self._end()

    def dotted(self) -> None:
        """The dot was written."""
        self.phase = Phase.DOT

    def _at_dot(self, answer: Answer) -> None:
        outcome: Outcome
        if answer.good:
            outcome = Delivered(State.RELAYED, note=f"{self._host} said: {answer.words}")
        else:
            outcome = self._refusal(answer, "the dot")
        self._settle(self._accepted, outcome)
        self.close |= answer.code == 421
        self.phase = Phase.DONE

    def fail(self, failure: Permanent | Temporary) -> None:
        """It cannot go on: whoever has no fate yet gets this one."""
        self._settle(self._everybody, outcome_of(failure))
        self.close = True
        self.phase = Phase.DONE

    def _end(self) -> None:
        self.reset = True
        self.phase = Phase.DONE

    def _settle(self, recipients: Sequence[Mailbox], outcome: Outcome) -> None:
        for recipient in recipients:
            self.outcomes.setdefault(recipient, outcome)
