"""`mailtickets desk`: whether a ticketing system will do its work, before mail depends on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click
from twisted.internet.defer import ensureDeferred
from twisted.internet.task import react
from twisted.python.failure import Failure

from mailtickets import __version__
from mailtickets.errors import SettingsError, Trouble
from mailtickets.interfaces import IChecks, IFeed, ILooksUp, INudged, ITakesAttachments
from mailtickets.plugin import Needs
from mailtickets.service.assembly import Walk
from mailtickets.service.desking import Desks
from mailtickets.service.metrics import Meter
from mailtickets.service.settings import EMBEDDED, DeskSettings, Settings

TIME_LIMIT = 60.0
"""Seconds that a desk may take to be checked."""
ABILITIES = (
    (IFeed, "tells of answers"),
    (ILooksUp, "can be asked for a ticket"),
    (ITakesAttachments, "gives files back"),
    (INudged, "may call /hooks/NAME"),
    (IChecks, "can be checked"),
)


@click.group(name="desk")
def desk_command() -> None:
    """The ticketing systems of the settings."""


@desk_command.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check(place: Any, name: str | None, *, as_json: bool) -> None:
    """Sign in at desk NAME, or at each, and tell what is wrong there and how it is mended.

    Ends with 1 when something is.
    """
    settings: Settings = place.settings()
    try:
        found = checked(settings, _wanted(settings, name))
    except SettingsError as why:
        raise click.ClickException(str(why)) from why
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for each, told in found.items():
            _say(each, told)
    if any(told["complaints"] for told in found.values()):
        raise click.exceptions.Exit(1)


def _wanted(settings: Settings, name: str | None) -> Sequence[DeskSettings]:
    if name is None:
        return settings.desks
    named = [one for one in settings.desks if one.name == name]
    if not named:
        known = ", ".join(one.name for one in settings.desks) or "none; there is the embedded one"
        raise SettingsError(name, f"no [[desk]] has this name; those of the settings: {known}")
    return named


def _say(name: str, told: dict[str, Any]) -> None:
    for one in told["complaints"]:
        click.echo(f"{name}: {_shown(one)}")
    if not told["complaints"]:
        able = ", ".join(told["abilities"]) or "takes letters, and no more"
        click.echo(f"{name} is well: it {able}")


def _shown(text: str) -> str:
    """Nothing of it may move the terminal."""
    return "".join(each if each.isprintable() else " " for each in text)


def checked(settings: Settings, desks: Sequence[DeskSettings]) -> dict[str, dict[str, Any]]:
    """What each desk can, and what is wrong with it. Raises SettingsError."""
    found: list[Any] = []

    async def work(reactor: Any) -> dict[str, dict[str, Any]]:
        needs = Needs(
            reactor=reactor,
            meter=Meter(),
            steps=Walk(),
            hostname=settings.hostname,
            state=settings.state,
            user_agent=f"mailtickets/{__version__}",
        )
        making = Desks(needs, None, settings.web)
        return {one.name: await _one(one, making, reactor) for one in desks}

    def main(reactor: Any) -> Any:
        return ensureDeferred(work(reactor)).addBoth(found.append)

    with suppress(SystemExit):  # so react ends, whatever came of it
        react(main)
    if isinstance(found[0], Failure):
        found[0].raiseException()
    told: dict[str, dict[str, Any]] = found[0]
    return told


async def _one(wanted: DeskSettings, making: Desks, reactor: Any) -> dict[str, Any]:
    if wanted.kind == EMBEDDED:
        return {"abilities": ["lives in the gateway"], "complaints": []}
    desk: Any = making.make(wanted)
    able = [words for ability, words in ABILITIES if ability.providedBy(desk)]
    complaints: Sequence[str] = ()
    if IChecks.providedBy(desk):
        checking = ensureDeferred(_awaited(desk.check()))
        checking.addTimeout(TIME_LIMIT, reactor)
        try:
            complaints = await checking
        except Trouble as why:
            complaints = [why.text]
        except Exception as why:
            complaints = [f"it cannot be checked ({type(why).__name__})"]
    return {"abilities": able, "complaints": list(complaints)}


async def _awaited(answer: Any) -> Sequence[str]:
    complaints: Sequence[str] = await answer
    return complaints
