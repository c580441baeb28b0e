"""`mailtickets`: the operator's hands, from a shell.

A command goes through the running gateway of the state directory; where none runs, it opens the
store itself. Every command has `--json`.
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailtickets import __version__
from mailtickets.errors import SettingsError
from mailtickets.outcomes import IN_FLIGHT, State
from mailtickets.routing.record import lines_of

if TYPE_CHECKING:
    from mailtickets.service import remote
    from mailtickets.service.settings import Settings

T = TypeVar("T")

# Commands that stand in modules of their own. Each is imported when it is called, and so are the
# settings and the store: whoever reads a letter need not wait for a database and a web server.
_ELSEWHERE = {
    "address-key": "keys.address_key_command",
    "desk": "deskcheck.desk_command",
    "dkim-key": "sending.dkim_key_command",
    "explain": "explaining.explain_command",
    "password": "logins.password_command",
    "read": "reading.read_command",
    "replay": "explaining.replay_command",
    "suppression": "sending.suppression_command",
}


class Commands(click.Group):
    """The commands of this module, and those that stand elsewhere."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None when there is none."""
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = _ELSEWHERE[cmd_name].partition(".")
        command: click.Command = getattr(import_module(f"mailtickets.service.{module}"), name)
        return command


class Place:
    """Where the command works: what the options before it said."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options

    @property
    def options(self) -> Mapping[str, Any]:
        """The options before the command, as they were given."""
        return self._options

    def settings(self) -> Settings:
        """The settings, as the gateway would read them. Ends the command where they are wrong."""
        from mailtickets.service import finding  # noqa: PLC0415 - see _ELSEWHERE
        from mailtickets.service.settings import from_options  # noqa: PLC0415

        try:
            return from_options(self._options, finding.kind_keys)
        except SettingsError as why:
            raise click.ClickException(str(why)) from why

    def run(self, work: Callable[[remote.Hands], Awaitable[T]]) -> T:
        """Run `work` with hands on the gateway or the store; one line says what went wrong."""
        from mailtickets.service import remote  # noqa: PLC0415 - see _ELSEWHERE

        try:
            done: T = remote.run(self.settings(), work)
        except (remote.Refused, SettingsError) as why:
            raise click.ClickException(str(why)) from why
        return done


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mailtickets")
@click.option("--state", type=click.Path(path_type=Path), help="State directory of the gateway.")
@click.option("--store", help="Database URL, where it is not in the state directory.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file, TOML.")
@click.pass_context
def main(
    context: click.Context, state: Path | None, store: str | None, config: Path | None
) -> None:
    """Look after the letters and tickets of a mailtickets gateway."""
    given = {"state": state, "store": store, "config": config}
    context.obj = Place({key: value for key, value in given.items() if value is not None})


def _json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def _print(value: Any, *, as_json: bool, text: Callable[[Any], str]) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False) if as_json else text(value))


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows under headings, each column as wide as it needs, 60 characters at most."""
    cells = [[column.upper() for column in columns]]
    cells += [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(row[number]) for row in cells) for number in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    text = "".join(each if each.isprintable() else " " for each in text)
    return text if len(text) <= 60 else text[:57] + "..."


def _fields(value: Mapping[str, Any]) -> str:
    width = max((len(key) for key in value), default=0)
    return "\n".join(f"{key.ljust(width)}  {_line(one)}" for key, one in value.items())


