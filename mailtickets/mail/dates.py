"""The Date field (RFC 5322 section 3.3), or something like it, becomes seconds since 1970."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime

_DAY = 24 * 3600
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?")
_ZONE = re.compile(r"\b(?:GMT|UTC|UT)\s*([+-]\d{1,2}):?(\d{2})?\b")
# As RFC 5322 section 3.3 wants it, and nearly every program writes it.
_USUAL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"
    r"(?: \([A-Z]{1,5}\))?"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),  # noqa: SIM905 - as it is written
        1,
    )
}
_COLON_ZONE = re.compile(r"([+-]\d\d):(\d\d)\b")


def seconds(value: str) -> float | None:
    """The moment that a date field names, None when it names none. Never raises."""
    value = value[:200].strip()
    if not value:
        return None
    try:
        return _rfc5322(value) if not _ISO.match(value) else _iso(value)
    except (ValueError, OverflowError, TypeError, IndexError, ArithmeticError):
        return None


def _iso(value: str) -> float:
    moment = datetime.fromisoformat(value.split(" (", maxsplit=1)[0])
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _rfc5322(value: str) -> float | None:
    usual = _USUAL.fullmatch(value)
    if usual is not None and (month := _MONTHS.get(usual[2])):
        return _usual(month, *usual.groups())
    value = _COLON_ZONE.sub(r"\1\2", _ZONE.sub(_plain_zone, value))
    parsed = email.utils.parsedate_tz(value)
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    zone = parsed[9] or 0
    if abs(zone) > _DAY:
        zone = 0
    return moment.timestamp() - zone


def _usual(month: int, *parts: str) -> float:
    day, _, year, hour, minute, second, sign, hours, minutes = parts
    moment = datetime(
        int(year), month, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC
    )
    zone = int(hours) * 3600 + int(minutes) * 60
    if zone > _DAY:
        zone = 0
    return moment.timestamp() - (zone if sign == "+" else -zone)


def _plain_zone(match: re.Match[str]) -> str:
    hours = int(match[1])
    return f"{'-' if hours < 0 else '+'}{abs(hours):02d}{match[2] or '00'}"
