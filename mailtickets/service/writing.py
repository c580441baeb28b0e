"""What a `[[queue]]` says of how its letters look, and the operator's own templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from mailtickets.errors import SettingsError
from mailtickets.mail.style import AGENT, AUTO, QUEUE, Style
from mailtickets.mail.templates import NAME, Templates
from mailtickets.service.toml import Table

KEYS = frozenset(
    [
        "language",
        "fallback_language",
        "from_name",
        "templates",
        "plain",
        "marker",
        "quote_history",
    ]
)
"""The keys of a `[[queue]]` that are read here."""
QUOTED = 3
"""Older letters that are quoted where `quote_history = true`."""
MOST_QUOTED = 20
LARGEST_TEMPLATE = 256 * 1024
MOST_TEMPLATES = 200
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")  # RFC 5646


def style_of(queue: Table, name: str) -> Style:
    """The style that a `[[queue]]` asks for; `name` is the queue's for people.

    Raises SettingsError, which names a template's file and line where one is broken.
    """
    templates = _templates(queue)
    if queue.text("from_name", AGENT) == QUEUE:
        name = name or queue.text("name")
    language = _language(queue, "language", AUTO, templates)
    fallback = _language(queue, "fallback_language", "en", templates)
    if queue.flag("plain", False):
        if queue.values.get("templates"):
            raise SettingsError(queue.where("plain"), "a plain queue has no templates")
        return Style(None, language, fallback, queue.text("from_name", AGENT), name)
    return Style(
        templates=templates,
        language=language,
        fallback=fallback,
        from_name=queue.text("from_name", AGENT),
        name=name,
        marked=queue.flag("marker", True),
        quoted=_quoted(queue),
    )


def web_address(table: Table) -> str:
    """`web_address`: an address with https:// or http://, without a slash at its end; or empty."""
    address = table.text("web_address", "").rstrip("/")
    if address and not _ADDRESS.fullmatch(address):
        cure = "where others reach the web endpoint, as https://help.example.org"
        raise SettingsError(table.where("web_address"), cure)
    return address


def _language(queue: Table, key: str, default: str, templates: Templates) -> str:
    tag = queue.text(key, default)
    if tag == AUTO and default == AUTO:
        return tag
    if _TAG.fullmatch(tag) and tag.partition("-")[0].lower() in templates.languages:
        return tag
    cure = f"one of {', '.join(sorted(templates.languages))}, or one that your templates speak"
    raise SettingsError(queue.where(key), cure)


def _quoted(queue: Table) -> int:
    value = queue.values.get("quote_history", False)
    if isinstance(value, bool):
        return QUOTED if value else 0
    number = queue.number("quote_history", 0)
    if not 0 <= number <= MOST_QUOTED or number != int(number):
        cure = f"true, false, or how many letters: a number from 0 to {MOST_QUOTED}"
        raise SettingsError(queue.where("quote_history"), cure)
    return int(number)


def _templates(queue: Table) -> Templates:
    named = queue.text("templates", "")
    if not named:
        return Templates()
    directory = Path(named)
    if not directory.is_dir():
        raise SettingsError(queue.where("templates"), f"there is no directory {directory}")
    templates = Templates(_sources(directory), str(directory))
    templates.check()
    return templates


def _sources(directory: Path) -> Mapping[str, str]:
    """The templates of a directory by their files' names. What is not a template is an error."""
    found: dict[str, str] = {}
    for path in sorted(directory.iterdir()):
        if path.suffix not in {".txt", ".html"} or not path.is_file():
            continue
        if not NAME.fullmatch(path.name):
            cure = "a template is named answer.txt, answer.de.html, opened.txt, _included.txt ..."
            raise SettingsError(str(path), cure)
        try:
            with path.open("rb") as file:
                octets = file.read(LARGEST_TEMPLATE + 1)
            source = octets.decode("utf-8")
        except UnicodeDecodeError as why:
            line = octets[: why.start].count(b"\n") + 1
            raise SettingsError(f"{path}, line {line}", "a template is UTF-8") from why
        except OSError as why:
            raise SettingsError(str(path), "the template cannot be read") from why
        if len(octets) > LARGEST_TEMPLATE or len(found) >= MOST_TEMPLATES:
            raise SettingsError(str(path), "the template is too large, or there are too many")
        found[path.name] = source.replace("\r\n", "\n")
    return found
