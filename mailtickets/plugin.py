"""How a plugin declares itself: a name, and where its factory is found when it is asked for.

A stranger puts a module into `mailtickets/plugins/` (see `twisted.plugin`) with lines like

    from mailtickets.plugin import AgentKind
    acme = AgentKind("acme", "acme_mail.agent:make", keys=("url", "token_file"))

and a `[[route]]` with `agent = "acme"` calls `make(settings, needs)`, where `settings` holds the
route's own keys. Desks (`DeskKind`, `[[desk]] kind = ...`) and filters (`FilterKind`, `[[filter]]
kind = ...`) are declared likewise. Nothing of the package is imported before that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen
from twisted.plugin import IPlugin
from twisted.python.reflect import namedAny
from zope.interface import Attribute, Interface, implementer

from mailtickets.errors import SettingsError
from mailtickets.interfaces import IJournal, IMeter, INames, ISightings, ISteps
from mailtickets.registers import IRegister


def is_socket(address: str) -> bool:
    """Whether a peer came by a UNIX socket: then it has no address."""
    return not address or "/" in address


@frozen
class Needs:
    """What every factory is handed: the world, as far as a plugin may touch it.

    `hostname` is what we call ourselves, `state` the directory for what must outlive the process,
    `user_agent` what HTTP requests say of us. A desk gets a `journal` of its own, and everybody
    the `register` that all gateways share, to be used once the service has started. A filter gets
    the DNS by `names`, a memory by `sightings`, to be used likewise, and `local`, which tells of a
    peer's address whether nobody is asked about it. A factory must not import the global reactor.
    """

    reactor: Any
    meter: IMeter
    steps: ISteps
    hostname: str
    state: Path
    user_agent: str = "mailtickets"
    journal: IJournal | None = None
    names: INames | None = None
    sightings: ISightings | None = None
    local: Callable[[str], bool] = is_socket
    register: IRegister | None = None


class IKind(Interface):
    """A declaration of a kind of agent, desk or filter."""

    name = Attribute("The word by which the settings ask for it.")
    keys = Attribute("The settings it takes, beyond those that every one of its sort takes.")

    def load() -> Callable[[Mapping[str, Any], Needs], Any]:
        """The factory. Raises SettingsError when it cannot be imported."""


class IAgentKind(IKind):
    """Declares a kind of `mailtickets.interfaces.IAgent`."""


class IDeskKind(IKind):
    """Declares a kind of `mailtickets.interfaces.IDesk`."""


class IFilterKind(IKind):
    """Declares a kind of `mailtickets.interfaces.IFilter`."""


def _keys(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


@frozen
class _Kind:
    name: str
    factory: str  # "package.module:callable"
    keys: frozenset[str] = field(default=(), converter=_keys)

    def load(self) -> Callable[[Mapping[str, Any], Needs], Any]:
        """The factory. Raises SettingsError when it cannot be imported."""
        try:
            factory = namedAny(self.factory.replace(":", "."))  # type: ignore[no-untyped-call]
        except Exception as why:  # whatever a stranger's module raises at import
            raise SettingsError(
                self.name, f"its factory {self.factory} cannot be imported ({type(why).__name__})"
            ) from why
        if not callable(factory):
            raise SettingsError(self.name, f"its factory {self.factory} cannot be called")
        return factory  # type: ignore[no-any-return]


@implementer(IPlugin, IAgentKind)
class AgentKind(_Kind):
    """A kind of agent, for `[[route]] agent = NAME`."""


@implementer(IPlugin, IDeskKind)
class DeskKind(_Kind):
    """A kind of desk, for `[[desk]] kind = NAME`."""


@implementer(IPlugin, IFilterKind)
class FilterKind(_Kind):
    """A kind of filter, for `[[filter]] kind = NAME`."""
