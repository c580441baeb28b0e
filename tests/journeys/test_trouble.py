"""With the desk or its token out of order, letters are taken, wait, and become tickets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.peers import Desk
from tests.journeys.running import Running, until
from tests.journeys.test_seed import NEW, TEXT, letter, tally

SETTINGS = """
[[desk]]
name = "theirs"
kind = "http"
url = "{url}"
{token}
poll = 1

[[queue]]
name = "support"
domain = "support-ticket.com"
desk = "theirs"
"""


@pytest.fixture
def against(launch: Callable[..., Running], tmp_path: Path) -> Callable[[str, str], Running]:
    """A gateway, not started, whose desk is at a URL."""

    def one(url: str, token: str = 'token = "secret"') -> Running:
        file = tmp_path / "settings.toml"
        file.write_text(SETTINGS.format(url=url, token=token), "utf-8")
        return launch("--config", str(file), domain=None)

    return one


def test_a_ticket_is_posted_over_http_with_a_key(against: Callable[..., Running]) -> None:
    """`POST /v1/tickets` with an Idempotency-Key and the token, and the contract's fields."""
    with Desk() as desk:
        running = against(desk.url).start()
        sent = letter(Message_ID="<first@ferrier>")
        assert running.send(sent, "nic@ferrier", NEW)[0] == 250
        until(lambda: tally(running).get("opened") == 1, what="opened")
        (post,) = desk.posts
        assert post.path == "/v1/tickets"
        assert len(post.headers["idempotency-key"]) >= 32
        assert post.headers["authorization"] == "Bearer secret"
        assert post.headers["user-agent"].startswith("mailtickets/")
        assert post.body["queue"] == "support"
        assert post.body["requester"]["address"] == "nic@ferrier"
        assert post.body["subject"] == "I can't login!"
        assert post.body["text"].strip() == TEXT
        assert post.body["message_id"].strip("<>") == "first@ferrier"
        assert "secret" not in running.log
        running.stop()


@pytest.mark.parametrize(
    "answer",
    [
        (503, {}, {"title": "Not now"}),
        (429, {}, {"title": "Too many"}),
        (500, {"Content-Type": "text/html"}, b"<h1>Oops</h1>"),
    ],
    ids=lambda answer: str(answer[0]),
)
def test_a_desk_in_trouble_is_tried_again(
    against: Callable[..., Running], answer: tuple[int, dict[str, str], object]
) -> None:
    """5xx and 429: the letter waits and is posted again, under the same key."""
    with Desk(answer) as desk:
        running = against(desk.url).start()
        assert running.send(letter(), "nic@ferrier", NEW)[0] == 250
        until(lambda: tally(running).get("opened") == 1, what="opened")
        first, second = desk.posts
        assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
        assert first.body == second.body
        running.stop()


def test_retry_after_is_honoured(against: Callable[..., Running]) -> None:
    """A desk that asks for three seconds gets them."""
    with Desk((503, {"Retry-After": "3"}, {"title": "Not now"})) as desk:
        running = against(desk.url).start()
        assert running.send(letter(), "nic@ferrier", NEW)[0] == 250
        until(lambda: tally(running).get("opened") == 1, what="opened")
        first, second = desk.posts
        assert second.at - first.at >= 3.0
        running.stop()


@pytest.mark.parametrize(
    "answer",
    [
        (401, {}, {"title": "Who are you?"}),
        (403, {}, {"title": "Not you"}),
        (400, {}, {"title": "What?"}),
        (404, {}, {"title": "Nothing here"}),
        (200, {"Content-Type": "text/html"}, b"<h1>Please log in</h1>"),
        (201, {}, b"{"),
        (201, {}, {"nonsense": True}),
    ],
    ids=["401", "403", "400", "404", "a page", "half an answer", "another answer"],
)
def test_what_a_person_must_mend_is_loud_and_never_a_bounce(
    against: Callable[..., Running], answer: tuple[int, dict[str, str], object]
) -> None:
    """The letter waits; the log says so once, the gauge is on, the page has a banner."""
    with Desk(*[answer] * 2) as desk:
        running = against(desk.url).start()
        assert running.send(letter(), "nic@ferrier", NEW)[0] == 250

        def alarm(value: str) -> bool:
            _, _, text = running.request("GET", "/metrics")
            pattern = rf"^mailtickets_alarm\{{[^}}]*theirs[^}}]*\}} {value}$"
            return re.search(pattern, text.decode(), re.MULTILINE) is not None

        until(lambda: alarm("1.0"), what="the gauge")
        assert "theirs" in running.page("/")
        until(lambda: tally(running).get("opened") == 1, what="opened")
        until(lambda: alarm("0.0"), what="the gauge off")
        loud = [line for line in running.log.splitlines() if "needs a person" in line]
        assert len([line for line in loud if "theirs" in line]) == 1, running.log
        counted = tally(running)
        assert counted.get("bounced", 0) == 0
        assert counted.get("refused", 0) == 0
        running.stop()


def test_a_desk_that_returns_gets_what_waited(
    against: Callable[..., Running], launch: Callable[..., Running]
) -> None:
    """Another mailtickets is the desk: down, the letter is taken all the same; up, it is a ticket.

    The letter's answer then goes its way as from any desk.
    """
    theirs = launch().start()
    token = theirs.state / "desk.token"
    theirs.stop()
    ours = against(f"{theirs.url}/", f'token_file = "{token}"').start()
    code, _ = ours.send(letter(Message_ID="<first@ferrier>"), "nic@ferrier", NEW)
    assert code == 250
    until(lambda: "due" in ours.log, what="a first failure")
    theirs.start()
    (ticket,) = until(theirs.tickets, what="the ticket")
    assert ticket["requester"]["address"] == "nic@ferrier"
    until(lambda: tally(ours).get("opened") == 1, what="opened")
    assert len(theirs.tickets()) == 1
