"""Commands and their arguments (RFC 5321 section 4.1): octets in, values or a refusal out."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

from mailtickets.errors import Permanent
from mailtickets.mail.envelope import Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtp.parameters import MailParameters, Offered, Refused, for_mail, for_rcpt
from mailtickets.smtp.replies import AUTH_NOT_BASE64, BAD_ARGUMENTS, Reply

PATH_OCTETS = 256  # RFC 5321 section 4.5.3.1.3, angle brackets included
REMEMBERED = 256  # the same senders and recipients come again and again
HELLO_OCTETS = 255  # RFC 5321 section 4.5.3.1.2

BAD_SENDER = Reply(501, "5.1.7", "Bad sender address syntax")
BAD_RECIPIENT = Reply(501, "5.1.3", "Bad recipient address syntax")
NEEDS_UTF8 = Reply(553, "5.6.7", "Such an address needs SMTPUTF8")
NOT_UTF8 = Reply(553, "5.6.7", "Not UTF-8")

# A path, its source route kept apart and ignored (RFC 5321 section 4.1.2 and appendix C). White
# space after the colon is not in the grammar, and much in use.
_PATH = re.compile(
    r'[ ]*<(?:@[^:<>" ]+:)?((?:"(?:[^"\\]|\\.)*"|[^"<>\\ ])*)>(?:[ ]+(.*))?\Z', re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HELLO = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[A-Za-z0-9.:_-]+\]|[0-9A-Fa-f.:]+)\Z")

# Those who speak these think that they speak to another server: a browser made to post a form,
# or the head of a letter that lost its DATA.
FOREIGN = frozenset(b"GET POST PUT HEAD CONNECT OPTIONS PATCH DELETE TRACE PRI HTTP/1.1".split())
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")


def is_foreign(verb: bytes) -> bool:
    """Whether a verb (upper case) is another protocol's, so that what follows is none of ours."""
    return verb in FOREIGN or verb.startswith(b"SSH-") or _HEADER.match(verb) is not None


def hello(argument: bytes) -> str:
    """The name that EHLO, HELO or LHLO gives; bare names are ordinary. Raises Refused 501."""
    if len(argument) > HELLO_OCTETS or not _HELLO.match(argument):
        raise Refused(BAD_ARGUMENTS)
    return argument.decode("ascii")


@lru_cache(maxsize=REMEMBERED)
def mail(argument: bytes, offered: Offered) -> tuple[Mailbox | None, MailParameters]:
    """The sender of MAIL, None for the null reverse-path, and its parameters.

    Raises Refused 501, 552, 553 or 555.
    """
    path, rest = _path(argument, b"FROM:", BAD_SENDER)
    parameters = for_mail(rest, offered)
    if not path:
        return None, parameters
    try:
        sender = Mailbox.parse(path)
    except Permanent:
        raise Refused(BAD_SENDER) from None
    if not parameters.utf8 and not path.isascii():
        raise Refused(NEEDS_UTF8)  # RFC 6531 section 3.5
    return sender, parameters


@lru_cache(maxsize=REMEMBERED)
def rcpt(argument: bytes, *, utf8: bool) -> tuple[Mailbox, Wishes]:
    """The recipient of RCPT and what is wished for it. Raises Refused 501, 553 or 555."""
    path, rest = _path(argument, b"TO:", BAD_RECIPIENT)
    wishes = for_rcpt(rest, utf8=utf8)
    if path.lower() == "postmaster":  # RFC 5321 section 4.5.1: without a domain, in any case
        return Mailbox(path), wishes
    try:
        recipient = Mailbox.parse(path)
    except Permanent:
        raise Refused(BAD_RECIPIENT) from None
    if not utf8 and not path.isascii():
        raise Refused(NEEDS_UTF8)  # RFC 6531 section 3.5
    return recipient, wishes


def _path(argument: bytes, word: bytes, bad: Reply) -> tuple[str, str]:
    if argument[: len(word)].upper() != word:
        raise Refused(BAD_ARGUMENTS)
    try:
        text = argument[len(word) :].decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(NOT_UTF8) from None
    if _CONTROL.search(text):
        raise Refused(bad)
    found = _PATH.match(text)
    if found is None:
        raise Refused(bad)
    path, rest = found[1], found[2] or ""
    if found.start(1) + len(path.encode("utf-8")) + 1 > PATH_OCTETS + text.index("<"):
        raise Refused(bad)
    return path, rest


def bdat(argument: bytes) -> tuple[int, bool]:
    """The size of BDAT's chunk and whether it is the last (RFC 3030 section 2). Raises Refused."""
    words = argument.split()
    if not 1 <= len(words) <= 2 or not re.match(rb"[0-9]{1,20}\Z", words[0]):
        raise Refused(BAD_ARGUMENTS)
    if len(words) == 2 and words[1].upper() != b"LAST":
        raise Refused(BAD_ARGUMENTS)
    return int(words[0]), len(words) == 2


def auth(argument: bytes) -> tuple[str, bytes | None]:
    """AUTH's mechanism and initial response (RFC 4954 section 4). Raises Refused 501."""
    mechanism, space, initial = argument.partition(b" ")
    if not re.match(rb"[A-Za-z0-9_-]{1,20}\Z", mechanism):
        raise Refused(BAD_ARGUMENTS)
    if not space:
        return mechanism.decode("ascii").upper(), None
    if initial == b"=":
        return mechanism.decode("ascii").upper(), b""
    return mechanism.decode("ascii").upper(), from_base64(initial)


def from_base64(octets: bytes) -> bytes:
    """What a response says. Raises Refused 501 when it is not base64."""
    try:
        return base64.b64decode(octets, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(AUTH_NOT_BASE64) from None
