"""MTA-STS: what policies say, and how long they are believed."""

import pytest
import pytest_twisted
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Temporary
from mailtickets.relay.sts import SHELF, Mode, Policies, StsPolicy, policy, policy_id
from mailtickets.testing.register import MemoryRegister

FILE = b"version: STSv1\r\nmode: enforce\r\nmx: mx.x.org\r\nmx: *.y.org\r\nmax_age: 86400\r\n"


def test_a_policy_is_read():
    """Mode, hosts and age; unknown fields are ignored, a longer age is cut to a year."""
    assert policy(FILE, "7") == StsPolicy(Mode.ENFORCE, ("mx.x.org", "*.y.org"), 86400, "7")
    longer = policy(FILE.replace(b"86400", b"99999999999") + b"extra: 1\n", "7")
    assert longer.max_age == 31557600
    assert policy(b"version: STSv1\nmode: none\nmax_age: 1\n", "7").mode is Mode.NONE


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        FILE.replace(b"STSv1", b"STSv2"),
        FILE.replace(b"enforce", b"force"),
        FILE.replace(b"86400", b"-1"),
        b"version: STSv1\nmode: enforce\nmax_age: 1\n",
        b"<html>" * 1000,
        FILE + b"version: STSv1\n",
    ],
)
def test_no_policy(octets):
    """What is no policy is none, and never a broken one."""
    assert policy(octets, "7") is None


@given(st.binary(max_size=300))
def test_any_file(octets):
    """Any octets are read, or are none."""
    found = policy(octets, "1")
    assert found is None or found.mode in set(Mode)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("mx.x.org", True),
        ("MX.X.ORG.", True),
        ("a.y.org", True),
        ("a.b.y.org", False),
        ("y.org", False),
        ("mx.x.org.evil.com", False),
    ],
)
def test_which_hosts(host, allowed):
    """A wildcard stands for one label, no more."""
    assert policy(FILE, "7").allows(host) is allowed


def test_the_record():
    """One record with an id; two are none."""
    assert policy_id(["spf", "v=STSv1; id=20160831085700Z;"]) == "20160831085700Z"
    assert policy_id(["v=STSv1; id=1;", "v=STSv1; id=2;"]) is None
    assert policy_id(["v=STSv1;"]) is None
    assert policy_id([]) is None


class World:
    """A clock, a DNS and a web server, which may fail."""

    def __init__(self):
        self.time = 1000.0
        self.record = "v=STSv1; id=1;"
        self.file = FILE
        self.looks = self.fetches = 0

    def now(self):
        """The time."""
        return self.time

    async def texts(self, name):
        """What the DNS says."""
        assert name == "_mta-sts.ferrier"
        self.looks += 1
        if self.record is None:
            raise Temporary("4.3", "no answer")
        return [self.record]

    async def fetch(self, domain):
        """What the web says."""
        self.fetches += 1
        if self.file is None:
            raise Temporary("7.5", "no answer")
        return self.file


@pytest_twisted.ensureDeferred
async def test_a_policy_is_kept():
    """It is fetched once for each id, believed for its age, and known to the next gateway."""
    world = World()
    register = MemoryRegister()
    policies = Policies(register, world.now, world.texts, world.fetch)
    assert (await policies.of("ferrier")).mode is Mode.ENFORCE
    await policies.of("ferrier")
    assert (world.looks, world.fetches) == (1, 1)
    world.time += 4000
    await policies.of("ferrier")
    assert (world.looks, world.fetches) == (2, 1)
    world.record, world.file, world.time = None, None, world.time + 4000
    again = Policies(register, world.now, world.texts, world.fetch)
    assert (await again.of("ferrier")).mode is Mode.ENFORCE  # the DNS is cut off, the policy holds
    world.time += 86400
    assert await again.of("ferrier") is None


@pytest_twisted.ensureDeferred
async def test_a_changed_policy():
    """A new id brings the new policy; a policy that is broken leaves the old one in force."""
    world = World()
    policies = Policies(MemoryRegister(), world.now, world.texts, world.fetch)
    await policies.of("ferrier")
    world.time += 4000
    world.record, world.file = "v=STSv1; id=2;", b"broken"
    assert (await policies.of("ferrier")).id == "1"
    world.time += 400
    world.file = FILE.replace(b"enforce", b"none")
    found = await policies.of("ferrier")
    assert (found.id, found.mode) == ("2", Mode.NONE)


@pytest.mark.parametrize("value", ["", "3", "{}", '{"policy": {"mode": "x"}}', '{"policy": null}'])
@pytest_twisted.ensureDeferred
async def test_a_broken_entry_of_ours(value):
    """What cannot be read, or a register that cannot, is as none: sending goes on."""
    world = World()
    for register in (
        MemoryRegister({SHELF: {"ferrier": value}}),
        MemoryRegister(closed=True),
        None,
    ):
        policies = Policies(register, world.now, world.texts, world.fetch)
        assert (await policies.of("ferrier")).mode is Mode.ENFORCE


@pytest_twisted.ensureDeferred
async def test_gateways_share_policies():
    """What one gateway has just looked up, another does not look up again."""
    world, register = World(), MemoryRegister()
    for _ in range(2):
        policies = Policies(register, world.now, world.texts, world.fetch)
        assert (await policies.of("ferrier")).mode is Mode.ENFORCE
    assert (world.looks, world.fetches) == (1, 1)
