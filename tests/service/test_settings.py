"""What the command line and the file ask for, and what is said of what cannot be had."""

from pathlib import Path

import pytest

from mailtickets.errors import SettingsError
from mailtickets.retry import Policy
from mailtickets.routing.addresses import Queue, Route
from mailtickets.service.settings import DeskSettings, from_options
from mailtickets.store.spool import RESEND_WINDOW, RETENTION


def kind_keys(sort, name, where):
    """A house with one kind of each sort."""
    known = {"desk": {"http", "rt"}, "agent": {"acme", "relay"}, "filter": {"size"}}[sort]
    if name not in known:
        raise SettingsError(f"{where} {name}", "not installed")
    return frozenset({"url", "octets", "user", "dkim"})


def read(tmp_path, text, **options):
    """The settings of a file with this text, and of a command line."""
    file = tmp_path / "mailtickets.toml"
    file.write_text(text, "utf-8")
    return from_options({"config": str(file), **options}, kind_keys)


def complaint(tmp_path, text, **options):
    """What is said of such a file, less the directory it is in."""
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, text, **options)
    return str(refused.value).replace(f"{tmp_path}/", "")


def test_nothing_asked_for():
    """With no configuration: one queue, the embedded desk, SQLite in ./state, replies held."""
    settings = from_options({}, kind_keys)
    assert settings.queues == (Queue("support", "localhost"),)
    assert settings.embedded
    assert (settings.relay, settings.web) == ("hold", "tcp:8025:interface=127.0.0.1")
    assert settings.state == Path("state")
    assert settings.store_url == f"sqlite:///{Path.cwd()}/state/mailtickets.db"


def test_the_environment_names_the_state(monkeypatch):
    """MAILTICKETS_STATE is where state is kept, unless the command line says otherwise."""
    monkeypatch.setenv("MAILTICKETS_STATE", "/var/lib/mt")
    assert from_options({}, kind_keys).state == Path("/var/lib/mt")
    assert from_options({"state": "here"}, kind_keys).state == Path("here")


def test_port_is_short_for_smtp():
    """--port 2525 listens on TCP port 2525, beside whatever --smtp names."""
    settings = from_options({"port": "2525", "smtp": ["unix:/run/mt"]}, kind_keys)
    assert settings.smtp == ("unix:/run/mt", "tcp:2525")


def test_a_whole_file(tmp_path):
    """Every table of the file is heard, and the command line outweighs it."""
    text = """
        domain = "example.org"
        relay = "smtp://relay.example.org:25"
        smtp = ["tcp:2525", "tcp:2526"]
        [[queue]]
        name = "billing"
        open = ["billing", "invoices"]
        prefix = "BILL"
        desk = "tracker"
        [[desk]]
        name = "tracker"
        kind = "rt"
        url = "http://127.0.0.1:1/"
        poll = 5
        [[route]]
        to = "parts@example.org"
        agent = "acme"
        url = "http://127.0.0.1:2/"
        [[filter]]
        kind = "size"
        octets = 1000
        [limits]
        recipients = 3
        [log]
        format = "json"
    """
    settings = read(tmp_path, text, relay="hold", domain="Example.COM")
    (queue,) = settings.queues
    assert queue.open == ("billing", "invoices")
    assert (queue.domain, queue.whole_keys) == ("example.com", False)
    assert settings.desk("tracker") == DeskSettings(
        "tracker", "rt", 5.0, where=settings.desk("tracker").where
    )
    assert settings.desk("tracker").options == {"url": "http://127.0.0.1:1/"}
    assert settings.routes[0].route == Route("parts@example.org", "route:parts@example.org")
    assert settings.filters[0].options == {"octets": 1000}
    assert settings.limits == {"recipients": 3}
    assert (settings.relay, settings.log_format) == ("hold", "json")
    assert not settings.embedded


