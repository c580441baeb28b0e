"""What an iCalendar object holds (RFC 5545), read by icalendar within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from attrs import frozen

MAX_OCTETS = 32 * 1024
"""A larger object is read by our own reader: this one takes 2 ms for a KB of hostile lines."""

_LINE_ENDS = re.compile(r"[\r\n]++")
_FOLD = re.compile(r"\n[ \t]")


@frozen
class Event:
    """An event or a task; moments are words, `answers` who said what (RFC 5545 section 3.2.12)."""

    summary: str = ""
    begins: str = ""
    ends: str = ""
    location: str = ""
    organiser: str = ""
    repeats: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    description: str = ""


@cache
def _library() -> Callable[..., Any] | None:
    try:
        from icalendar import Component  # noqa: PLC0415 - it takes 0.15 s, for a few letters
    except ImportError:
        return None
    reader: Callable[..., Any] = Component.from_ical
    return reader


def events(calendar: str, most: int) -> tuple[str, list[Event]] | None:
    """The method and up to `most` events, None when they could not be read. Never raises.

    Time zones that the letter defines are left out first: the library keeps every one it ever met,
    and counts all their changes since 1601.
    """
    library = _library() if len(calendar) <= MAX_OCTETS else None
    bare = _without_zones(calendar)
    if library is None or "VTIMEZONE" in bare.upper():
        return None
    try:
        whole = library(bare)
        found = [one for one in whole.walk() if one.name in {"VEVENT", "VTODO"}][:most]
        return str(whole.get("METHOD", "")).upper(), [_event(one) for one in found]
    except Exception:  # it was damaged: our own reader takes what there is
        return None


def _without_zones(calendar: str) -> str:
    """Its lines unfolded (RFC 5545 section 3.1), without those of time zones."""
    kept: list[str] = []
    within = False
    for line in _FOLD.sub("", _LINE_ENDS.sub("\n", calendar.strip())).split("\n"):
        name, _, value = line.upper().partition(":")
        begun = name.partition(";")[0].strip(), value.strip()
        within = within or begun == ("BEGIN", "VTIMEZONE")
        if not within:
            kept.append(line)
        within = within and begun != ("END", "VTIMEZONE")
    return "\n".join(kept)


def _event(one: Any) -> Event:
    begins = one.get("DTSTART")
    ends = one.get("DTEND") or one.get("DUE")
    closes = _moment(ends)
    if not ends and begins is not None and one.get("DURATION") is not None:
        closes = _said(begins.dt + one["DURATION"].dt, begins)
    attendees = one.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    return Event(
        summary=str(one.get("SUMMARY", "")).strip(),
        begins=_moment(begins),
        ends=closes,
        location=str(one.get("LOCATION", "")).strip(),
        organiser=_person(one["ORGANIZER"]) if "ORGANIZER" in one else "",
        repeats=one["RRULE"].to_ical().decode() if "RRULE" in one else "",
        answers=tuple(
            (_person(each), str(each.params.get("PARTSTAT", "")).upper()) for each in attendees[:20]
        ),
        description=str(one.get("DESCRIPTION", "")).strip(),
    )


def _moment(found: Any) -> str:
    """A moment as it is written there, with its zone: it is not for us to convert."""
    return "" if found is None else _said(found.dt, found)


def _said(moment: date | datetime, found: Any) -> str:
    if not isinstance(moment, datetime):
        return f"{moment:%Y-%m-%d}"
    zone = str(found.params.get("TZID", ""))
    if not zone and moment.tzinfo is not None:
        zone = "UTC"
    said = f"{moment.replace(tzinfo=None):%Y-%m-%d %H:%M}"  # a zone's rules are not asked
    return said + ("" if not zone else " UTC" if zone == "UTC" else f" ({zone})")


def _person(found: Any) -> str:
    name = str(found.params.get("CN", "")).strip()
    address = re.sub(r"^mailto:", "", str(found).strip(), flags=re.IGNORECASE)
    return f"{name} <{address}>" if name and name != address else address
