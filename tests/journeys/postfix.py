"""Debian's Postfix as another's mail server, from a configuration of its own, on loopback only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.journeys.running import HERE, until
from tests.needs import need
from tests.ports import free_port

_MASTER = """\
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One instance. `routes` say where each domain's mail goes; nothing else is ever sent on."""

    def __init__(
        self, name: str, routes: Mapping[str, str], host: str = HERE, **settings: str
    ) -> None:
        self._program = need("postfix")
        self.host, self.port = host, free_port()
        # Postfix runs as a user of its own, who may not look into pytest's directories.
        self._directory = Path(tempfile.mkdtemp(prefix="postfix-"))
        self._directory.chmod(0o755)
        for part in ("conf", "queue", "data"):
            (self._directory / part).mkdir()
        shutil.chown(self._directory / "data", "postfix")
        table = ", ".join(f"{{{domain} = {to}}}" for domain, to in routes.items())
        main = {
            "compatibility_level": "3.6",
            "queue_directory": str(self._directory / "queue"),
            "data_directory": str(self._directory / "data"),
            "maillog_file": str(self._directory / "log"),
            "maillog_file_prefixes": str(self._directory),
            "myhostname": name,
            "mydestination": "",
            "inet_interfaces": HERE,
            "inet_protocols": "ipv4",
            "mynetworks": "127.0.0.0/8",
            "smtpd_relay_restrictions": "permit_mynetworks, reject",
            "smtpd_peername_lookup": "no",
            "alias_maps": "",
            "local_recipient_maps": "",
            "default_transport": "error:nothing leaves this machine",
            "smtp_dns_support_level": "disabled",
            "transport_maps": f"inline:{{ {table} }}",
            "queue_run_delay": "1s",
            "minimal_backoff_time": "1s",
            "bounce_queue_lifetime": "1h",
            **settings,
        }
        text = "".join(f"{key} = {value}\n" for key, value in main.items())
        (self._directory / "conf" / "main.cf").write_text(text)
        master = _MASTER.format(host=host, port=self.port)
        (self._directory / "conf" / "master.cf").write_text(master)

    def _run(self, command: str) -> str:
        done = subprocess.run(
            [self._program, "-c", str(self._directory / "conf"), command],
            check=False,
            capture_output=True,
            timeout=60,
            env=os.environ | {"MAIL_CONFIG": str(self._directory / "conf")},
        )
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    def mailboxes(self) -> Path:
        """A directory for mailboxes, which the setting virtual_mailbox_base then names."""
        place = self._directory / "boxes"
        place.mkdir(exist_ok=True)
        os.chown(place, 12345, 12345)
        with (self._directory / "conf" / "main.cf").open("a") as main:
            main.write(f"virtual_mailbox_base = {place}\n")
        self._run("reload")
        return place

    @property
    def log(self) -> str:
        """What it says of itself."""
        path = self._directory / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def __enter__(self) -> Self:
        said = self._run("start")
        try:
            until(lambda: "daemon started" in self.log, 20, "Postfix")
        except AssertionError as why:
            raise AssertionError(f"Postfix does not start: {said}{self.log}") from why
        return self

    def __exit__(self, *_: object) -> None:
        self._run("abort")
        until(lambda: not self._running(), 20, "Postfix ends")
        shutil.rmtree(self._directory, ignore_errors=True)

    def _running(self) -> bool:
        try:
            pid = int((self._directory / "queue" / "pid" / "master.pid").read_text())
            os.kill(pid, 0)
        except (OSError, ValueError):
            return False
        return True


def to(port: int) -> str:
    """A route to a port of this machine."""
    return f"smtp:[{HERE}]:{port}"
