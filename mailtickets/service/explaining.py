"""`mailtickets explain` and `mailtickets replay`: what would become of letters, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from attrs import evolve, frozen

from mailtickets.errors import SettingsError, Trouble
from mailtickets.flow.explained import lines_of
from mailtickets.flow.explaining import Explaining
from mailtickets.mail.envelope import Peer
from mailtickets.service import dry, finding
from mailtickets.service.settings import Settings, from_options

T = TypeVar("T")

LARGEST = 256 * 1024 * 1024
MOST = 100_000


@frozen
class Saved:
    """A letter in a file, and its envelope where one lies beside it (as `queue export` writes)."""

    name: str
    octets: bytes
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    peer: Peer = Peer()


@click.command("explain")
@click.argument("letter", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--to", "recipients", multiple=True, help="Recipient of the envelope; repeatable.")
@click.option("--from", "sender", help="Sender of the envelope; '' or '<>' is the null one.")
@click.option("--peer", default="", help="IP address of who brings it; none: this machine.")
@click.option("--helo", default="", help="What it calls itself; SPF asks for a null sender's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def explain_command(
    place: Any,
    letter: Path,
    recipients: tuple[str, ...],
    sender: str | None,
    peer: str,
    helo: str,
    as_json: bool,
) -> None:
    """Say what would become of LETTER, and why. Nothing is stored, and no desk is written to."""
    saved = _saved(letter)
    saved = evolve(
        saved,
        sender=saved.sender if sender is None else sender,
        recipients=recipients or saved.recipients,
        peer=Peer(address=peer, helo=helo)
        if peer
        else evolve(saved.peer, helo=helo or saved.peer.helo),
    )
    (told,) = _told(place.settings(), [saved])
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(_printable, lines_of(told))))


@click.command("replay")
@click.option("--old", required=True, type=click.Path(path_type=Path), help="Settings of today.")
@click.option("--new", required=True, type=click.Path(path_type=Path), help="Settings to try.")
@click.option("--all", "everything", is_flag=True, help="Those whose fate stays, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_obj
def replay_command(
    place: Any, old: Path, new: Path, directory: Path, everything: bool, as_json: bool
) -> None:
    """Say which letters of DIRECTORY would change their fate with other settings.

    Letters are files whose names end in .eml; an envelope may lie beside one as NAME.json, as
    `mailtickets queue export` writes it. Both runs see the same store, that of today. Ends with 1
    when some fate changes.
    """
    today = _settings(place, old)
    there = sorted(directory.glob("**/*.eml"))[:MOST]
    if not there:
        raise click.ClickException(f"{directory} holds no letters (*.eml)")
    # The new settings are asked about the tickets, and with the keys, that there are.
    tried = evolve(_settings(place, new), state=today.state, store=today.store)
    changes = _replayed(today, tried, there, directory)
    changed = [one for one in changes if one["old"] != one["new"]]
    shown = changes if everything else changed
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        for one in shown:
            sign = "  " if one["old"] == one["new"] else "! "
            click.echo(_printable(f"{sign}{one['letter']} to {one['recipient']}"))
            click.echo(_printable(f"    old: {one['old']}"))
            click.echo(_printable(f"    new: {one['new']}"))
        letters = len({one["letter"] for one in changed})
        click.echo(f"{letters} of {len(there)} letters change their fate")
    if changed:
        sys.exit(1)


def _settings(place: Any, file: Path) -> Settings:
    try:
        return from_options({**place.options, "config": file}, finding.kind_keys)
    except SettingsError as why:
        raise click.ClickException(str(why)) from why


def _told(settings: Settings, letters: Sequence[Saved]) -> list[dict[str, Any]]:
    async def work(houses: list[Explaining]) -> list[dict[str, Any]]:
        return [await _one(houses[0], letter) for letter in letters]

    return _run([settings], work)


def _replayed(
    old: Settings, new: Settings, files: Sequence[Path], directory: Path
) -> list[dict[str, str]]:
    async def work(houses: list[Explaining]) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        for file in files:
            letter = _saved(file)
            fates = [_fates(await _one(house, letter)) for house in houses]
            name = str(file.relative_to(directory))
            for recipient in dict.fromkeys((*fates[0], *fates[1])):
                before, after = (one.get(recipient, "not for us") for one in fates)
                found.append({"letter": name, "recipient": recipient, "old": before, "new": after})
        return found

    return _run([old, new], work)


def _run(settings: list[Settings], work: Callable[[list[Explaining]], Awaitable[T]]) -> T:
    try:
        return dry.run(settings, work)
    except SettingsError as why:
        raise click.ClickException(str(why)) from why
    except Trouble as why:
        raise click.ClickException(why.text) from why


async def _one(house: Explaining, letter: Saved) -> dict[str, Any]:
    return await house.explain(
        letter.octets, sender=letter.sender, recipients=letter.recipients, peer=letter.peer
    )


def _fates(told: Mapping[str, Any]) -> dict[str, str]:
    return {one["recipient"]: one["fate"] for one in told["recipients"]}


def _saved(path: Path) -> Saved:
    """A letter from a file; the envelope beside it, if it can be read, is its own."""
    if str(path) == "-":
        return Saved("-", sys.stdin.buffer.read(LARGEST))
    try:
        octets = path.read_bytes()
    except OSError as why:
        raise click.ClickException(f"{path}: {why.strerror}") from why
    beside = path.with_suffix(".json")
    try:
        document = json.loads(beside.read_text("utf-8"))
        envelope = document["envelope"]
        recipient = str(document["recipient"])
        return Saved(
            path.name,
            octets,
            sender=str(envelope["sender"]),
            recipients=(recipient,),
            peer=_peer(envelope["peer"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Saved(path.name, octets)


def _peer(document: Mapping[str, Any]) -> Peer:
    """Who handed the letter in, as far as it was written down."""
    given = {key: str(document.get(key) or "") for key in ("address", "helo", "user")}
    return Peer(address=given["address"], helo=given["helo"], user=given["user"] or None)


def _printable(line: str) -> str:
    return "".join(each if each.isprintable() else " " for each in line)
