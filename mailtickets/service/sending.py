"""The operator's commands about sending: `mailtickets suppression` and `mailtickets dkim-key`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from mailtickets.errors import Permanent, SettingsError
from mailtickets.mail.mailbox import Mailbox
from mailtickets.relay.dkimkeys import explained, make_keys
from mailtickets.relay.suppression import FILE, Entry, Suppressions


def _list(place: Any) -> Suppressions:
    return Suppressions(place.settings().state / FILE, time.time)


def _told(entry: Entry) -> dict[str, Any]:
    return {"address": entry.address, "since": entry.day, "words": entry.words}


def _address(text: str) -> Mailbox:
    try:
        return Mailbox.parse(text)
    except Permanent as why:
        raise click.ClickException(why.text) from why


@click.group(name="suppression")
def suppression_command() -> None:
    """Addresses that are not written to, because they failed for good."""


@suppression_command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(place: Any, *, as_json: bool) -> None:
    """Every suppressed address, the latest last."""
    found = [_told(one) for one in _list(place).all()]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one['address']}  since {one['since']}  {one['words']}")
    if not found:
        click.echo("no address is suppressed")


@suppression_command.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(place: Any, address: str, *, as_json: bool) -> None:
    """What is known of an address, suppressed or only counted."""
    entry = _list(place).find(_address(address))
    if entry is None:
        raise click.ClickException(f"{address} has not failed")
    told = _told(entry) | {"suppressed": entry.suppressed, "soft": entry.soft}
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for name, value in told.items():
        click.echo(f"{name}: {value}")


@suppression_command.command()
@click.argument("address")
@click.argument("reason", default="by hand")
@click.pass_obj
def add(place: Any, address: str, reason: str) -> None:
    """Do not write to an address any more."""
    click.echo(f"{_list(place).suppress(_address(address), reason).address} is not written to")


@suppression_command.command()
@click.argument("address")
@click.pass_obj
def lift(place: Any, address: str) -> None:
    """Write to an address again."""
    if not _list(place).lift(_address(address)):
        raise click.ClickException(f"{address} is not on the list")
    click.echo(f"{address} is written to again")


@click.command(name="dkim-key")
@click.argument("domain")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    help="Where the keys go; the state directory's dkim, unless it is said.",
)
@click.pass_obj
def dkim_key_command(place: Any, domain: str, directory: Path | None) -> None:
    """Make a pair of DKIM keys for DOMAIN, and print their DNS records."""
    try:
        Mailbox.parse(f"postmaster@{domain}")
        where = (directory or place.settings().state / "dkim").absolute()
        made = make_keys(domain, where, time.time())
    except Permanent as why:
        raise click.ClickException(f"{domain} is no domain") from why
    except SettingsError as why:
        raise click.ClickException(str(why)) from why
    click.echo(explained(made), nl=False)