def _line(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


# -- letters


@main.group()
def queue() -> None:
    """Letters on their way, both ways."""


def _states(context: click.Context, option: click.Parameter, named: Sequence[str]) -> list[str]:
    """Names of states; a directory here is an option that stands in the wrong place."""
    known = [state.value for state in State]
    for one in named:
        if one not in known:
            said = f"{one} is no state; there are: {', '.join(known)}. "
            where = "A state directory goes before: mailtickets --state DIR queue list"
            raise click.BadParameter(said + where, context, option)
    return list(named)


class Age(click.ParamType[int]):
    """A number of seconds, or of minutes, hours or days, as 90s, 30m, 2h, 5d."""

    name = "age"
    _units = types.MappingProxyType({"s": 1, "m": 60, "h": 3600, "d": 86400})

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """In seconds."""
        if isinstance(value, int):
            return value
        number, unit = (value[:-1], value[-1:]) if value[-1:] in self._units else (value, "s")
        if not (number.isascii() and number.isdecimal() and len(number) < 6):
            self.fail(f"{value} is no age; say 90s, 30m, 2h or 5d", param, ctx)
        return int(number) * self._units[unit]


@queue.command("list")
@click.option("--state", "states", multiple=True, callback=_states, help="Only in this state.")
@click.option("--all", "everything", is_flag=True, help="Ended ones too.")
@click.option("--agent", help="Only of this agent, as relay or desk:embedded.")
@click.option("--recipient", help="Only to this address.")
@click.option("--older", type=Age(), help="Only what came so long ago, or longer: 30m, 2h, 5d.")
@click.option("--younger", type=Age(), help="Only what came since.")
@click.option("--after", default=0, help="Only items with a larger number.")
@click.option("--limit", default=100, type=click.IntRange(1, 500), help="At most so many.")
@_json_option
@click.pass_obj
def queue_list(
    place: Place, /, as_json: bool, everything: bool, states: list[str], **query: Any
) -> None:
    """List letters: those in flight, unless a state is named."""
    if not states and not everything:
        states = sorted(state.value for state in IN_FLIGHT)
    items = place.run(lambda hands: hands.queue_list(states, **query))
    columns = ("id", "state", "agent", "sender", "recipient", "subject", "attempts", "reason")
    _print(items, as_json=as_json, text=lambda rows: _table(rows, columns))


@queue.command("show")
@click.argument("number", type=int)
@_json_option
@click.pass_obj
def queue_show(place: Place, number: int, as_json: bool) -> None:
    """Show one letter: where it stands, and its head."""
    _print(place.run(lambda hands: hands.queue_show(number)), as_json=as_json, text=_item)


def _item(shown: Mapping[str, Any]) -> str:
    """An item's fields, then why it had its fate."""
    decision = shown.get("decision")
    said = _fields({key: value for key, value in shown.items() if key != "decision"})
    if not decision:
        return said
    return "\n".join([said, "", "decision", *(f"  {_line(one)}" for one in lines_of(decision))])


@queue.command("release")
@click.argument("numbers", type=int, nargs=-1, required=True)
@_json_option
@click.pass_obj
def queue_release(place: Place, numbers: tuple[int, ...], as_json: bool) -> None:
    """Let held letters go."""
    done = place.run(lambda hands: hands.queue_move(numbers, "release"))
    _print(done, as_json=as_json, text=lambda rows: _table(rows, ("id", "state")))


@queue.command("retry")
@click.argument("numbers", type=int, nargs=-1, required=True)
@_json_option
@click.pass_obj
def queue_retry(place: Place, numbers: tuple[int, ...], as_json: bool) -> None:
    """Try waiting or held letters now."""
    done = place.run(lambda hands: hands.queue_move(numbers, "retry"))
    _print(done, as_json=as_json, text=lambda rows: _table(rows, ("id", "state")))


@queue.command("drop")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--reason", help="Why; the ledger keeps it. Asked for where it is not given.")
@_json_option
@click.pass_obj
def queue_drop(place: Place, numbers: tuple[int, ...], reason: str | None, as_json: bool) -> None:
    """End letters that shall go nowhere."""
    why = reason
    if why is None and sys.stdin.isatty():
        why = click.prompt("Why? The ledger keeps it", err=True)
    if not (why or "").strip():
        raise click.UsageError("say why they are dropped, with --reason: the ledger keeps it")
    done = place.run(lambda hands: hands.queue_move(numbers, "drop", str(why).strip()))
    _print(done, as_json=as_json, text=lambda rows: _table(rows, ("id", "state")))


@queue.command("export")
@click.argument("number", type=int)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
@_json_option
@click.pass_obj
def queue_export(place: Place, number: int, directory: Path, as_json: bool) -> None:
    """Write a letter to NUMBER.eml, with its envelope beside it in NUMBER.json."""

    async def both(hands: remote.Hands) -> tuple[dict[str, Any], bytes]:
        return await hands.queue_show(number), await hands.queue_letter(number)

    shown, letter = place.run(both)
    files = [directory / f"{number}.eml", directory / f"{number}.json"]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        files[0].write_bytes(letter)
        files[1].write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as why:
        raise click.ClickException(f"{directory}: {why.strerror}") from why
    _print([str(one) for one in files], as_json=as_json, text="\n".join)


@queue.command("import")
@click.argument("number", type=int)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_json_option
@click.pass_obj
def queue_import(place: Place, number: int, file: Path, as_json: bool) -> None:
    """Put an edited letter in the place of a held or waiting one's."""
    letter = file.read_bytes()
    _print(
        place.run(lambda hands: hands.queue_replace(number, letter)), as_json=as_json, text=_fields
    )


@main.command()
@click.option("--full", is_flag=True, help="Read the whole database for damage, too.")
@_json_option
@click.pass_obj
def audit(place: Place, full: bool, as_json: bool) -> None:
    """Recount: accepted = terminal + in flight. Ends with 1 when a row is missing or double."""
    found = place.run(lambda hands: hands.audit(full=full))
    _print(found, as_json=as_json, text=_audit)
    if not found["balanced"]:
        sys.exit(1)


def _audit(found: Mapping[str, Any]) -> str:
    states = found["states"]
    flying = {state.value for state in IN_FLIGHT}
    in_flight = sum(number for state, number in states.items() if state in flying)
    terminal = sum(states.values()) - in_flight
    sign = "=" if found["accepted"] == terminal + in_flight else "IS NOT"
    lines = [f"accepted {found['accepted']} {sign} terminal {terminal} + in flight {in_flight}"]
    lines += [f"  {state:<10} {number}" for state, number in states.items()]
    if found["overdue"]:
        numbers = ", ".join(str(one) for one in found["overdue"])
        lines.append(f"in flight for more than a day: {numbers}")
    lines += [f"WRONG: {complaint}" for complaint in found["complaints"]]
    return "\n".join(lines)


# -- tickets


@main.group()
def ticket() -> None:
    """Tickets of the embedded desk."""


@ticket.command("list")
@click.option("--status", help="Only with this status: open, pending, resolved or closed.")
@click.option("--query", "-q", default="", help="Only with these words.")
@_json_option
@click.pass_obj
def ticket_list(place: Place, status: str | None, query: str, as_json: bool) -> None:
    """List tickets."""
    found = place.run(lambda hands: hands.ticket_list(status, query))
    columns = ("key", "status", "requester", "subject", "created")
    rows = [{**one, "requester": one["requester"]["address"]} for one in found]
    if as_json:
        _print(found, as_json=True, text=str)
    else:
        click.echo(_table(rows, columns))


@ticket.command("show")
@click.argument("key")
@_json_option
@click.pass_obj
def ticket_show(place: Place, key: str, as_json: bool) -> None:
    """Show a ticket with its comments."""
    _print(place.run(lambda hands: hands.ticket_show(key)), as_json=as_json, text=_ticket)


def _ticket(found: Mapping[str, Any]) -> str:
    lines = [f"{found['key']}  {found['status']}  {_line(found['subject'])}"]
    people = [one["address"] for one in found.get("participants") or ()]
    lines += [f"participants: {_line(', '.join(people))}"] if people else []
    lines += [f"names {found['linked']}"] if found.get("linked") else []
    for comment in found["comments"]:
        author = comment["author"] or {}
        who = " ".join(filter(None, (author.get("name"), f"<{author.get('address', '')}>")))
        marks = [word for word in ("unverified", "newcomer") if comment.get(word)]
        said = "  ".join([comment["created"], who, comment["visibility"], *marks])
        lines += ["", f"-- {said}", *(f"!! {one}" for one in comment.get("warnings") or ())]
        lines.append(_line(comment["text"]))
    return "\n".join(lines)


@ticket.command("reply")
@click.argument("key")
@click.argument("text", required=False)
@click.option("--note", is_flag=True, help="An internal note: the requester does not see it.")
@click.option("--name", default="", help="The agent's name.")
@click.option("--address", default="", help="The agent's address.")
@_json_option
@click.pass_obj
def ticket_reply(place: Place, /, key: str, text: str | None, as_json: bool, **who: Any) -> None:
    """Answer a ticket; the text comes from standard input where it is not given."""
    words: str = sys.stdin.read() if text is None else text
    if not words.strip():
        raise click.ClickException("there is nothing to say: give the text, or pipe it in")
    _print(
        place.run(lambda hands: hands.ticket_reply(key, words, **who)),
        as_json=as_json,
        text=_fields,
    )


@ticket.command("close")
@click.argument("key")
@_json_option
@click.pass_obj
def ticket_close(place: Place, key: str, as_json: bool) -> None:
    """Close a ticket."""
    found = place.run(lambda hands: hands.ticket_close(key))
    _print(found, as_json=as_json, text=lambda one: f"{one['key']}  {one['status']}")


# -- settings


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a settings file: silent praise, or the first complaint with its line."""
    settings = Place({"config": file}).settings()
    click.echo(f"{file} is right: {len(settings.queues)} queue(s), relay {settings.relay}")
