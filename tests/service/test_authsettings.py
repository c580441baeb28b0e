"""`[auth]`: what it may say, and what is said of the rest."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from mailtickets.errors import SettingsError
from mailtickets.service.authsettings import AuthSettings
from mailtickets.service.settings import from_options


def read(place: Path, text: str) -> AuthSettings:
    """The settings of a file with this text."""
    file = place / "mailtickets.toml"
    file.write_text(f'hostname = "mx.test"\n{text}', "utf-8")

    def none(*_: Any) -> frozenset[str]:
        return frozenset()

    return from_options({"config": str(file)}, none).auth


def test_without_it_everything_is_asked_and_nothing_refused(tmp_path: Path) -> None:
    """All four, by the machine's resolver; a failure of the DNS proves nothing."""
    found = read(tmp_path, "")
    assert (found.spf, found.dkim, found.arc, found.dmarc) == (True, True, True, True)
    assert (found.dmarc_reject, found.postpone) == (False, False)
    assert found.authserv_id == "mx.test"
    assert found.resolver == ()


def test_all_of_it(tmp_path: Path) -> None:
    """Every key is heard."""
    found = read(
        tmp_path,
        """
[auth]
spf = false
dkim = false
arc = false
dmarc = false
dmarc_reject = true
resolver = ["127.0.0.1:5353", "192.0.2.1", "[::1]:54", "2001:db8::1"]
timeout = 5
dns_timeout = 1.5
on_dns_failure = "temporary"
authserv_id = "us.test"
trusted_authserv_ids = ["mx.relay.test"]
trusted_relays = ["10.0.0.0/8"]
relay_hops = 2
trusted_arc_sealers = ["List.test"]
""",
    )
    assert found == AuthSettings(
        spf=False,
        dkim=False,
        arc=False,
        dmarc=False,
        dmarc_reject=True,
        resolver=(("127.0.0.1", 5353), ("192.0.2.1", 53), ("::1", 54), ("2001:db8::1", 53)),
        timeout=5.0,
        dns_timeout=1.5,
        postpone=True,
        authserv_id="us.test",
        trusted_authserv_ids=("mx.relay.test",),
        trusted_relays=(ip_network("10.0.0.0/8"),),
        relay_hops=2,
        trusted_arc_sealers=frozenset({"list.test"}),
    )


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ('spf = "yes"', "auth.spf: say true or false"),
        ("timeout = 0", "auth.timeout: a number from 0.5 to 60"),
        ('on_dns_failure = "refuse"', "auth.on_dns_failure: say temporary or neutral"),
        ('resolver = "localhost:53"', "auth.resolver: an address and a port"),
        ('resolver = ["127.0.0.1:99999"]', "auth.resolver: an address and a port"),
        ('authserv_id = "a b"', "auth.authserv_id: a name"),
        ('trusted_authserv_ids = ["MX.test"]', "our own authserv_id is not among those"),
        ('trusted_relays = ["relay.test"]', "auth.trusted_relays: a list of addresses"),
        ("relay_hops = 0", "auth.relay_hops: a number from 1 to 20"),
        ("smtp = true", "auth.smtp: unknown key"),
    ],
)
def test_what_cannot_be_had(tmp_path: Path, line: str, cure: str) -> None:
    """The complaint names file, line and key, and says what would do."""
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, f"[auth]\n{line}\n")
    assert cure in str(refused.value)
    assert "line 3" in str(refused.value)
