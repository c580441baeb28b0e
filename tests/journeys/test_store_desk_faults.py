"""Between a gateway and its desk, another whole mailtickets, goes wrong what can: nothing is twice.

The faults are a real proxy's (`mailtickets.testing.deskfaults`). Each hits a letter that opens a
ticket, the last one a letter to a ticket that there is, and then goes away.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.threads import deferToThread

from mailtickets.testing.deskfaults import LOGIN, Detour, Fault, answering
from tests.journeys.running import HERE, Running, until
from tests.journeys.test_seed import NEW, TICKET, letter, tally
from tests.journeys.test_trouble import SETTINGS

_JSON = "Content-Type: application/json"
_HTML = "Content-Type: text/html"
_OTHER = json.dumps({"key": "SUPPORT-77", "ticket": "SUPPORT-77", "id": "9"}).encode()
PROMPT = 15.0  # seconds for a letter on a busy machine; who waits for a hung desk takes 20

FAULTS = (
    Fault("hangs", stay=True),
    Fault("stores, then hangs", forward=True, stay=True),
    Fault("stores, then says 500", forward=True, answer=answering("500 Oops", LOGIN, _HTML)),
    Fault("stores, then hangs up", forward=True),
    Fault("gives half an answer", forward=True, share=0.5),
    Fault("says 429", answer=answering("429 Slow down", b"{}", _JSON, "Retry-After: 2")),
    Fault("answers with a page", answer=answering("200 OK", LOGIN, _HTML)),
    Fault("redirects", answer=answering("302 There", b"", "Location: http://127.0.0.1:9/")),
)
ANOTHER = Fault(
    "is about another ticket", forward=True, answer=answering("201 Made", _OTHER, _JSON)
)


@pytest.mark.parametrize("fault", [*FAULTS, ANOTHER], ids=lambda fault: fault.name)
@pytest_twisted.ensureDeferred
async def test_a_desk_whose_answer(
    fault: Fault, raise_up: Callable[..., Running], tmp_path: Path
) -> None:
    """The letters wait, the edge answers at once; each is one entry in the end, none bounced."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    theirs: Any = await deferToThread(raise_up().start)
    detour = Detour(reactor, (HERE, theirs.web_port))
    try:
        await deferToThread(_journey, fault, theirs, detour, raise_up, tmp_path)
    finally:
        await detour.stop()


def _journey(
    fault: Fault, theirs: Running, detour: Detour, raise_up: Callable[..., Running], place: Path
) -> None:
    file = place / "settings.toml"
    token = f'token_file = "{theirs.state / "desk.token"}"'
    url = f"http://{HERE}:{detour.port}/"
    file.write_text(SETTINGS.format(url=url, token=token), "utf-8")
    ours = raise_up("--config", str(file), domain=None).start()
    _sent(ours, letter("The first", Message_ID="<1@ferrier>"), NEW)
    until(lambda: tally(ours).get("opened") == 1, what="the first ticket")

    _turn(detour, fault)
    opens = fault is not ANOTHER  # an opening's answer is the first to name its ticket
    to = NEW if opens else TICKET
    _sent(ours, letter("The second", "Other", to, Message_ID="<2@ferrier>"), to)
    if not fault.stay:
        until(lambda: _deferred(ours) >= 1, what=f"deferrals\n{ours.log}")
    else:
        until(lambda: len(detour.open) >= 2, what="calls that hang")
    assert {tally(ours).get(state, 0) for state in ("bounced", "refused", "commented")} == {0}

    _turn(detour, None)
    wanted = (2, 0) if opens else (1, 1)
    until(lambda: _fates(ours) == wanted, what=f"what waited\n{ours.log}")
    tickets = [theirs.ticket(one["key"]) for one in theirs.tickets()]
    said = sorted(entry["text"].strip() for one in tickets for entry in one["comments"])
    assert said == ["The first", "The second"]
    assert len(tickets) == 1 + opens


def _turn(detour: Detour, fault: Fault | None) -> None:
    """From now on it is so, for every connection: those that are open end."""
    detour.fault = fault
    for one in list(detour.open):
        detour.reactor.callFromThread(one.transport.abortConnection)


def _sent(ours: Running, made: Any, to: str) -> None:
    began = time.monotonic()
    assert ours.send(made, "nic@ferrier", to)[0] == 250
    assert time.monotonic() - began < PROMPT


def _fates(ours: Running) -> tuple[int, int]:
    counted = tally(ours)
    return counted.get("opened", 0), counted.get("commented", 0)


def _deferred(ours: Running) -> float:
    _, _, text = ours.request("GET", "/metrics")
    found = re.findall(
        r'^mailtickets_attempts_total\{.*outcome="due".*\} (\S+)$', text.decode(), re.MULTILINE
    )
    return sum(map(float, found))
