"""The examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import mailtickets


def _modules() -> list[str]:
    """Every module but the migrations, which Alembic alone may import, and strangers' plugins."""
    found = pkgutil.walk_packages(mailtickets.__path__, "mailtickets.")
    apart = ("mailtickets.db.migrations", "mailtickets.plugins")
    return [one.name for one in found if not one.name.startswith(apart)]


@pytest.mark.parametrize("name", _modules())
def test_examples(name: str) -> None:
    """Each example of the module's docstrings; every module can be imported by itself."""
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
