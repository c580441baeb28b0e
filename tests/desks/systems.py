"""Real ticketing systems on loopback: started once for a test run, on free ports, ended by pid."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from tests.ports import free_port

HERE = Path(__file__).parent
PATIENCE = 90.0
"""Seconds that a system may take until it answers."""


def installed(script: str) -> None:
    """Skip, or in CI fail, when a system is not installed: `make test` installs it as root."""
    told = subprocess.run([HERE / script, "installed"], check=False, capture_output=True)
    if told.returncode == 0:
        return
    text = f"{script.removesuffix('.sh')} is not installed: as root, tests/desks/{script} install"
    if os.environ.get("CI"):
        pytest.fail(text)
    pytest.skip(text)


def seeded(script: str, *words: str) -> Any:
    """What a script's `seed` prints: a JSON object, after whatever else."""
    done = subprocess.run(
        [HERE / script, "seed", *words], check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@contextmanager
def served(script: str, probe: str, headers: Mapping[str, str], *words: str) -> Iterator[int]:
    """Serve a system on a free port until the block ends; `probe` is a path that it answers."""
    with starting(script, *words) as (port, answers):
        answers(probe, headers)
        yield port


@contextmanager
def starting(
    script: str, *words: str
) -> Iterator[tuple[int, Callable[[str, Mapping[str, str]], None]]]:
    """Start a system on a free port: the port, and what waits until it answers at a path."""
    port = free_port()
    log = Path(f"/tmp/mailtickets-{script}-{port}.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [HERE / script, "serve", str(port), *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def answers(probe: str, headers: Mapping[str, str]) -> None:
        _await(process, f"http://127.0.0.1:{port}{probe}", headers, log)

    try:
        yield port, answers
    finally:
        _end(process)
        log.unlink(missing_ok=True)


def _token(told: Mapping[str, Any]) -> Mapping[str, str]:
    return {"Authorization": f"token {told['token']}"}


def _nothing(told: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


SYSTEMS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Mapping[str, str]]]] = {
    "rt": ("/REST/2.0/rt", _token),
    "redmine": ("/login", _nothing),
    "roundup": ("/trk/rest", _nothing),
    "djangohelpdesk": ("/helpdesk/api/", _nothing),
    "znuny": ("/otrs/index.pl", _nothing),
}
"""By script: a path that answers once the system is up, and the headers it wants."""


class Systems:
    """Systems that are costly to start: each is started when it is first used, and once."""

    def __init__(self, running: ExitStack) -> None:
        self._running = running
        self._told: dict[str, dict[str, Any]] = {}

    def use(self, name: str) -> dict[str, Any]:
        """What its script's `seed` prints, its `port` and its `url`; a queue is everybody's.

        Nobody needs what it is seeded with to start it, so both are done at once.
        """
        if name not in self._told:
            script = f"{name}.sh"
            installed(script)
            probe, headers = SYSTEMS[name]
            port, answers = self._running.enter_context(starting(script))
            told = seeded(script, fresh("support").lower())
            answers(probe, headers(told))
            self._told[name] = {**told, "port": port, "url": f"http://127.0.0.1:{port}"}
        return dict(self._told[name])


def redmine_project(told: Mapping[str, Any]) -> str:
    """A new project of the Redmine that runs, which our user is a member of."""
    name, headers = fresh("support").lower(), {"X-Redmine-API-Key": told["agent"]}
    project = {
        "name": name,
        "identifier": name,
        "is_public": False,
        "enabled_module_names": ["issue_tracking"],
    }
    asked("POST", f"{told['url']}/projects.json", headers, {"project": project})
    member = {"user_id": told["user"], "role_ids": [told["role"]]}
    path = f"projects/{name}/memberships.json"
    asked("POST", f"{told['url']}/{path}", headers, {"membership": member})
    return name


def rt_queue(told: Mapping[str, Any]) -> str:
    """A new queue of the RT that runs."""
    name, headers = fresh("Support"), {"Authorization": f"token {told['agent']}"}
    asked("POST", f"{told['url']}/REST/2.0/queue", headers, {"Name": name})
    return name


def _await(
    process: subprocess.Popen[bytes], url: str, headers: Mapping[str, str], log: Path
) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            urlopen(Request(url, headers=dict(headers)), timeout=10).close()
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing answers at {url}: {log.read_text(errors='replace')[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it, and the workers of its session, which are its own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def fresh(prefix: str) -> str:
    """A name that no earlier run has used."""
    return f"{prefix}-{uuid4().hex[:10]}"


def asked(method: str, url: str, headers: Mapping[str, str], told: Any = None) -> Any:
    """The JSON of an answer, asked for past our clients, as an agent's browser would."""
    return asked_with_place(method, url, headers, told)[0]


def asked_with_place(
    method: str, url: str, headers: Mapping[str, str], told: Any = None
) -> tuple[Any, str]:
    """The JSON of an answer, and its Location."""
    body = None if told is None else json.dumps(told).encode()
    sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    with urlopen(Request(url, body, sent, method=method), timeout=60) as answer:
        octets, place = answer.read(), answer.headers.get("Location", "")
    return (json.loads(octets) if octets.strip() else None), place