def test_a_relay_with_settings_of_its_own(tmp_path):
    """`relay` may be a table of the relay's keys; [dkim] names the keys to sign with."""
    text = """
        [relay]
        url = "smtps://relay.example.org"
        user = "mt"
        [dkim]
        domain = "example.org"
        selector = "a"
        key = "a.pem"
        [[dkim.keys]]
        domain = "example.org"
        selector = "b"
        key = "b.pem"
    """
    settings = read(tmp_path, text)
    assert settings.relay == "smtps://relay.example.org"
    assert settings.relay_options["user"] == "mt"
    assert [one["selector"] for one in settings.relay_options["dkim"]] == ["b", "a"]
    assert read(tmp_path, text, relay="hold").relay == "hold"
    said = complaint(tmp_path, "[relay]\nurl = 'mx'\npasword = 'x'")
    assert "line 3, relay.pasword: unknown key" in said
    assert "line 1, dkim.key: this is needed" in complaint(
        tmp_path, "[dkim]\ndomain = 'a'\nselector = 'b'"
    )


def test_how_long_things_are_kept(tmp_path):
    """[spool] counts in days; without it, they are those that the store has by itself."""
    settings = read(tmp_path, "[spool]\nretention = 90\nresend_window = 1.5\ngive_up = 2")
    assert (settings.retention, settings.resend_window) == (90 * 86400, 1.5 * 86400)
    assert settings.give_up == 2 * 86400
    settings = read(tmp_path, "")
    assert (settings.retention, settings.resend_window) == (RETENTION, RESEND_WINDOW)
    assert settings.give_up == Policy().give_up


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 25", "mailtickets.toml, line 1, prot: unknown key; the keys here are: addresses,"),
        ("\n\n[tls]\ncertificat = 'x'", "line 4, tls.certificat: unknown key; the keys here are"),
        ("[tls]\ncertificate = 'x'", "line 2, tls.certificate: TLS needs both"),
        ("[[queue]]\nname = 'a'\n[[queue]]\nname = 'b'\ndesc = 1", "line 5, queue.desc: unknown"),
        ("[[queue]]\nprefix = 'A'", "line 1, queue.name: this is needed, and is not there"),
        ("[[queue]]\nname = 'a'\ndesk = 'rt'", "line 3, queue.desk: there is no [[desk]] named rt"),
        (
            "[[queue]]\nname='a'\nprefix='S'\n[[queue]]\nname='b'\nprefix='s'",
            "line 6, queue.prefix: a domain's queues need prefixes of their own",
        ),
        ("[[queue]]\nname='a'\n[[queue]]\nname='a'", "line 4, queue.name: queues need names"),
        ("[[desk]]\nname = 'd'\nkind = 'jiro'", "line 3, desk.kind jiro: not installed"),
        ("[[desk]]\nname = 'd'\nkind = 'rt'\npoll = 0", "line 4, desk.poll: a number of seconds"),
        ("[[route]]\nto = 'parts'\nagent = 'acme'", "line 2, route.to: an address"),
        ("smtp = 25", "line 1, smtp: this is a list of strings"),
        ("domain = 5", "line 1, domain: this is a string, in quotes"),
        ("queue = 5", "line 1, queue: each of these is a table"),
        ("relay = 'sntp://x'", "--relay sntp://x: say smtp://HOST:PORT"),
        ("domain = 'a..b'", "--domain a..b: this is not a mail domain"),
        ("[spool]\nretention = 0", "line 2, spool.retention: a number of days, from 1"),
        ("[spool]\nresend_window = nan", "line 2, spool.resend_window: a number of days"),
        ("[spool]\nretention = '9'", "line 2, spool.retention: this is a number"),
        (
            "[spool]\nretain = 9",
            "line 2, spool.retain: unknown key; the keys here are: give_up, resend_wi",
        ),
        ("domain = ", "mailtickets.toml: this is not TOML"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, text, said):
    """A complaint names the file, the line, the key, and what would do."""
    assert said in complaint(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    """A missing file is named."""
    with pytest.raises(SettingsError, match=r"none\.toml: No such file"):
        from_options({"config": str(tmp_path / "none.toml")}, kind_keys)


@pytest.mark.parametrize("port", ["x", "-1", "65536", "٢٥"])
def test_a_port_is_a_number(port):
    """--port takes a port and nothing else."""
    with pytest.raises(SettingsError, match="a port is a number"):
        from_options({"port": port}, kind_keys)
