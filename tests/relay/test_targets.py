"""What the relay's settings mean, and which are refused."""

import pytest

from mailtickets.errors import SettingsError
from mailtickets.relay.targets import Target, Tls, limits_of, target_of


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        ({"url": "smtp://mx.x.org"}, Target("mx.x.org", 25)),
        ({"url": "smtp://[::1]:2525"}, Target("::1", 2525)),
        ({"url": "smtps://mx.x.org"}, Target("mx.x.org", 465, tls=Tls.WRAPPED, verify=True)),
        (
            {"url": "smtps://mx.x.org:466", "verify": False},
            Target("mx.x.org", 466, tls=Tls.WRAPPED),
        ),
        (
            {"url": "smtp://mx.x.org", "user": "u", "password": "p"},
            Target("mx.x.org", 25, tls=Tls.REQUIRED, verify=True, user="u", password="p"),
        ),
        (
            {"url": "smtp://u:p%40@127.0.0.1:587"},
            Target("127.0.0.1", 587, user="u", password="p@"),
        ),
        ({"url": "smtp://x", "tls": "never"}, Target("x", 25, tls=Tls.NEVER)),
    ],
)
def test_targets(settings, target):
    """What is not said has a safe default: a password never goes over an open line."""
    assert target_of(settings) == target


@pytest.mark.parametrize(
    ("settings", "culprit"),
    [
        ({}, "relay "),
        ({"url": "http://x"}, "relay http://x"),
        ({"url": "smtp://u:secret@x/path"}, "relay smtp://x/path"),
        ({"url": "smtp://x:99999"}, "relay smtp://x:99999"),
        ({"url": "smtp://x", "tls": "maybe"}, "tls"),
        ({"url": "smtp://x", "user": "u", "tls": "never"}, "tls"),
        ({"url": "smtp://x", "verify": "yes"}, "verify"),
        ({"url": "smtp://x", "ca_file": "/nowhere/ca.pem"}, "ca_file"),
        ({"url": "smtp://x", "password_file": "/nowhere/pw"}, "password_file"),
    ],
)
def test_bad_settings(settings, culprit):
    """A setting that cannot be used is named, without the password in it."""
    with pytest.raises(SettingsError) as caught:
        target_of(settings)
    assert caught.value.culprit == culprit
    assert "secret" not in str(caught.value)


def test_a_password_in_a_file(tmp_path):
    """The password may stand in a file; the line's end is no part of it."""
    path = tmp_path / "password"
    path.write_text("pass word\n")
    settings = {"url": "smtps://x", "user": "u", "password_file": str(path)}
    assert target_of(settings).password == "pass word"
    assert "pass word" not in repr(target_of(settings))


@pytest.mark.parametrize("settings", [{"concurrency": 0}, {"idle": "x"}, {"letters": True}])
def test_bad_bounds(settings):
    """Bounds are numbers within reason."""
    with pytest.raises(SettingsError):
        limits_of(settings)
