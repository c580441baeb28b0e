"""What each command does to a session (RFC 5321 section 4.1.1), one function each.

A function may raise Refused; the session answers with the reply and counts an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mailtickets.smtp import events, grammar, replies
from mailtickets.smtp.parameters import Refused
from mailtickets.smtp.states import BEGIN, CHALLENGE, RECIPIENT, SENDER

if TYPE_CHECKING:
    from mailtickets.smtp.session import Session

IN_VAIN = 1000
"""Chunks that may be in the pipeline behind a letter that failed (RFC 3030 section 2)."""


def _no_argument(argument: bytes) -> None:
    if argument:
        raise Refused(replies.BAD_ARGUMENTS)


def ehlo(session: Session, argument: bytes) -> None:
    """EHLO: a new beginning (RFC 5321 section 4.1.4)."""
    if session.offer.lmtp:
        raise Refused(replies.UNKNOWN_COMMAND)  # RFC 2033 section 4.1
    _hello(session, argument, extended=True)


def lhlo(session: Session, argument: bytes) -> None:
    """LHLO: LMTP's EHLO (RFC 2033 section 4.1)."""
    if not session.offer.lmtp:
        raise Refused(replies.UNKNOWN_COMMAND)
    _hello(session, argument, extended=True)


def helo(session: Session, argument: bytes) -> None:
    """HELO: for those who know no extensions."""
    if session.offer.lmtp:
        raise Refused(replies.UNKNOWN_COMMAND)
    _hello(session, argument, extended=False)


def _hello(session: Session, argument: bytes, *, extended: bool) -> None:
    session.helo = grammar.hello(argument)
    session.esmtp = extended
    session.forget_letter()
    session.tell(events.Hello(session.helo))
    session.say(session.offer.ehlo if extended else session.offer.helo)


def mail(session: Session, argument: bytes) -> None:
    """MAIL: who sends."""
    if not session.helo:
        raise Refused(replies.NO_LHLO if session.offer.lmtp else replies.NO_HELLO)
    if session.transaction is not None:
        raise Refused(replies.NESTED_MAIL)
    if session.letters >= session.limits.messages and not session.unmetered:
        session.shut(replies.TOO_MANY_MESSAGES, "enough letters")
        return
    session.in_vain = IN_VAIN
    sender, parameters = grammar.mail(argument, session.offer.parameters)
    session.ask(SENDER, events.SenderGiven(sender, parameters))


def rcpt(session: Session, argument: bytes) -> None:
    """RCPT: who is written to."""
    under_way = session.transaction
    if under_way is None or session.receiving:
        raise Refused(replies.NO_SENDER if under_way is None else replies.BAD_SEQUENCE)
    if len(under_way.recipients) >= session.limits.recipients:
        session.say(replies.TOO_MANY_RECIPIENTS)  # RFC 5321 section 4.5.3.1.10
        return
    recipient, wishes = grammar.rcpt(argument, utf8=under_way.parameters.utf8)
    if recipient in under_way.wishes:
        under_way.recipients.append(recipient)  # said twice: answered twice, delivered once
        session.say(replies.RECIPIENT_OK)
        return
    session.ask(RECIPIENT, events.RecipientGiven(recipient, wishes))


def data(session: Session, argument: bytes) -> None:
    """DATA: the letter itself, to the dot."""
    _no_argument(argument)
    under_way = session.transaction
    if under_way is None:
        raise Refused(replies.NO_SENDER)
    if not under_way.recipients:
        raise Refused(replies.NO_RECIPIENT)
    if session.receiving or under_way.parameters.body == "BINARYMIME":
        raise Refused(replies.BAD_SEQUENCE)  # RFC 3030 sections 2 and 3
    session.ask(BEGIN, events.LetterBegins())


def bdat(session: Session, argument: bytes) -> None:
    """BDAT: a chunk of the letter (RFC 3030 section 2). Its octets are read whatever happens."""
    size, last = grammar.bdat(argument)
    under_way = session.transaction
    refusal = None
    if under_way is None:
        refusal = replies.NO_SENDER
    elif not under_way.recipients:
        refusal = replies.NO_RECIPIENT
    session.expect_chunk(size, last=last, refusal=refusal)


def rset(session: Session, argument: bytes) -> None:
    """RSET: no letter, but the same peer."""
    _no_argument(argument)
    session.forget_letter()
    session.say(replies.OK)


def noop(session: Session, _argument: bytes) -> None:
    """NOOP: any argument is fine (RFC 5321 section 4.1.1.9)."""
    session.say(replies.OK)


def quit_(session: Session, argument: bytes) -> None:
    """QUIT: the end that both sides want."""
    _no_argument(argument)
    session.shut(replies.BYE, "quit")


def help_(session: Session, _argument: bytes) -> None:
    """HELP."""
    session.say(replies.HELP)


def vrfy(session: Session, argument: bytes) -> None:
    """VRFY: the same answer for everybody, so that nobody learns who is here (section 7.3)."""
    if not argument:
        raise Refused(replies.BAD_ARGUMENTS)
    session.say(replies.CANNOT_VERIFY)


def expn(session: Session, _argument: bytes) -> None:
    """EXPN: there are no lists."""
    session.error(replies.NOT_HERE)


def starttls(session: Session, argument: bytes) -> None:
    """STARTTLS (RFC 3207 section 4)."""
    _no_argument(argument)
    if session.offer.encrypted:
        raise Refused(replies.BAD_SEQUENCE)
    if not session.offer.tls:
        raise Refused(replies.NOT_HERE)
    session.forget_letter()
    session.say_ready_for_tls()


def auth(session: Session, argument: bytes) -> None:
    """AUTH (RFC 4954 section 4)."""
    offer = session.offer
    if not offer.mechanisms:
        raise Refused(replies.NOT_HERE)
    if not session.esmtp or session.authenticated or session.transaction is not None:
        raise Refused(replies.BAD_SEQUENCE if session.helo else replies.NO_HELLO)
    if not offer.auth:
        raise Refused(replies.AUTH_NEEDS_TLS)
    mechanism, initial = grammar.auth(argument)
    if mechanism not in offer.mechanisms:
        raise Refused(replies.AUTH_UNKNOWN)
    session.ask(CHALLENGE, events.AuthBegins(mechanism, initial))


VERBS: Mapping[bytes, Callable[[Session, bytes], None]] = {
    b"EHLO": ehlo,
    b"HELO": helo,
    b"LHLO": lhlo,
    b"MAIL": mail,
    b"RCPT": rcpt,
    b"DATA": data,
    b"BDAT": bdat,
    b"RSET": rset,
    b"NOOP": noop,
    b"QUIT": quit_,
    b"HELP": help_,
    b"VRFY": vrfy,
    b"EXPN": expn,
    b"STARTTLS": starttls,
    b"AUTH": auth,
}
