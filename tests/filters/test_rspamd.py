"""rspamd: what each of its actions does, and what happens when it cannot be asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_twisted import async_yield_fixture, ensureDeferred
from twisted.internet.defer import maybeDeferred
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site

from mailtickets.errors import SettingsError
from mailtickets.filters.rspamd import make
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Postpone, Refuse, Swallow, Verdict
from tests.filters.needs import letter, needs


class Worker(Resource):
    """A real HTTP server that answers what the test wants."""

    isLeaf = True  # noqa: N815
    answer: bytes | None = b""
    code = 200

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[bytes, dict[str, Any], bytes]] = []

    def render(self, request: Any) -> Any:
        """Twisted's."""
        headers = dict(request.requestHeaders.getAllRawHeaders())
        self.seen.append((request.path, headers, request.content.read()))
        if self.answer is None:
            return NOT_DONE_YET
        request.setResponseCode(self.code)
        return self.answer


@async_yield_fixture
async def worker() -> Any:
    """It listens on loopback; `url` is where."""
    from twisted.internet import reactor  # noqa: PLC0415

    made = Worker()
    port = reactor.listenTCP(0, Site(made), interface="127.0.0.1")
    made.url = f"http://127.0.0.1:{port.getHost().port}"
    yield made
    await maybeDeferred(port.stopListening)


async def judged(worker: Any, **settings: Any) -> Verdict:
    """What the filter says of a letter."""
    made = make({"url": worker.url, "timeout": 0.5, **settings}, needs())
    return await made.judge(letter(), Message())


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ("no action", Accept()),
        ("add header", Accept(frozenset({"spam"}))),
        ("rewrite subject", Accept(frozenset({"spam"}))),
        ("quarantine", Accept(frozenset({"spam"}))),
        ("something new", Accept()),
        ("discard", Swallow("rspamd had it discarded")),
        ("reject", Refuse("The letter looks like spam")),
        ("greylist", Postpone("Please come back later")),
        ("soft reject", Postpone("Please come back later")),
    ],
)
@ensureDeferred
async def test_each_action(worker: Any, action: str, verdict: Verdict) -> None:
    """An action is what becomes of the letter."""
    worker.answer = json.dumps({"action": action, "score": 4.2}).encode()
    assert await judged(worker) == verdict


@ensureDeferred
async def test_it_is_told_the_circumstances(worker: Any) -> None:
    """The letter as it came, and beside it where from and for whom."""
    worker.answer = b'{"action": "no action"}'
    await judged(worker, password="secret")
    (path, headers, body), *_ = worker.seen
    assert path == b"/checkv2"
    assert body == b"From: a@b.test\r\n\r\nHi"
    told = {name.lower(): values for name, values in headers.items()}
    assert told[b"ip"] == [b"192.0.2.99"]
    assert told[b"from"] == [b"a@b.test"]
    assert told[b"rcpt"] == [b"new@support.test"]
    assert told[b"helo"] == [b"h.test"]
    assert told[b"password"] == [b"secret"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [(None, 200), (b"oops", 200), (b"{}", 200), (b"[]", 200), (b"{}", 500), (b"x" * 2**21, 200)],
)
@ensureDeferred
async def test_what_is_no_answer(worker: Any, answer: bytes | None, code: int) -> None:
    """Silence, nonsense and failure postpone the letter, or let it pass with a label."""
    worker.answer, worker.code = answer, code
    assert isinstance(await judged(worker), Postpone)
    assert await judged(worker, on_failure="accept") == Accept(frozenset({"unchecked"}))


@ensureDeferred
async def test_nobody_listens() -> None:
    """Rspamd is not there: likewise."""
    made = make({"url": "http://127.0.0.1:1"}, needs())
    assert isinstance(await made.judge(letter(), Message()), Postpone)


@ensureDeferred
async def test_a_letter_that_is_too_large_is_not_asked_about(worker: Any) -> None:
    """It passes with a label: spam is small."""
    made = make({"url": worker.url, "max_size": 1024}, needs())
    verdict = await made.judge(letter(b"x" * 2000), Message())
    assert verdict == Accept(frozenset({"unchecked"}))
    assert worker.seen == []


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "rspamd"},
        {"on_failure": "refuse"},
        {"timeout": 99},
        {"label": ""},
        {"password_file": "/nowhere"},
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, object]) -> None:
    """Each is refused at start, by name."""
    with pytest.raises(SettingsError, match=next(iter(settings))):
        make(settings, needs())
