"""Alembic's way in: runs migrations on the connection `mailtickets.db.migrating` hands over."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from alembic import context

from mailtickets.db import schema


def run() -> None:
    """Run what is wanted, in one transaction where the database can do that."""
    known = [schema.metadata]
    if find_spec("mailtickets.db.deskschema") is not None:
        known.append(import_module("mailtickets.db.deskschema").metadata)
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=known,
        transactional_ddl=True,
        render_as_batch=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
