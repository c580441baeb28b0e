"""Brings a database's tables to the version this program knows, or refuses to touch newer ones."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from mailtickets.errors import SettingsError


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration: the scripts lie in this package, wherever it is installed."""
    config = Config()
    here = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(here).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str | None:
    """The version this program knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current(connection: Connection) -> str | None:
    """The version a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: Connection, culprit: str, to: str = "head") -> None:
    """Bring the tables to version `to`, in the caller's transaction.

    Raises SettingsError, naming `culprit`, when the tables are of a version that this program does
    not know: a newer one has been here.
    """
    config = configuration(connection)
    script = ScriptDirectory.from_config(config)
    at = current(connection)
    if at is not None and at not in {known.revision for known in script.walk_revisions()}:
        raise SettingsError(
            culprit,
            f"its tables are of version {at}, newer than this program's "
            f"{script.get_current_head()}: start the newer mailtickets, or restore a backup",
        )
    if to == "head":
        if at != script.get_current_head():
            command.upgrade(config, to)
    elif to == "base":
        command.downgrade(config, to)
    elif at is None or at < to:
        command.upgrade(config, to)
    else:
        command.downgrade(config, to)
