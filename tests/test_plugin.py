"""How a plugin declares itself."""

import sys

import pytest
from twisted.plugin import getPlugins
from zope.interface.verify import verifyObject

import mailtickets.plugins
from mailtickets.errors import SettingsError
from mailtickets.plugin import AgentKind, DeskKind, IAgentKind, IDeskKind, IKind


def test_our_own_kinds_are_found_like_a_strangers():
    """The desk's client, the relay and the filters are plugins, and keep the promise of one."""
    found = list(getPlugins(IKind, mailtickets.plugins))
    assert {"http", "relay", "size"} <= {kind.name for kind in found}
    for kind in found:
        verifyObject(IKind, kind)
        assert callable(kind.load())


def test_nothing_is_imported_before_it_is_asked_for():
    """A declaration names its factory; the module is imported by `load` alone."""
    sys.modules.pop("wave", None)
    kind = DeskKind("x", "wave:open", keys=("url",))
    assert "wave" not in sys.modules
    assert callable(kind.load())
    assert "wave" in sys.modules
    assert kind.keys == {"url"}


def test_sorts_are_told_apart():
    """An agent is not offered as a desk."""
    assert IAgentKind.providedBy(AgentKind("a", "x:y"))
    assert not IDeskKind.providedBy(AgentKind("a", "x:y"))


@pytest.mark.parametrize("factory", ["no.such.module:make", "json:nothing", "json:__name__"])
def test_a_factory_that_is_not_there(factory):
    """A factory that cannot be had is named, with the kind that wanted it."""
    with pytest.raises(SettingsError, match=r"^x: its factory"):
        AgentKind("x", factory).load()
