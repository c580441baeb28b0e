"""What the server says: a reply, its octets, and the reply that a failure becomes."""

from __future__ import annotations

import re
from functools import cached_property

from attrs import define

from mailtickets.errors import Permanent, Temporary, Trouble

LINE_OCTETS = 512  # RFC 5321 section 4.5.3.1.5, CRLF included

_UNFIT = re.compile(r"[^ -~]")


@define(frozen=True, slots=False)
class Reply:
    """A code, an enhanced status where the RFCs give one, and lines of text for a person.

    `enhanced` is the whole status ("5.1.1") or empty. Whatever the text holds, only printable
    ASCII leaves, in lines of 512 octets at most.
    """

    code: int
    enhanced: str = ""
    text: str = ""

    @property
    def positive(self) -> bool:
        """Whether it says yes (2yz) or go on (3yz)."""
        return self.code < 400

    @cached_property
    def octets(self) -> bytes:
        """The reply as it goes over the wire, CRLF included (RFC 5321 section 4.2.1)."""
        text = self.text
        status = f"{self.enhanced} " if self.enhanced else ""  # RFC 2034: on every line
        if len(text) < 400 and text.isascii() and text.isprintable():
            return f"{self.code} {status}{text}\r\n".encode("ascii")
        lines = text.split("\n")
        room = LINE_OCTETS - 6 - len(status)
        parts = []
        for number, line in enumerate(lines, 1):
            sign = " " if number == len(lines) else "-"
            shown = _UNFIT.sub("?", line)[:room]
            parts.append(f"{self.code}{sign}{status}{shown}".rstrip(" ") + "\r\n")
        return "".join(parts).encode("ascii")


_PERMANENT = {
    "1.0": 550, "1.1": 550, "1.2": 550, "1.6": 550,
    "1.3": 501, "1.7": 501, "1.8": 501, "5.4": 501,
    "2.2": 552, "2.3": 552, "3.4": 552,
    "6.7": 553,
    "7.8": 535,
    "5.0": 554, "4.6": 554, "6.0": 554, "3.0": 554, "4.0": 554,
}  # fmt: skip
_TEMPORARY = {"3.1": 452, "2.2": 452, "5.3": 452, "3.2": 421, "7.8": 454}


def reply_to(trouble: Trouble) -> Reply:
    """The reply that a failure becomes: design section 10, RFC 3463 and 5321 section 4.2.3."""
    if isinstance(trouble, Temporary):
        return Reply(_TEMPORARY.get(trouble.status, 451), trouble.enhanced, trouble.text)
    if isinstance(trouble, Permanent):
        return Reply(_PERMANENT.get(trouble.status, 550), trouble.enhanced, trouble.text)
    return SURPRISE


def accepted(identity: str) -> Reply:
    """The answer to a letter that is durable. It carries the id that log and page show."""
    reply = Reply(250, "2.0.0", f"Accepted, id {identity}")
    if identity.isascii() and identity.isalnum() and len(identity) < 100:
        # As `octets` would make it, at a quarter of the price; no letter does without.
        reply.__dict__["octets"] = f"250 2.0.0 {reply.text}\r\n".encode("ascii")
    return reply


OK = Reply(250, "2.0.0", "OK")
SENDER_OK = Reply(250, "2.1.0", "Sender OK")
RECIPIENT_OK = Reply(250, "2.1.5", "Recipient OK")
START_DATA = Reply(354, "", "Start mail input; end with <CRLF>.<CRLF>")
SURPRISE = Reply(451, "4.3.0", "Something unforeseen went wrong here; please try again later")
TLS_READY = Reply(220, "2.0.0", "Ready to start TLS")
BYE = Reply(221, "2.0.0", "Goodbye")
HELP = Reply(214, "2.0.0", "See RFC 5321. This server receives mail for a ticketing system")
CANNOT_VERIFY = Reply(252, "2.1.5", "Send some mail, and it will be tried")
NOT_HERE = Reply(502, "5.5.1", "Command not implemented")
UNKNOWN_COMMAND = Reply(500, "5.5.1", "Command unrecognised")
BAD_LINE = Reply(500, "5.5.2", "A command is printable and ends with CRLF")
LINE_TOO_LONG = Reply(500, "5.5.2", "Line too long")
AUTH_LINE_TOO_LONG = Reply(500, "5.5.6", "Line too long")  # RFC 4954 section 6
BAD_ARGUMENTS = Reply(501, "5.5.4", "Syntax error in arguments")
BAD_PARAMETER = Reply(555, "5.5.4", "Parameter not recognised or not implemented")
NO_HELLO = Reply(503, "5.5.1", "Say who you are first: EHLO")
NO_LHLO = Reply(503, "5.5.1", "Say who you are first: LHLO")
NO_SENDER = Reply(503, "5.5.1", "MAIL first")
NO_RECIPIENT = Reply(503, "5.5.1", "RCPT first: no valid recipients")
NESTED_MAIL = Reply(503, "5.5.1", "A letter is under way already")
BAD_SEQUENCE = Reply(503, "5.5.1", "Bad sequence of commands")
TOO_BIG = Reply(552, "5.3.4", "Letter too big")
HEADER_TOO_BIG = Reply(552, "5.3.4", "Header too big")
TOO_MANY_HOPS = Reply(554, "5.4.6", "Too many hops: this letter goes in circles")
BARE_NEWLINE = Reply(550, "5.5.2", "Bare CR or LF in the letter; lines end with CRLF")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients; send the letter to the rest again")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors")
TOO_MANY_UNKNOWN = Reply(421, "4.7.0", "Too many unknown recipients")
TOO_MANY_MESSAGES = Reply(421, "4.3.2", "Enough letters for one connection; connect again")
TOO_MANY_FROM_SENDER = Reply(451, "4.7.1", "Too many letters from this sender; try again later")
TOO_MANY_CONNECTIONS = Reply(421, "4.7.0", "Too many connections; try again later")
NOT_SMTP = Reply(554, "5.5.0", "This is a mail server")
EARLY_TALKER = Reply(554, "5.5.0", "You spoke before the greeting")
TIMED_OUT = Reply(421, "4.4.2", "Timed out waiting for you")
TOO_SLOW = Reply(421, "4.4.2", "Too slow")
CONNECTION_TOO_LONG = Reply(421, "4.4.2", "This connection has lasted too long")
SHUTTING_DOWN = Reply(421, "4.3.2", "Shutting down; try again soon")
NO_ANSWER = Reply(451, "4.4.5", "Nobody here can answer now; try again later")
CUT_OFF = Reply(451, "4.4.2", "Nobody was there to hear what became of the letter")
NEEDS_TLS = Reply(530, "5.7.0", "STARTTLS first")
AUTH_NEEDS_TLS = Reply(538, "5.7.11", "STARTTLS first: no passwords in the clear")
AUTH_UNKNOWN = Reply(504, "5.5.4", "Unknown mechanism")
AUTH_CANCELLED = Reply(501, "5.7.0", "Authentication cancelled")
AUTH_NOT_BASE64 = Reply(501, "5.5.2", "Not base64")
AUTH_OK = Reply(235, "2.7.0", "Authenticated")
AUTH_FAILED = Reply(535, "5.7.8", "Wrong name or password")
AUTH_UNAVAILABLE = Reply(454, "4.7.0", "Cannot check passwords now; try again later")
AUTH_TOO_OFTEN = Reply(454, "4.7.0", "Too many failures of AUTH from your address; try later")
TLS_UNAVAILABLE = Reply(454, "4.7.0", "TLS not available now")
