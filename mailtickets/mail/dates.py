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
# What programs abroad call their zones and months; the names of RFC 5322 section 4.3 are known.
_ZONES = {
    "bst": 100,
    "west": 100,
    "cet": 100,
    "mez": 100,
    "met": 100,
    "cest": 200,
    "mesz": 200,
    "mest": 200,
    "eet": 200,
    "sast": 200,
    "eest": 300,
    "msk": 300,
    "trt": 300,
    "gst": 400,
    "pkt": 500,
    "ist": 530,
    "ict": 700,
    "wib": 700,
    "hkt": 800,
    "sgt": 800,
    "awst": 800,
    "jst": 900,
    "kst": 900,
    "aest": 1000,
    "aedt": 1100,
    "nzst": 1200,
    "nzdt": 1300,
    "brt": -300,
    "art": -300,
    "akst": -900,
    "akdt": -800,
    "hst": -1000,
}
_NAMED_ZONE = re.compile(r"\b([A-Z]{3,4})\b(?=[^A-Za-z]*\Z)")
_ABROAD = {
    "mai": "May",
    "okt": "Oct",
    "dez": "Dec",
    "mär": "Mar",
    "mrz": "Mar",
    "mrt": "Mar",
    "mei": "May",
    "maj": "May",
    "dic": "Dec",
    "déc": "Dec",
    "ene": "Jan",
    "abr": "Apr",
    "avr": "Apr",
    "ago": "Aug",
    "aoû": "Aug",
    "aou": "Aug",
    "set": "Sep",
    "out": "Oct",
    "ott": "Oct",
    "fév": "Feb",
    "fev": "Feb",
    "juin": "Jun",
    "juil": "Jul",
    "giu": "Jun",
    "lug": "Jul",
    "mag": "May",
    "gen": "Jan",
}
_MONTH_ABROAD = re.compile(
    rf"(?<=[\s.-])({'|'.join(_ABROAD)})[^\W\d]*+\.?(?=[\s.-])", re.IGNORECASE
)
_FRACTION = re.compile(r"(?<=:\d\d)[.,]\d{1,9}(?!\d)")
_HOURS_ALONE = re.compile(r"(?<=\s)([+-]\d\d)(?!\d)")
_DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})(?=\s)")
_SLASHED = re.compile(r"(\d{4})/(\d\d)/(\d\d)(?=\s)")
_FIRST, _LAST = -62135596800, 253402300799  # seconds: the years 1 to 9999, as all can write them
_COLON_ZONE = re.compile(r"([+-]\d\d):(\d\d)\b")


def seconds(value: str) -> float | None:
    """The moment that a date field names, None when it names none. Never raises."""
    value = value[:200].strip()
    if not value:
        return None
    try:
        moment = _rfc5322(value) if not _ISO.match(value) else _iso(value)
    except (ValueError, OverflowError, TypeError, IndexError, ArithmeticError):
        return None
    return moment if moment is not None and _FIRST <= moment <= _LAST else None


def _iso(value: str) -> float:
    moment = datetime.fromisoformat(value.split(" (", maxsplit=1)[0])
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _rfc5322(value: str) -> float | None:
    usual = _USUAL.fullmatch(value)
    if usual is not None and (month := _MONTHS.get(usual[2])):
        return _usual(month, *usual.groups())
    parsed = email.utils.parsedate_tz(_plain(value))
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    if 100 <= year < 1000:
        year += 1900  # RFC 5322 section 4.3
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    zone = parsed[9] or 0
    if abs(zone) > _DAY:
        zone = 0
    return moment.timestamp() - zone


def _plain(value: str) -> str:
    """A date with what RFC 5322 does not know written as it would be there."""
    value = _SLASHED.sub(r"\3.\2.\1", _FRACTION.sub("", value))
    value = _DOTTED.sub(_with_month, value)
    value = _MONTH_ABROAD.sub(lambda name: _ABROAD[name[1].lower()], value)
    value = _COLON_ZONE.sub(r"\1\2", _ZONE.sub(_plain_zone, value))
    return _NAMED_ZONE.sub(_numbered_zone, _HOURS_ALONE.sub(r"\g<1>00", value))


def _with_month(day: re.Match[str]) -> str:
    number = int(day[2])
    name = next((name for name, at in _MONTHS.items() if at == number), day[2])
    return f"{day[1]} {name} {day[3]}"


def _numbered_zone(name: re.Match[str]) -> str:
    offset = _ZONES.get(name[1].lower())
    return name[1] if offset is None else f"{offset:+05d}"


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
