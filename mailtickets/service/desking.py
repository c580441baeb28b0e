"""The desks that the settings name: how each is made, and the hooks by which it may call us."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from mailtickets.db.database import Database
from mailtickets.errors import SettingsError
from mailtickets.helpdesk.hooks import Hook
from mailtickets.interfaces import IDesk, INudged
from mailtickets.plugin import Needs
from mailtickets.service import finding
from mailtickets.service.settings import EMBEDDED, DeskSettings
from mailtickets.store.journal import Journal
from mailtickets.tickets.hooks import verifier


class Desks:
    """Makes desks, each with a journal of its own, which `use` puts into the store.

    `own` are the settings by which the embedded desk is reached; None where it cannot be.
    """

    def __init__(self, needs: Needs, own: Mapping[str, Any] | None, web: str) -> None:
        self._needs = needs
        self._own = own
        self._web = web
        self._journals: list[Journal] = []
        self.hooks: dict[str, Hook] = {}

    def make(self, wanted: DeskSettings) -> IDesk:
        """A desk; the embedded one is reached over HTTP like any other. Raises SettingsError."""
        journal = Journal(wanted.name, time.time)
        self._journals.append(journal)
        needs = evolve(self._needs, journal=journal)
        if wanted.kind == EMBEDDED:
            if self._own is None:
                raise SettingsError(f"--web {self._web}", "the embedded desk needs a TCP endpoint")
            desk = finding.make("desk", "http", "", self._own, needs)
        else:
            desk = finding.make("desk", wanted.kind, wanted.where, wanted.options, needs)
        if wanted.hook:
            self.hooks[wanted.name] = _hook(wanted, desk)
        return desk  # type: ignore[no-any-return]

    def use(self, database: Database) -> None:
        """Let the desks' journals be kept there."""
        for journal in self._journals:
            journal.use(database)


def _hook(wanted: DeskSettings, desk: Any) -> Hook:
    if not INudged.providedBy(desk):
        raise SettingsError(wanted.where, f"a desk of kind {wanted.kind} has no use for a hook")
    secret = wanted.hook_secret
    if wanted.hook_secret_file:
        try:
            secret = Path(wanted.hook_secret_file).read_text("utf-8").strip()
        except (OSError, ValueError) as why:
            culprit = f"hook_secret_file = {wanted.hook_secret_file}"
            raise SettingsError(culprit, "cannot be read") from why
    return Hook(verifier(wanted.hook, secret), desk.nudge)
