"""An invitation (RFC 5545, by mail RFC 6047) put into words."""

from __future__ import annotations

import re

from mailtickets.mail.calendars import Event, events

MAX_OCTETS = 256 * 1024
_SHOWN = 5  # events of one letter
_LINES = 5000

_FOLD = re.compile(r"\n[ \t]")  # RFC 5545 section 3.1
_ESCAPE = re.compile(r"\\([\\;,nN])")  # RFC 5545 section 3.3.11
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
_SAID = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time is proposed",
    "PUBLISH": "Event",
    "ADD": "Added to a series",
    "REFRESH": "The latest version is asked for",
    "DECLINECOUNTER": "The other time is declined",
}
_ANSWERS = {"ACCEPTED": "accepts", "DECLINED": "declines", "TENTATIVE": "accepts perhaps"}
_WANTED = frozenset(
    {
        "SUMMARY",
        "DTSTART",
        "DTEND",
        "DUE",
        "LOCATION",
        "ORGANIZER",
        "DESCRIPTION",
        "ATTENDEE",
        "RRULE",
    }
)

Property = tuple[str, str, str]  # its name, its parameters, its value


def in_words(calendar: str) -> str:
    """What an iCalendar object says, a few lines an event; empty when it holds none. Total.

    It is read by icalendar, and by a reader of our own when that cannot: it is damaged, or large.
    """
    found = events(calendar, _SHOWN) or _read(calendar)
    method, shown = found
    return "\n\n".join(_words(one, method) for one in shown).strip()


def _words(event: Event, method: str) -> str:
    lines = [f"{_SAID.get(method, 'Event')}: {event.summary}".rstrip(": ")]
    moments = [one for one in (event.begins, event.ends) if one]
    if moments:
        lines.append("When: " + " to ".join(moments))
    if event.repeats:
        lines.append(f"Repeats: {event.repeats}")
    if event.location:
        lines.append(f"Where: {event.location}")
    if event.organiser:
        lines.append(f"Organiser: {event.organiser}")
    if method == "REPLY":
        lines += [
            f"{who} {_ANSWERS.get(said, said.lower() or 'answers')}" for who, said in event.answers
        ]
    if event.description:
        lines += ["", event.description]
    return "\n".join(lines)


def _read(calendar: str) -> tuple[str, list[Event]]:
    """The method and the first events, line by line, whatever is wrong with the rest."""
    text = calendar[:MAX_OCTETS].replace("\r\n", "\n")
    method = ""
    found: list[list[Property]] = []
    inside = ""
    for line in _FOLD.sub("", text).split("\n")[:_LINES]:
        head, _, value = line.partition(":")
        name, _, parameters = head.partition(";")
        name = name.strip().upper()
        if name == "BEGIN":
            inside = value.strip().upper()
            if inside in {"VEVENT", "VTODO"}:
                found.append([])
        elif name == "END":
            inside = "VEVENT" if inside == "VALARM" else ""
        elif name == "METHOD":
            method = value.strip().upper()
        elif inside in {"VEVENT", "VTODO"} and name in _WANTED:
            if '"' in parameters and parameters.count('"') % 2:  # a colon stood in quotes
                more, _, value = value.partition('":')
                parameters += ":" + more
            found[-1].append((name, parameters, value))
    return method, [_event(one) for one in found[:_SHOWN]]


def _event(properties: list[Property]) -> Event:
    first: dict[str, Property] = {}
    for one in properties:
        first.setdefault(one[0], one)
    attendees = [one for one in properties if one[0] == "ATTENDEE"][:20]
    return Event(
        summary=_text(first.get("SUMMARY")),
        begins=_moment(first.get("DTSTART")),
        ends=_moment(first.get("DTEND") or first.get("DUE")),
        location=_text(first.get("LOCATION")),
        organiser=_person(first["ORGANIZER"]) if "ORGANIZER" in first else "",
        repeats=_text(first.get("RRULE")),
        answers=tuple((_person(one), _parameter(one, "PARTSTAT").upper()) for one in attendees),
        description=_text(first.get("DESCRIPTION")),
    )


def _text(found: Property | None) -> str:
    if found is None:
        return ""
    return _ESCAPE.sub(lambda one: "\n" if one[1] in "nN" else one[1], found[2]).strip()


def _moment(found: Property | None) -> str:
    """A moment as it is written there, with its zone: it is not for us to convert."""
    if found is None:
        return ""
    match = _MOMENT.search(found[2])
    if match is None:
        return ""
    year, month, day, hour, minute, _, utc = match.groups()
    zone = re.search(r"TZID=\"?([^\";:]+)", found[1], re.IGNORECASE)
    said = f"{year}-{month}-{day}"
    if hour is not None:
        said += f" {hour}:{minute}" + (" UTC" if utc else f" ({zone[1]})" if zone else "")
    return said


def _parameter(found: Property, name: str) -> str:
    match = re.search(rf"(?:^|;){name}=(?:\"([^\"]*)\"|([^;]*))", found[1], re.IGNORECASE)
    return (match[1] or match[2] or "").strip() if match else ""


def _person(found: Property) -> str:
    name = _parameter(found, "CN")
    address = re.sub(r"^mailto:", "", found[2].strip(), flags=re.IGNORECASE)
    return f"{name} <{address}>" if name and name != address else address
