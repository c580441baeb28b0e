"""The Date field (RFC 5322 section 3.3), or something like it, becomes seconds since 1970."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?")
_ZONE = re.compile(r"\b(?:GMT|UTC|UT)\s*([+-]\d{1,2}):?(\d{2})?\b")
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
    value = _COLON_ZONE.sub(r"\1\2", _ZONE.sub(_plain_zone, value))
    parsed = email.utils.parsedate_tz(value)
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    zone = parsed[9] or 0
    if abs(zone) > 24 * 3600:
        zone = 0
    return moment.timestamp() - zone


def _plain_zone(match: re.Match[str]) -> str:
    hours = int(match[1])
    return f"{'-' if hours < 0 else '+'}{abs(hours):02d}{match[2] or '00'}"
