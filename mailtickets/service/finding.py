"""Finds plugins: our own kinds and strangers', by the name the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twisted.plugin import getPlugins
from zope.interface.interface import InterfaceClass

import mailtickets.plugins
from mailtickets.errors import SettingsError
from mailtickets.plugin import IAgentKind, IDeskKind, IFilterKind, Needs

_SORTS: dict[str, InterfaceClass] = {
    "agent": IAgentKind,
    "desk": IDeskKind,
    "filter": IFilterKind,
}


def kinds(sort: str) -> dict[str, Any]:
    """The kinds of this sort ("agent", "desk" or "filter") that are installed, by name."""
    found: Iterable[Any] = getPlugins(_SORTS[sort], mailtickets.plugins)
    return {kind.name: kind for kind in found}


def find(sort: str, name: str, where: str) -> Any:
    """The kind of this name. Raises SettingsError that names those there are."""
    known = kinds(sort)
    if name not in known:
        cure = f"no {sort} of this kind is installed; there are: {', '.join(sorted(known))}"
        raise SettingsError(f"{where} {name}", cure)
    return known[name]


def kind_keys(sort: str, name: str, where: str) -> frozenset[str]:
    """The settings that a kind takes of its own. Raises SettingsError."""
    keys: frozenset[str] = find(sort, name, where).keys
    return keys


def make(sort: str, name: str, where: str, settings: Mapping[str, Any], needs: Needs) -> Any:
    """The thing itself: the kind's factory, imported and called. Raises SettingsError."""
    factory: Callable[[Mapping[str, Any], Needs], Any] = find(sort, name, where).load()
    return factory(settings, needs)
