"""One SMTP or LMTP session, without any I/O: octets in, events and replies out.

The protocol of its use, which `mailtickets.smtpd.protocol` and the tests follow:

    session.greet()
    session.receive(octets)          # as they come, cut anywhere
    while event := session.next():   # one at a time; None: nothing to do for now
        ...                          # meet it; some events ask for an answer
    transport.write(session.take_output())

An event that asks (`mailtickets.smtp.events` says which do) stops the session until it is answered
by `answer`, `answer_each`, `go_ahead`, `challenge` or `encrypted`. So commands are carried out one
at a time and replies go out in order, however the octets were pipelined (RFC 2920 section 3.2).
No octets whatever make it raise.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Sequence
from typing import Any

from mailtickets.smtp import events, phases, replies
from mailtickets.smtp.data import Dots
from mailtickets.smtp.extensions import Offer
from mailtickets.smtp.grammar import is_foreign
from mailtickets.smtp.intake import Intake
from mailtickets.smtp.lines import Inbox, Odd
from mailtickets.smtp.parameters import Refused
from mailtickets.smtp.replies import Reply
from mailtickets.smtp.states import (
    BDAT,
    BEGIN,
    CHALLENGE,
    COMMAND,
    DATA,
    END,
    GREETING,
    OVER,
    RECIPIENT,
    RESPONSE,
    SENDER,
    TLS,
    Question,
)
from mailtickets.smtp.transaction import Transaction
from mailtickets.smtp.verbs import VERBS


class Session:
    """The server's side of one connection.

    `unmetered` lifts the bound on letters per connection. `mend_newlines` turns bare newlines into
    CRLF instead of refusing the letter.
    """

    def __init__(
        self, offer: Offer, *, unmetered: bool = False, mend_newlines: bool = False
    ) -> None:
        self.offer = offer
        self.limits = offer.limits
        self.unmetered = unmetered
        self.mend_newlines = mend_newlines
        self.helo = ""
        self.esmtp = False
        self.authenticated = False
        self.transaction: Transaction | None = None
        self.commands = 0  # lines carried out, or answered at least
        self.errors = 0
        self.unknown_recipients = 0
        self.auth_failures = 0
        self.letters = 0
        self.state = GREETING
        self.question: Question | None = None
        self.inbox = Inbox()
        self.told: deque[events.Event] = deque()  # events that nobody has met yet
        self.output: list[bytes] = []  # what is to be written, in pieces
        self.idle = False  # the next octets begin a command, and nothing is before them
        self._retiring: Reply | None = None
        self._asked: events.Event | None = None
        # A letter in the data phase
        self.receiving = False  # it has begun and not ended
        self.intake: Intake | None = None  # what is noted of it, once it needs notes
        self.dropped = False
        self.dots: Dots | None = None
        self.left = 0
        self.last = False
        self.chunk_reply: Reply | None = None
        self.in_vain = 0  # chunks behind a letter that failed, which are no errors

    # What the connection does

    def greet(self) -> None:
        """Say the first words. Octets that came earlier end the session."""
        if len(self.inbox):
            self.shut(replies.EARLY_TALKER, "early talker")
        elif self.state is GREETING:
            self.say(self.offer.greeting)
            self.state = COMMAND

    def receive(self, octets: bytes) -> None:
        """Octets have come."""
        if self.idle:
            # One whole command and nothing else is what most peers send most of the time.
            self.idle = False
            if len(octets) <= self.limits.command_line and octets.endswith(b"\r\n"):
                lines = octets.splitlines()  # at every CR and LF: a bare one makes two of them
                if len(lines) == 1 and b"\0" not in octets:
                    self.commands += 1
                    self._carry_out(lines[0])
                    return
            self.inbox.add(octets)
        elif self.state is GREETING:
            self.shut(replies.EARLY_TALKER, "early talker")
        elif self.state is not OVER:
            self.inbox.add(octets)

    def next(self) -> events.Event | None:
        """The next event; None when there is none before more octets, or an answer, come."""
        told = self.told
        return told.popleft() if told or self.go_on() else None

    def go_on(self) -> bool:
        """Look at octets until there is an event in `told`; False when there is none."""
        told = self.told
        while not told:
            if self.question is not None:
                return False
            if self.state is COMMAND and self._retiring is None:
                inbox = self.inbox
                if not inbox.octets:
                    self.idle = inbox.skipping is None
                    return False
                if not self._command():
                    return False
            elif self.state is DATA and not self.inbox.octets:
                return False  # the peer has just been told to go ahead
            elif not self._step():
                return False
        return True

    def take_output(self) -> bytes:
        """What is to be written now; empty when nothing is."""
        output = self.output
        if not output:
            return b""
        octets = output[0] if len(output) == 1 else b"".join(output)
        output.clear()
        return octets

    @property
    def waiting(self) -> int:
        """How many octets have come that were not looked at: to be kept small by pausing."""
        return len(self.inbox)

    @property
    def in_data(self) -> bool:
        """Whether the next octets belong to a letter or a chunk."""
        return self.state is DATA or self.state is BDAT

    def shut(self, reply: Reply | None, why: str) -> None:
        """End the session now, with a last reply."""
        if self.state is OVER:
            return
        if reply is not None:
            self.say(reply)
        self.told.clear()
        if self.receiving and not self.dropped:
            self.told.append(events.LetterDropped())
        self.told.append(events.Closed(why))
        self.state = OVER
        self.idle = False
        self.question = None
        self.inbox.clear()
        self.forget()

    def retire(self, reply: Reply) -> None:
        """End the session with `reply` as soon as no letter is being received."""
        self._retiring = reply
        self.idle = False

    # What the application answers

    def answer(self, reply: Reply) -> None:
        """The application's answer to what was asked."""
        question, self.question = self.question, None
        asked: Any = self._asked
        if reply.code < 400 and (question is RECIPIENT or question is SENDER):
            if question is SENDER:
                self.transaction = Transaction(asked.sender, asked.parameters)
            elif (under_way := self.transaction) is not None:
                under_way.recipients.append(asked.recipient)
                under_way.wishes[asked.recipient] = asked.wishes
            self.output.append(reply.octets)
        elif question is RECIPIENT:
            self._recipient_refused(reply)
        elif question is SENDER:
            self.say(reply)
        elif question is BEGIN:
            self._begin_refused(reply)
        elif question is END:
            self.letter_over(reply)
        elif question is CHALLENGE:
            self._auth_answered(reply)
        elif question is TLS:
            self.say(reply)

    def answer_each(self, each: Sequence[Reply]) -> None:
        """One answer for each accepted RCPT, in their order (RFC 2033 section 4.2)."""
        if self.question is END:
            self.question = None
            for reply in each:
                self.say(reply)
            self.forget()

    def go_ahead(self) -> None:
        """The letter that begins is wanted."""
        if self.question is not BEGIN or self.transaction is None:
            return
        self.question = None
        self.receiving = True
        self.letters += 1
        if self.state is COMMAND:
            self.state = DATA
            self.output.append(replies.START_DATA.octets)
        else:
            self.begin_intake()

    def fail_letter(self, reply: Reply) -> None:
        """The letter cannot be taken after all: the rest is thrown away, `reply` is its answer."""
        if not self.receiving:
            return
        (self.intake or self.begin_intake()).refuse(reply)
        self.dropped = True
        self.told.clear()  # chunks, and perhaps its end: nobody wants them now
        if self.question is END:
            self.question = None
            self.letter_over(reply)

    def challenge(self, octets: bytes) -> None:
        """Ask the peer for the next response (RFC 4954 section 4)."""
        if self.question is CHALLENGE:
            self.question = None
            self.state = RESPONSE
            self.say(Reply(334, "", base64.b64encode(octets).decode("ascii")))

    def encrypted(self, offer: Offer) -> None:
        """TLS has begun. Nothing that was said before survives (RFC 3207 section 4.2)."""
        self.offer = offer
        self.question = None
        self.helo = ""
        self.esmtp = False
        self.authenticated = False
        self.inbox.clear()
        self.forget()

    # What the verbs use

    def say(self, reply: Reply) -> None:
        """Have a reply written."""
        self.output.append(reply.octets)

    def tell(self, event: events.Event) -> None:
        """Have an event told."""
        self.told.append(event)

    def ask(self, question: Question, event: events.Event) -> None:
        """Have an event told, and wait for its answer."""
        self.question = question
        self._asked = event
        self.told.append(event)

    def error(self, reply: Reply) -> None:
        """Answer a command that is none, or comes at the wrong time."""
        self.errors += 1
        if self.errors > self.limits.errors:
            self.shut(replies.TOO_MANY_ERRORS, "too many errors")
        else:
            self.say(reply)

    def forget_letter(self) -> None:
        """RSET, or a new EHLO: whatever letter was under way is not to be."""
        if self.receiving and not self.dropped:
            self.told.append(events.LetterDropped())
        self.forget()

    def say_ready_for_tls(self) -> None:
        """Whatever has come after STARTTLS came in the clear, and is not looked at."""
        self.inbox.clear()
        self.say(replies.TLS_READY)
        self.ask(TLS, events.StartTLS())

    def begin_intake(self) -> Intake:
        """Begin to keep notes on the letter that is received."""
        under_way = self.transaction
        binary = under_way is not None and under_way.parameters.body == "BINARYMIME"
        self.intake = intake = Intake(self.limits, mend=self.mend_newlines, binary=binary)
        return intake

    def expect_chunk(self, size: int, *, last: bool, refusal: Reply | None) -> None:
        """BDAT: the next `size` octets are a chunk; with `refusal` they are thrown away."""
        self.left = size
        self.last = last
        self.chunk_reply = refusal
        self.state = BDAT
        if refusal is None and not self.receiving:
            self.ask(BEGIN, events.LetterBegins())

    # One step of each state; False: more octets are needed

    def _step(self) -> bool:
        state = self.state
        if state is COMMAND:
            if self._retiring is None or self.receiving:
                return self._command()
            self.shut(self._retiring, "retired")
            return True
        if state is DATA:
            return phases.data(self)
        if state is BDAT:
            return phases.chunk(self)
        return state is RESPONSE and phases.auth(self)

    def _command(self) -> bool:
        line = self.inbox.line(self.limits.command_line, self.limits.auth_line)
        if line is None:
            return False
        self.commands += 1
        if type(line) is not bytes:
            too_long = line is Odd.TOO_LONG
            self.error(replies.LINE_TOO_LONG if too_long else replies.BAD_LINE)
            return True
        self._carry_out(line)
        return True

    def _carry_out(self, line: bytes) -> None:
        verb, _, argument = line.partition(b" ")
        carry_out = VERBS.get(verb) or VERBS.get(verb.upper())
        if carry_out is None:
            verb = verb.upper()
            if is_foreign(verb):
                self.shut(replies.NOT_SMTP, "another protocol")
            else:
                self.error(replies.UNKNOWN_COMMAND if verb.isalnum() else replies.BAD_LINE)
            return
        try:
            carry_out(self, argument.rstrip(b" \t"))
        except Refused as refused:
            self.error(refused.reply)

    # Parts of steps

    def letter_over(self, reply: Reply) -> None:
        """The letter has its answer: in LMTP one for each recipient (RFC 2033 section 4.2)."""
        if self.offer.lmtp and self.transaction is not None:
            for _ in self.transaction.recipients:
                self.say(reply)
        else:
            self.say(reply)
        self.forget()

    def _begin_refused(self, reply: Reply) -> None:
        self.transaction = None
        if self.state is BDAT:
            self.chunk_reply = reply
        else:
            self.say(reply)

    def _recipient_refused(self, reply: Reply) -> None:
        if reply.code >= 500:
            self.unknown_recipients += 1
            if self.unknown_recipients >= self.limits.unknown_recipients:
                self.shut(replies.TOO_MANY_UNKNOWN, "too many unknown recipients")
                return
        self.say(reply)

    def _auth_answered(self, reply: Reply) -> None:
        if reply.positive:
            self.authenticated = True
        elif reply.code == 535:
            self.auth_failures += 1
            if self.auth_failures >= self.limits.auth_failures:
                self.shut(replies.TOO_MANY_ERRORS, "too many failures of AUTH")
                return
        self.say(reply)

    def forget(self) -> None:
        """No letter is under way."""
        self.transaction = None
        self.receiving = False
        self.intake = None
        self.dots = None
        self.dropped = False
        self._asked = None
