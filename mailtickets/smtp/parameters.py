"""The parameters of MAIL and RCPT: which there are, what they mean, and what is wrong with one."""

from __future__ import annotations

import re

from attrs import frozen

from mailtickets.mail.envelope import Wishes
from mailtickets.smtp.replies import BAD_ARGUMENTS, BAD_PARAMETER, Reply


class Refused(Exception):
    """A command that is answered at once, with `reply`."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


@frozen
class MailParameters:
    """What MAIL said beside the sender; the fields are those of `mailtickets.mail.envelope`."""

    declared: int | None = None
    body: str = "7BIT"
    utf8: bool = False
    ret: str | None = None
    envid: str | None = None
    require_tls: bool = False


@frozen(cache_hash=True)
class Offered:
    """Which parameters may be used here, as far as that differs from one session to another."""

    binary: bool = False
    auth: bool = False
    require_tls: bool = False
    message_size: int = 0


NO_PARAMETERS = MailParameters()
NO_WISHES = Wishes()

_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")  # RFC 5321 section 4.1.2
_VALUE = re.compile(r"[!-<>-~\u0080-\U0010ffff]+\Z")  # RFC 5321 4.1.2, RFC 6531 3.3
_DIGITS = re.compile(r"[0-9]{1,20}\Z")  # RFC 1870 section 3
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+\Z")  # RFC 3461 section 4
_HEXCHAR = re.compile(r"\+([0-9A-F]{2})")
_PRINTABLE = re.compile(r"[ -~]+\Z")
_ORCPT = re.compile(r"([A-Za-z0-9-]{1,40});(.+)\Z")  # RFC 3461 section 4.2
_ORCPT_UTF8 = re.compile(r"[!-~\u00a0-\U0010ffff]+\Z")  # RFC 6533 section 3
ENVID_OCTETS = 100  # RFC 3461 section 4.4
ORCPT_OCTETS = 500  # RFC 3461 section 4.2


def split(text: str) -> dict[str, str | None]:
    """The parameters by upper-case keyword. Raises Refused 501 for bad syntax or a repeat."""
    found: dict[str, str | None] = {}
    for word in text.split(" "):
        if not word:
            continue
        keyword, equals, value = word.partition("=")
        keyword = keyword.upper()
        if not _KEYWORD.match(keyword) or keyword in found:
            raise Refused(BAD_ARGUMENTS)
        if equals and keyword != "AUTH" and not _VALUE.match(value):
            raise Refused(BAD_ARGUMENTS)
        found[keyword] = value if equals else None
    return found


def for_mail(text: str, offered: Offered) -> MailParameters:  # noqa: C901 - a case a parameter
    """What MAIL's parameters say. Raises Refused 501, 552 or 555."""
    if not text:
        return NO_PARAMETERS
    declared, ret, envid = None, None, None
    body, utf8, require_tls = "7BIT", False, False
    for keyword, value in split(text).items():
        match keyword:
            case "SIZE":
                declared = _size(value, offered.message_size)
            case "BODY":
                body = _body(value, offered)
            case "SMTPUTF8":
                utf8 = _flag(value)
            case "RET":
                ret = _one_of(value, ("FULL", "HDRS"))  # RFC 3461 section 4.3
            case "ENVID":
                envid = xtext(value, ENVID_OCTETS)
            case "REQUIRETLS" if offered.require_tls:  # RFC 8689 section 2: under TLS alone
                require_tls = _flag(value)
            case "AUTH" if offered.auth:  # RFC 4954 section 5; nobody is trusted to say it here
                if value != "<>":
                    xtext(value, 500)
            case _:
                raise Refused(BAD_PARAMETER)
    return MailParameters(declared, body, utf8, ret, envid, require_tls)


def for_rcpt(text: str, *, utf8: bool) -> Wishes:
    """What RCPT's parameters say. Raises Refused 501 or 555."""
    if not text:
        return NO_WISHES
    notify: frozenset[str] = frozenset()
    orcpt = None
    for keyword, value in split(text).items():
        match keyword:
            case "NOTIFY":
                notify = _notify(value)
            case "ORCPT":
                orcpt = _orcpt(value, utf8=utf8)
            case _:
                raise Refused(BAD_PARAMETER)
    return Wishes(notify, orcpt)


def xtext(value: str | None, longest: int) -> str:
    """What an xtext says, when it says printable ASCII (RFC 3461 section 4). Raises Refused."""
    if value is None or len(value) > longest or not _XTEXT.match(value):
        raise Refused(BAD_ARGUMENTS)
    plain = _HEXCHAR.sub(lambda found: chr(int(found[1], 16)), value)
    if not _PRINTABLE.match(plain):
        raise Refused(BAD_ARGUMENTS)
    return plain


def _flag(value: str | None) -> bool:
    if value is not None:
        raise Refused(BAD_ARGUMENTS)
    return True


def _one_of(value: str | None, words: tuple[str, ...]) -> str:
    word = (value or "").upper()
    if word not in words:
        raise Refused(BAD_ARGUMENTS)
    return word


def _size(value: str | None, most: int) -> int:
    if value is None or not _DIGITS.match(value):
        raise Refused(BAD_ARGUMENTS)
    size = int(value)
    if size > most:  # RFC 1870 section 6.1
        raise Refused(Reply(552, "5.3.4", f"Letter too big: at most {most} octets"))
    return size


def _body(value: str | None, offered: Offered) -> str:
    words = ("7BIT", "8BITMIME", "BINARYMIME") if offered.binary else ("7BIT", "8BITMIME")
    return _one_of(value, words)


def _notify(value: str | None) -> frozenset[str]:
    words = (value or "").upper().split(",")
    asked = frozenset(words)
    if asked == {"NEVER"} and len(words) == 1:
        return asked
    if not asked <= {"SUCCESS", "FAILURE", "DELAY"} or len(asked) != len(words):
        raise Refused(BAD_ARGUMENTS)  # RFC 3461 section 4.1
    return asked


def _orcpt(value: str | None, *, utf8: bool) -> str:
    found = _ORCPT.match(value or "")
    if found is None or len(found[0].encode("utf-8")) > ORCPT_OCTETS:
        raise Refused(BAD_ARGUMENTS)
    kind, address = found[1].lower(), found[2]
    if kind == "utf-8" and utf8 and _ORCPT_UTF8.match(address):
        return f"{kind};{address}"
    return f"{kind};{xtext(address, ORCPT_OCTETS)}"
