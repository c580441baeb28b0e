"""The register that gateways share: one contract in memory and on both databases."""

import pytest
import pytest_twisted
from twisted.internet.defer import ensureDeferred, gatherResults

from mailtickets.db.database import Database
from mailtickets.db.register import Register
from mailtickets.errors import Temporary
from mailtickets.testing.register import MemoryRegister


@pytest_twisted.async_yield_fixture(params=["memory", "sqlite", "postgresql"])
async def registers(request, tmp_path):
    """Two gateways' registers of one database."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    if request.param == "memory":
        one = MemoryRegister()
        yield one, one
        return
    url = f"sqlite:///{tmp_path}/mailtickets.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new()
    databases = [Database.open(url, reactor) for _ in range(1 + (request.param == "postgresql"))]
    made = [Register() for _ in range(2)]
    for number, register in enumerate(made):
        register.use(databases[number % len(databases)])
    yield made
    for database in databases:
        await database.close()


@pytest_twisted.ensureDeferred
async def test_what_is_put_is_there(registers):
    """One writes, the other reads; shelves do not mix; None takes a value away."""
    here, there = registers
    assert await here.read("a", "k") is None
    assert await here.change("a", "k", lambda before: f"{before} then ü") == "None then ü"
    assert await there.read("a", "k") == "None then ü"
    assert await there.read("b", "k") is None
    assert await there.change("a", "k", lambda _: None) is None
    assert await here.read("a", "k") is None


@pytest_twisted.ensureDeferred
async def test_nobody_comes_between(registers):
    """Changes of two gateways at once are all there in the end."""

    def more(before):
        return str(int(before or 0) + 1)

    changes = [one.change("a", "k", more) for _ in range(10) for one in registers]
    await gatherResults([ensureDeferred(each) for each in changes])
    assert await registers[0].read("a", "k") == "20"


@pytest_twisted.ensureDeferred
async def test_pages(registers):
    """Entries come in order, as many as were asked for."""
    here, there = registers
    for key in ("c", "a", "b"):
        await here.change("s", key, lambda _, key=key: key * 2)
    assert list(await there.entries("s", "", 2)) == [("a", "aa"), ("b", "bb")]
    assert list(await there.entries("s", "b", 2)) == [("c", "cc")]


@pytest_twisted.ensureDeferred
async def test_a_shelf_is_bounded(tmp_path):
    """When a shelf is full the oldest go."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(f"sqlite:///{tmp_path}/mailtickets.db", reactor)
    now = [0.0]
    register = Register(lambda: now[0], most=3)
    with pytest.raises(Temporary):
        await register.read("s", "k")
    register.use(database)
    for key in ("z", "y", "x", "w", "v"):
        now[0] += 1
        await register.change("s", key, lambda _: "1")
    assert [key for key, _ in await register.entries("s", "", 10)] == ["v", "w", "x"]
    await database.close()
