"""The state directory: made, locked, and read by the commands."""

import pytest

from mailtickets.errors import SettingsError
from mailtickets.service.state import StateDirectory


def test_one_gateway_at_a_time(tmp_path):
    """A second gateway on one directory is told so; after the first it may have it."""
    state = StateDirectory(tmp_path / "deep" / "state")
    lock = state.open()
    assert state.locked
    with pytest.raises(SettingsError, match="another mailtickets is running"):
        StateDirectory(state.path).open()
    lock.close()
    assert not state.locked
    state.open().close()


def test_unusable(tmp_path):
    """A directory that cannot be made is named."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written"):
        StateDirectory(tmp_path / "file" / "state").open()


def test_the_token_stays(tmp_path):
    """The token is made once, is long, and is its owner's alone to read."""
    state = StateDirectory(tmp_path)
    token = state.token()
    assert len(token) >= 40
    assert StateDirectory(tmp_path).token() == token
    assert state.token_file.stat().st_mode & 0o777 == 0o600


def test_announced(tmp_path):
    """The commands find the running gateway by what it announced."""
    state = StateDirectory(tmp_path)
    assert state.announced() == {}
    state.announce("http://127.0.0.1:8025")
    assert state.announced()["web"] == "http://127.0.0.1:8025"
    (tmp_path / "gateway.json").write_text("{")
    assert state.announced() == {}
