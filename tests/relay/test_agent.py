"""How the relay is asked for."""

import pytest
from twisted.internet import reactor

from mailtickets.errors import SettingsError
from mailtickets.plugin import Needs
from mailtickets.plugins.builtin import relay_agent
from mailtickets.relay.agent import make
from mailtickets.relay.keys import ANSWERS
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.steps import RecordingSteps


def test_what_is_declared_is_what_is_taken(tmp_path):
    """Every setting of the relay may stand in the settings file, and means something there."""
    assert relay_agent.load() is make
    needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "gateway.example", tmp_path)
    good = {
        "smtp://x": {"user": "u", "password": "p", "password_file": __file__, "verify": True},
        "mx": {"domain_concurrency": 3, "resolver": "127.0.0.1:53", "port": 26}
        | {"local": True, "sts": False, "sts_port": 444},
    }
    both = {"tls": "required", "ca_file": __file__, "dkim": [], "suppress": False}
    both |= {"concurrency": 3, "idle": 3, "letters": 3}
    assert {"url", *both, *good["mx"], *good["smtp://x"]} | ANSWERS == relay_agent.keys
    for url, own in good.items():
        for key, value in (both | own).items():
            make({"url": url, key: value}, needs)
    for key in ANSWERS:
        with pytest.raises(SettingsError):
            make({"url": "mx", key: True}, needs)


@pytest.mark.parametrize(
    ("settings", "culprit"),
    [
        ({"url": "smtp://x", "resolver": "127.0.0.1:53"}, "resolver"),
        ({"url": "mx", "user": "u"}, "user"),
        ({"url": "mx", "resolver": "nonsense"}, "resolver"),
        ({"url": "mx", "resolver": [1]}, "resolver"),
        ({"url": "mx", "port": 0}, "port"),
        ({"url": "mx", "tls": "perhaps"}, "tls"),
        ({"url": "mx", "local": 1}, "local"),
        ({"url": "mx", "domain_concurrency": 0}, "domain_concurrency"),
        ({"url": "smtp://x", "suppress": "no"}, "suppress"),
        ({"url": "smtp://x", "dkim": {}}, "dkim"),
    ],
)
def test_bad_settings(tmp_path, settings, culprit):
    """A setting that cannot be used, or means nothing here, is named at start."""
    needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "gateway.example", tmp_path)
    with pytest.raises(SettingsError) as caught:
        make(settings, needs)
    assert caught.value.culprit == culprit
