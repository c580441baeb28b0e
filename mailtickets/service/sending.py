"""The operator's commands about sending: `mailtickets suppression` and `mailtickets dkim-key`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from mailtickets.errors import Permanent, SettingsError
from mailtickets.mail.mailbox import Mailbox
from mailtickets.relay.dkimkeys import explained, make_keys


def _address(text: str) -> Mailbox:
    try:
        return Mailbox.parse(text)
    except Permanent as why:
        raise click.ClickException(why.text) from why


@click.group(name="suppression")
def suppression_command() -> None:
    """Addresses that are not written to, because they failed for good."""


@suppression_command.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Those that are only counted, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(place: Any, *, everything: bool, as_json: bool) -> None:
    """Every suppressed address, in order."""
    found = place.run(lambda hands: hands.suppression_list())
    found = [one for one in found if everything or one["suppressed"]]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("no address is suppressed")


def _line(one: Mapping[str, Any]) -> str:
    counted = "" if one["suppressed"] else f"  ({one['soft']} failures, still written to)"
    return _shown(f"{one['address']}  since {one['since'][:10]}  {one['words']}{counted}")


def _shown(text: str) -> str:
    """Nothing of it may move the terminal."""
    return "".join(each if each.isprintable() else " " for each in text)


@suppression_command.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(place: Any, address: str, *, as_json: bool) -> None:
    """What is known of an address, suppressed or only counted."""
    mailbox = _address(address)
    told = place.run(lambda hands: hands.suppression("GET", str(mailbox)))
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for name, value in told.items():
        click.echo(_shown(f"{name}: {value}"))


@suppression_command.command()
@click.argument("address")
@click.argument("reason", default="by hand")
@click.pass_obj
def add(place: Any, address: str, reason: str) -> None:
    """Do not write to an address any more."""
    mailbox, body = _address(address), {"reason": reason}
    made = place.run(lambda hands: hands.suppression("PUT", str(mailbox), body))
    click.echo(f"{made['address']} is not written to")


@suppression_command.command()
@click.argument("address")
@click.pass_obj
def lift(place: Any, address: str) -> None:
    """Write to an address again."""
    mailbox = _address(address)
    place.run(lambda hands: hands.suppression("DELETE", str(mailbox)))
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
