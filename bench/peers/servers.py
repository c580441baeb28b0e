"""The servers that are compared: how each is started, watched and ended."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
HERE = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")

POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
myhostname = mx.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
relay_domains = example.com
relay_transport = discard:
default_transport = discard:
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
message_size_limit = 100000000
mailbox_size_limit = 0
smtpd_client_connection_count_limit = 0
maillog_file = {home}/log
maillog_file_prefixes = {home}
"""
POSTFIX_MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


GATEWAYS = ("ours, accepted", "ours, carried", "ours, tickets")


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def program(name: str) -> str:
    """The path of a program of Debian's, also where a user's PATH does not look."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise SystemExit(f"{name} is not here")
    return found


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def _resident(pid: int, key: str) -> int:
    with contextlib.suppress(OSError):  # a child may go at any time
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    return 0


class Server:
    """One server in processes of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = free_port()
        self.home = Path(tempfile.mkdtemp(prefix="bench-"))
        self.home.chmod(0o755)
        self._child = self._start()
        self.pid = self._master() if name == "postfix smtpd" else self._child.pid
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection((HERE, self.port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def _start(self) -> subprocess.Popen:
        port, log = str(self.port), str(self.home / "log")
        environment = dict(os.environ)
        command = {
            "ours, discard": ["-m", "bench.peers.ours", port, "discard", log],
            "ours, lines": ["-m", "bench.peers.ours", port, "lines", log],
            "twisted.mail": ["-m", "bench.peers.stock", port, "shipped", log],
            "twisted.mail, silent": ["-m", "bench.peers.stock", port, "silent", log],
            "aiosmtpd": ["-m", "bench.peers.aio", port],
        }.get(self.name)
        if command is not None:
            command = [sys.executable, *command]
        elif self.name == "smtp-server":
            environment["NODE_PATH"] = str(TREE / "tests" / "peers" / "node_modules")
            command = [program("node"), str(TREE / "bench" / "peers" / "smtp_server.js"), port]
        elif self.name in GATEWAYS:
            command = self._gateway(port)
            environment["PYTHONPATH"] = os.pathsep.join(
                [str(TREE), str(TREE / "bench/peers/plugin")]
            )
        else:
            self._configure_postfix()
            command = [program("postfix"), "-c", str(self.home / "config"), "start"]
        null = subprocess.DEVNULL
        return subprocess.Popen(
            command, cwd=TREE, env=environment, stdin=null, stdout=null, stderr=null
        )

    def _gateway(self, port: str) -> list[str]:
        """The whole of mailtickets.

        `carried` gives its letters to an agent that forgets them, `accepted` to one that has ten
        letters and never says what became of them, so that all others wait on disk.
        """
        words = [str(Path(sys.executable).with_name("twistd")), "-n", "--pidfile=",
                 f"--logfile={self.home / 'log'}", "mailtickets", "--port", port,
                 "--web", f"tcp:{free_port()}:interface={HERE}",
                 "--state", str(self.home / "state")]  # fmt: skip
        if self.name == "ours, tickets":
            return [*words, "--domain", "example.com"]
        settings = self.home / "settings.toml"
        agent = "waiting" if self.name == "ours, accepted" else "discarding"
        settings.write_text(
            'domain = "desk.example.com"\n[limits]\nmessage_size = 100000000\n'
            f'[[route]]\nto = "*@example.com"\nagent = "{agent}"\n'
        )
        return [*words, "--config", str(settings)]

    def _configure_postfix(self) -> None:
        for name in ("config", "queue", "data"):
            (self.home / name).mkdir()
        shutil.chown(self.home / "data", "postfix")
        main = POSTFIX_MAIN.format(home=self.home)
        (self.home / "config" / "main.cf").write_text(main)
        (self.home / "config" / "master.cf").write_text(POSTFIX_MASTER.format(port=self.port))

    def _master(self) -> int:
        self._child.wait()
        path = self.home / "queue" / "pid" / "master.pid"
        while not path.exists():
            time.sleep(0.1)
        return int(path.read_text())

    def _pids(self) -> list[int]:
        """The server's process and its children."""
        children = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    if int(_stat(int(entry.name))[1]) == self.pid:
                        children.append(int(entry.name))
        return [self.pid, *children]

    def cpu(self) -> float:
        """Seconds of CPU so far, those of children that have gone included."""
        ticks = sum(int(word) for word in _stat(self.pid)[13:15])
        for pid in self._pids():
            with contextlib.suppress(OSError, IndexError):
                ticks += sum(int(word) for word in _stat(pid)[11:13])
        return ticks / TICKS

    def rest(self) -> None:
        """Wait until it has nothing more to do: for half a second it uses next to no CPU."""
        end, quiet = time.monotonic() + 120, 0
        before = self.cpu()
        while quiet < 5 and time.monotonic() < end:
            time.sleep(0.1)
            now = self.cpu()
            quiet = quiet + 1 if now - before <= 0.011 else 0
            before = now

    def resident(self) -> int:
        """Octets of memory in use."""
        return sum(_resident(pid, "VmRSS") for pid in self._pids())

    def peak(self) -> int:
        """The most it ever used; `forget_peak` begins anew."""
        return _resident(self.pid, "VmHWM")

    def forget_peak(self) -> None:
        """Begin to look for the peak now."""
        with contextlib.suppress(OSError):
            Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def stop(self) -> None:
        """End it."""
        if self.name == "postfix smtpd":
            null = subprocess.DEVNULL
            subprocess.run([program("postfix"), "-c", str(self.home / "config"), "stop"],
                           stdin=null, stdout=null, stderr=null, check=False)  # fmt: skip
        else:
            self._child.terminate()
            try:
                self._child.wait(20)
            except subprocess.TimeoutExpired:
                self._child.kill()
        shutil.rmtree(self.home, ignore_errors=True)
