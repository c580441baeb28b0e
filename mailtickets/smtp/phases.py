"""What a session does with octets that are no command: a letter, a chunk, a response to AUTH.

Each function is one step, and says False when more octets are needed for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtickets.smtp import events, replies
from mailtickets.smtp.data import Dots
from mailtickets.smtp.grammar import from_base64
from mailtickets.smtp.intake import Intake
from mailtickets.smtp.lines import Odd
from mailtickets.smtp.parameters import Refused
from mailtickets.smtp.replies import Reply
from mailtickets.smtp.states import CHALLENGE, COMMAND, END
from mailtickets.smtp.whole import whole

if TYPE_CHECKING:
    from mailtickets.smtp.session import Session


def data(session: Session) -> bool:
    """Octets of a letter after DATA, up to its dot."""
    octets = session.inbox.take()
    if not octets or not session.receiving:
        return False
    intake, dots = session.intake, session.dots
    if intake is None or dots is None:
        letter = whole(octets, session.limits)
        if letter is not None:
            session.state = COMMAND
            session.tell(events.Chunk(letter))
            session.ask(END, events.LetterEnds(len(letter)))
            return True
        intake = session.begin_intake()
        session.dots = dots = Dots()
    sure, rest = dots.feed(octets)
    _hand_on(session, intake, sure, final=rest is not None)
    if rest is not None:
        if rest:
            session.inbox.put_back(rest)
        _end(session)
    return True


def chunk(session: Session) -> bool:
    """Octets of a chunk after BDAT (RFC 3030 section 2)."""
    octets = session.inbox.take(session.left) if session.left else b""
    if session.left and not octets:
        return False
    session.left -= len(octets)
    complete = not session.left
    if session.chunk_reply is not None:
        if complete:
            session.state = COMMAND
            if session.in_vain:  # RFC 3030 section 2: discarded, not held against the peer
                session.in_vain -= 1
                session.say(session.chunk_reply)
            else:
                session.error(session.chunk_reply)
        return True
    intake = session.intake
    if intake is None:
        return False
    _hand_on(session, intake, octets, final=complete and session.last)
    if not complete:
        return True
    if session.last:
        _end(session)
    elif intake.failure is not None:
        session.state = COMMAND
        _tell_refusal(session, intake)
        session.say(intake.failure)
        session.forget()
    else:
        session.state = COMMAND
        session.say(Reply(250, "2.0.0", f"{intake.size} octets received"))
    return True


def auth(session: Session) -> bool:
    """A response to a challenge (RFC 4954 section 4)."""
    longest = session.limits.auth_line
    line = session.inbox.line(longest, longest, auth=True)
    if line is None:
        return False
    session.commands += 1
    session.state = COMMAND
    if isinstance(line, Odd):
        session.tell(events.AuthCancelled())
        session.error(replies.AUTH_LINE_TOO_LONG if line is Odd.TOO_LONG else replies.BAD_LINE)
    elif line == b"*":  # RFC 4954 section 4
        session.tell(events.AuthCancelled())
        session.error(replies.AUTH_CANCELLED)
    else:
        try:
            response = from_base64(line)
        except Refused as refused:
            session.tell(events.AuthCancelled())
            session.error(refused.reply)
        else:
            session.ask(CHALLENGE, events.AuthResponse(response))
    return True


def _hand_on(session: Session, intake: Intake, octets: bytes, *, final: bool) -> None:
    taken = intake.take(octets, final=final)
    if intake.failure is not None:
        if not session.dropped:
            session.dropped = True
            session.tell(events.LetterDropped())
    elif taken:
        session.tell(events.Chunk(taken))


def _end(session: Session) -> None:
    session.state = COMMAND
    if session.intake is None:
        return
    if session.intake.failure is None:
        session.ask(END, events.LetterEnds(session.intake.size))
    else:
        _tell_refusal(session, session.intake)
        session.letter_over(session.intake.failure)


def _tell_refusal(session: Session, intake: Intake) -> None:
    """What the application said itself it need not be told."""
    if intake.failure is not None and not intake.said:
        session.tell(events.LetterRefused(intake.failure, intake.size))
