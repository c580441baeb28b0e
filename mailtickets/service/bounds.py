"""The edge's limits: what `[limits]` says, as far as the process may have files open for it."""

from __future__ import annotations

import resource
from math import isfinite

from attrs import evolve, fields
from twisted.logger import Logger

from mailtickets.errors import SettingsError
from mailtickets.service.settings import Settings
from mailtickets.smtp.limits import Limits

FOR_THE_REST = 256
"""Files and sockets that the house keeps for itself: the store, the desks, the pages, the relay."""


def limits_of(settings: Settings) -> Limits:
    """The edge's limits. Raises SettingsError."""
    known = {one.name: one for one in fields(Limits)}
    for name, value in settings.limits.items():
        where = f"{settings.config}, limits.{name}"
        if name not in known:
            cure = f"unknown key; the keys here are: {', '.join(sorted(known))}"
            raise SettingsError(where, cure)
        default = known[name].default
        if isinstance(default, (int, float)) and not _fits(value, default):
            raise SettingsError(where, f"a number, not below 0; the default is {default}")
    try:
        return Limits(**settings.limits)
    except (TypeError, ValueError) as why:
        cure = 'a list of addresses or networks, as ["192.0.2.0/24"]'
        raise SettingsError(f"{settings.config}, limits", cure) from why


def _fits(value: object, default: float) -> bool:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    if not isfinite(value) or value < 0:
        return False
    return not isinstance(default, int) or value == int(value)


def with_room(limits: Limits, doors: int, log: Logger) -> Limits:
    """The limits, with no more connections at each of so many doors than files may be open for.

    Raises the process's own bound first, as far as it may. A gateway without a descriptor left
    could not reach its desks, and whoever opens connections enough could bring that about.
    """
    doors = max(doors, 1)
    wanted = limits.connections * doors + FOR_THE_REST
    most = _open_files(wanted)
    if most >= wanted:
        return limits
    room = max(most - FOR_THE_REST, most // 2) // doors
    log.warn(  # noqa: G010 - Twisted's, which knows no other word
        "this process may have {most} files open: {room} connections at a time, not {asked};"
        " for more, raise that (ulimit -n, or systemd's LimitNOFILE=)",
        most=most,
        room=room,
        asked=limits.connections,
    )
    return evolve(limits, connections=room)


def _open_files(wanted: int) -> int:
    """How many files the process may have open, raised to `wanted` where that is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if most > soft:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (OSError, ValueError):
            return soft
        return most
    return soft
