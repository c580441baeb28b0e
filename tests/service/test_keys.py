"""Where the keys of our addresses come from."""

import pytest

from mailtickets.errors import SettingsError
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.proofs import Proofs
from mailtickets.service.keys import FILE, Keys, KeySettings, key_ring
from mailtickets.service.settings import from_options
from mailtickets.service.state import StateDirectory


def no_keys(*_):
    """A kind without keys of its own."""
    return frozenset()


def test_made_at_first_start(tmp_path):
    """Without a setting there is a key of our own, the same at each start, for its owner alone."""
    first = key_ring(KeySettings(), StateDirectory(tmp_path))
    assert key_ring(KeySettings(), StateDirectory(tmp_path)) == first
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_several_gateways_share_a_file(tmp_path):
    """The settings name a file, or the keys; both give the same ring, and no file is made."""
    (tmp_path / "shared").write_text("a" * 40 + "\n" + "b" * 40 + "\n")
    (tmp_path / "one.toml").write_text(f'[addresses]\nkeys_file = "{tmp_path}/shared"\n')
    (tmp_path / "two.toml").write_text(f'[addresses]\nkeys = ["{"a" * 40}", "{"b" * 40}"]\n')
    rings = []
    for name in ("one", "two"):
        settings = from_options({"config": tmp_path / f"{name}.toml"}, no_keys)
        rings.append(key_ring(settings.addresses, StateDirectory(tmp_path / name)))
        assert not (tmp_path / name).exists()
    assert rings[0] == rings[1]
    assert len(rings[0].keys) == 2


def test_keys_are_read_again(tmp_path):
    """What was made of a running gateway's keys changes with them; a file that is gone does not."""
    keys = Keys(KeySettings(), StateDirectory(tmp_path))
    secrets = keys.secrets("ticket")
    proofs, before = Proofs(secrets), list(secrets)
    address = Mailbox("SUPPORT-1", "support-ticket.com")
    token = proofs.token(address, "nic@ferrier")
    old = (tmp_path / FILE).read_text("ascii")
    (tmp_path / FILE).write_text("n" * 40 + "\n" + old)
    assert list(secrets) == before
    keys.reload()
    assert (len(secrets), secrets[1:]) == (2, tuple(before))
    assert proofs.valid(address, token)
    assert proofs.token(address, "nic@ferrier") != token
    (tmp_path / FILE).write_text("n" * 40 + "\n")
    keys.reload()
    assert not proofs.valid(address, token)
    for spoil in ((tmp_path / FILE).unlink, lambda: (tmp_path / FILE).write_text("short")):
        spoil()
        with pytest.raises(SettingsError):
            keys.reload()
        assert len(secrets) == 1


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ('keys_file = "/nowhere/at/all"', "line 2, addresses.keys_file: .* cannot be read"),
        ('keys = ["short"]', "line 2, addresses.keys: key 1 is not"),
        ('keys = ["short"]\nkeys_file = "x"', "line 2, addresses.keys: give either"),
    ],
)
def test_keys_that_cannot_be_used(tmp_path, said, complaint):
    """The complaint names the line, and no key."""
    (tmp_path / "one.toml").write_text(f"[addresses]\n{said}\n")
    with pytest.raises(SettingsError, match=complaint) as why:
        key_ring(
            from_options({"config": tmp_path / "one.toml"}, no_keys).addresses,
            StateDirectory(tmp_path),
        )
    assert "short" not in str(why.value)
