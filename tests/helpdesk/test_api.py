"""The desk's HTTP API, over a socket."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol

from mailtickets.errors import Temporary
from tests.desks.benches import TOKEN, Served
from tests.helpdesk.browsing import Browser

NIC = {"name": "Nic", "address": "nic@ferrier"}
ANN = {"name": "Ann", "address": "ann@support.example"}
LETTER = {
    "queue": "support",
    "requester": NIC,
    "subject": "I can't login!",
    "text": "Hi",
    "message_id": "<one@ferrier>",
}
ANSWER = {"author": ANN, "text": "I have reset it.", "visibility": "public"}


@ensureDeferred
async def test_a_ticket_as_it_was_sent(served: Served) -> None:
    """201 with the key; then the ticket with its opening letter, its Message-ID without angles."""
    call = Browser(served)
    made = await call("POST", "/v1/tickets", LETTER, headers={"Idempotency_Key": "k1"})
    assert made.status == 201
    assert made.json["key"] == "SUPPORT-1"
    assert made.json["url"] == f"{served.url}/tickets/SUPPORT-1"
    shown = (await call("GET", "/v1/tickets/support-1")).json
    assert (shown["key"], shown["subject"], shown["status"]) == (
        "SUPPORT-1",
        "I can't login!",
        "open",
    )
    assert shown["requester"] == NIC
    (comment,) = shown["comments"]
    assert (comment["text"], comment["visibility"]) == ("Hi", "public")
    assert (comment["author"], comment["message_id"]) == (NIC, "one@ferrier")


@ensureDeferred
async def test_a_key_seen_before_answers_what_it_answered_then(served: Served) -> None:
    """Whatever the body, be it no JSON at all; and it says that it is a repeat."""
    call, key = Browser(served), {"Idempotency_Key": "k1"}
    first = await call("POST", "/v1/tickets", LETTER, headers=key)
    for body in (LETTER | {"subject": "other"}, {"queue": 7}, []):
        again = await call("POST", "/v1/tickets", body, headers=key)
        assert (again.status, again.body) == (201, first.body)
        assert again.headers["idempotency-replayed"] == "true"
    assert await served.tickets() == 1


@ensureDeferred
async def test_numbers_run_on_under_each_prefix(served: Served) -> None:
    """A prefix that is given is taken, and numbered by itself."""
    call = Browser(served)
    keys = [
        (await call("POST", "/v1/tickets", LETTER | more)).json["key"]
        for more in ({}, {"prefix": "SALES"}, {}, {"prefix": "SALES", "queue": "any"})
    ]
    assert keys == ["SUPPORT-1", "SALES-1", "SUPPORT-2", "SALES-2"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"requester": None}, "/requester"),
        ({"requester": {"name": "x"}}, "/requester/address"),
        ({"subject": 5}, "/subject"),
        ({"text": None}, "/text"),
        ({"queue": "nowhere"}, "/queue"),
        ({"prefix": "no good"}, "/prefix"),
        ({"attachments": [{"name": "a", "octets": "%%"}]}, "/attachments/0/octets"),
        ({"attachments": {}}, "/attachments"),
        ({"message_id": []}, "/message_id"),
    ],
)
@ensureDeferred
async def test_what_is_wrong_is_named(served: Served, change: Any, pointer: str) -> None:
    """400, a problem document that points at the culprit and says what would do."""
    answer = await Browser(served)("POST", "/v1/tickets", LETTER | change)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [one["pointer"] for one in answer.json["errors"]]
    assert pointer in answer.json["detail"]
    assert await served.tickets() == 0


@ensureDeferred
async def test_bodies_that_are_no_bodies(served: Served) -> None:
    """Not JSON, not UTF-8, too deep, not an object: 400 each; another type: 415."""
    call = Browser(served)
    sort = {"Content_Type": "application/json"}
    for body in (b"", b"{", b"\xff", b"[" * 100_000, b"[]", b'{"a": NaN}', b'{"a": ' + b"1" * 9999):
        answer = await call("POST", "/v1/tickets", data=body, headers=sort)
        assert answer.status == 400, body[:20]
    answer = await call("POST", "/v1/tickets", data=b"{}", headers={"Content_Type": "text/xml"})
    assert answer.status == 415


@ensureDeferred
async def test_the_token_is_needed(served: Served) -> None:
    """401 without it or with another; health and metrics want none."""
    for token in ("", "wrong", TOKEN + "x", TOKEN[:-1]):
        call = Browser(served, token)
        for path in ("/v1/tickets", "/v1/events", "/v1/openapi.json", "/admin/v1/queue", "/v1/x"):
            answer = await call("GET", path)
            assert answer.status == 401, (token, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert TOKEN not in answer.text
        assert (await call("GET", "/v1/health")).json == {"status": "ok"}
        assert (await call("GET", "/metrics")).text.startswith("mailtickets_up")


@ensureDeferred
async def test_a_list_ends_and_pages_join(served: Served) -> None:
    """In creation order, every ticket once, `next` null at the end; status and words choose."""
    call = Browser(served)
    for number in range(7):
        await call("POST", "/v1/tickets", LETTER | {"subject": f"Ticket {number} 100%_"})
    await call("PATCH", "/v1/tickets/SUPPORT-3", {"status": "closed"})
    keys, after = [], ""
    while after is not None:
        page = (await call("GET", f"/v1/tickets?limit=3&after={after}")).json
        keys += [one["key"] for one in page["tickets"]]
        after = page["next"]
    assert keys == [f"SUPPORT-{number}" for number in range(1, 8)]
    closed = (await call("GET", "/v1/tickets?status=closed")).json
    assert [one["key"] for one in closed["tickets"]] == ["SUPPORT-3"]
    assert "comments" not in closed["tickets"][0]
    for words, many in (("ticket+support-4", 1), ("0%25_", 7), ("nic@FERRIER", 7), ("nobody", 0)):
        found = (await call("GET", f"/v1/tickets?q={words}")).json
        assert len(found["tickets"]) == many, words
    assert (await call("GET", "/v1/tickets?status=bogus")).status == 400
    assert (await call("GET", "/v1/tickets?after=%27")).status == 400


@ensureDeferred
async def test_comments_public_and_internal(served: Served) -> None:
    """Both are on the ticket; the feed says which may be mailed, and with which key each came."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER)
    key = {"Idempotency_Key": "c1"}
    made = await call("POST", "/v1/tickets/SUPPORT-1/comments", ANSWER, headers=key)
    assert made.status == 201
    note = ANSWER | {"visibility": "internal", "text": "Third time."}
    await call("POST", "/v1/tickets/SUPPORT-1/comments", note)
    shown = (await call("GET", "/v1/tickets/SUPPORT-1")).json["comments"]
    assert [one["visibility"] for one in shown] == ["public", "public", "internal"]
    events = (await call("GET", "/v1/events")).json["events"]
    assert [(one["kind"], one["visibility"], one["origin_key"]) for one in events] == [
        ("ticket.opened", "public", None),
        ("comment.added", "public", "c1"),
        ("comment.added", "internal", None),
    ]
    assert events[1]["comment_id"] == made.json["id"] == shown[1]["id"]
    for body in (ANSWER | {"visibility": "secret"}, {"author": ANN, "text": "x"}):
        answer = await call("POST", "/v1/tickets/SUPPORT-1/comments", body)
        assert answer.status == 400
    assert (await call("POST", "/v1/tickets/SUPPORT-9/comments", ANSWER)).status == 404


@ensureDeferred
async def test_status_changes_are_told(served: Served) -> None:
    """PATCH answers the ticket; the same again changes nothing; the requester's word reopens."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER)
    path = "/v1/tickets/SUPPORT-1"
    changed = await call("PATCH", path, {"status": "resolved", "assignee": "ann", "subject": "New"})
    assert [changed.json[name] for name in ("status", "assignee", "subject")] == [
        "resolved",
        "ann",
        "New",
    ]
    again = await call("PATCH", path, {"status": "resolved"})
    assert again.headers["etag"] == changed.headers["etag"]
    await call("POST", f"{path}/comments", ANSWER | {"author": NIC})
    assert (await call("GET", path)).json["status"] == "open"
    events = (await call("GET", "/v1/events")).json["events"]
    assert [one["status"] for one in events if one["kind"] == "status.changed"] == [
        "resolved",
        "open",
    ]
    for body in ({}, {"state": "closed"}, {"status": "shut"}, {"status": None}):
        assert (await call("PATCH", path, body)).status == 400, body


@ensureDeferred
async def test_a_change_for_an_old_version_is_refused(served: Served) -> None:
    """412, and nothing changed; the right ETag or none at all goes through."""
    call, path = Browser(served), "/v1/tickets/SUPPORT-1"
    await call("POST", "/v1/tickets", LETTER)
    old = (await call("GET", path)).headers["etag"]
    assert (await call("GET", path, headers={"If_None_Match": old})).status == 304
    good = await call("PATCH", path, {"status": "pending"}, headers={"If_Match": old})
    assert good.status == 200
    bad = await call("PATCH", path, {"status": "closed"}, headers={"If_Match": old})
    assert bad.status == 412
    assert (await call("GET", path)).json["status"] == "pending"


@ensureDeferred
async def test_attachments_are_saved_not_shown(served: Served) -> None:
    """The octets come back, under a name without a path and a type that runs nothing."""
    call = Browser(served)
    evil = b"<script>alert(1)</script>"
    file = {
        "name": "../a\r\nb\u202e.html",
        "type": "text/html",
        "octets": b64encode(evil).decode(),
    }
    await call("POST", "/v1/tickets", LETTER | {"attachments": [file]})
    (told,) = (await call("GET", "/v1/tickets/SUPPORT-1")).json["comments"][0]["attachments"]
    assert "/" not in told["name"]
    answer = await call("GET", f"/v1/tickets/SUPPORT-1/attachments/{told['id']}")
    assert answer.body == evil
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    await call("POST", "/v1/tickets", LETTER)
    for path in ("SUPPORT-2/attachments/1", "SUPPORT-1/attachments/9", "SUPPORT-1/attachments/x"):
        assert (await call("GET", f"/v1/tickets/{path}")).status == 404


@ensureDeferred
async def test_wishes_of_the_feed_are_bounded(served: Served) -> None:
    """What is no cursor, wait or limit is a problem; a page goes on from its cursor."""
    call = Browser(served)
    for number in range(5):
        await call("POST", "/v1/tickets", LETTER | {"text": str(number)})
    for query in ("after=x", "after=-1", "wait=x", "wait=-1", "wait=inf", "limit=0", "limit=x"):
        assert (await call("GET", f"/v1/events?{query}")).status == 400, query
    first = (await call("GET", "/v1/events?limit=2")).json
    rest = (await call("GET", f"/v1/events?after={first['cursor']}")).json
    assert [one["text"] for one in first["events"] + rest["events"]] == list("01234")
    now = (await call("GET", "/v1/events?after=now")).json
    assert now == {"events": [], "cursor": rest["cursor"]}


class _Stream(Protocol):
    """Reads until what it waits for has come."""

    def __init__(self) -> None:
        self.text = ""
        self.waits: list[tuple[str, Deferred[None]]] = []

    def dataReceived(self, data: bytes) -> None:
        self.text += data.decode()
        for words, waiting in self.waits:
            if words in self.text and not waiting.called:
                waiting.callback(None)

    async def said(self, words: str) -> None:
        """Wait for these words."""
        waiting: Deferred[None] = Deferred()
        self.waits.append((words, waiting))
        self.dataReceived(b"")
        waiting.addTimeout(20, reactor)
        await waiting


async def _listen(served: Served, **headers: str) -> _Stream:
    endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", served.port)
    stream = await connectProtocol(endpoint, _Stream())
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    stream.transport.write(
        f"GET /v1/events HTTP/1.1\r\nHost: here\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {TOKEN}\r\n{more}\r\n".encode()
    )
    await stream.said("retry:")
    return stream


@ensureDeferred
async def test_server_sent_events(served: Served) -> None:
    """They come as they happen, and a client that was away hears what it missed."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER)
    stream = await _listen(served)
    await stream.said("id: 1\nevent: ticket.opened\ndata: {")
    await call("POST", "/v1/tickets/SUPPORT-1/comments", ANSWER)
    await stream.said("id: 2\nevent: comment.added\ndata: {")
    stream.transport.loseConnection()
    later = await _listen(served, Last_Event_ID="1")
    await later.said("id: 2\n")
    assert "id: 1\n" not in later.text
    data = next(line for line in later.text.splitlines() if line.startswith("data: "))
    assert json.loads(data[6:])["text"] == "I have reset it."
    later.transport.loseConnection()


@ensureDeferred
async def test_a_client_that_leaves_leaves_nothing(served: Served) -> None:
    """A stream and a poll that are given up do not wait for ever."""
    gone: Deferred[None] = Deferred()
    stream = await _listen(served)
    poll = Deferred.fromCoroutine(Browser(served)("GET", "/v1/events?after=now&wait=50"))
    while served.book.waiting < 2:
        await _turn()
    poll.addErrback(lambda _: gone.callback(None))
    poll.cancel()
    stream.transport.abortConnection()
    await gone
    for _ in range(1000):
        if not served.book.waiting:
            break
        await _turn()
    assert served.book.waiting == 0


def _turn() -> Deferred[None]:
    """One turn of the reactor."""
    turn: Deferred[None] = Deferred()
    reactor.callLater(0.01, turn.callback, None)
    return turn


@ensureDeferred
async def test_what_is_not_there(served: Served) -> None:
    """404 and 405 are problem documents, too, and no answer tells what we are made of."""
    call = Browser(served)
    for method, path, status in (
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/tickets/SUPPORT-1", 404),
        ("GET", "/v1/tickets/%00", 404),
        ("DELETE", "/v1/tickets", 405),
        ("GET", "/v1/%ff", 400),
        ("GET", "/admin/v1/queue/1", 404),
        ("GET", "/admin/v1/queue?state=odd", 400),
    ):
        answer = await call(method, path)
        assert answer.status == status, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["status"] == status
        assert "Twisted" not in answer.headers["server"]


@ensureDeferred
async def test_surprises_tell_nothing(served: Served, monkeypatch: Any) -> None:
    """A bug of ours is a 500 without a word of it; a store that is busy a 503 with Retry-After."""
    call = Browser(served)
    why: list[Exception] = [
        RuntimeError("secret"),
        Temporary("3.1", "The disk is full"),
    ]

    async def fails(*_: Any) -> None:
        raise why.pop(0)

    monkeypatch.setattr(served.book, "submit", fails)
    answer = await call("POST", "/v1/tickets", LETTER)
    assert answer.status == 500
    assert "secret" not in answer.text
    answer = await call("POST", "/v1/tickets", LETTER)
    assert (answer.status, int(answer.headers["retry-after"]) > 0) == (503, True)


@ensureDeferred
async def test_a_body_that_is_too_large(served: Served) -> None:
    """413 after it was read; without the token little is read at all; the next request is fine."""
    call = Browser(served, "wrong")
    answer = await call("POST", "/v1/tickets", LETTER | {"text": "x" * 2_000_000})
    assert answer.status == 401
    large = Browser(served)
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    answer = await large("POST", "/v1/tickets", data=b"a=" + b"x" * 2_000_000, headers=form)
    assert answer.status == 413
    good = await large("POST", "/v1/tickets", LETTER | {"text": "x" * 2_000_000})
    assert good.status == 201


BOB = {"name": "Bob", "address": "bob@ferrier"}


@ensureDeferred
async def test_participants_are_kept(served: Served) -> None:
    """They come with the opening and with comments, each once; the requester is not among them."""
    call = Browser(served)
    loud = {"name": "Nic", "address": "NIC@Ferrier"}
    await call("POST", "/v1/tickets", LETTER | {"participants": [BOB, loud, BOB]})
    shown = (await call("GET", "/v1/tickets/SUPPORT-1")).json
    assert shown["participants"] == [BOB]
    carol = {"name": "", "address": "carol@x.example"}
    comment = ANSWER | {"participants": [carol, {"name": "B", "address": "BOB@ferrier"}]}
    await call("POST", "/v1/tickets/SUPPORT-1/comments", comment)
    shown = (await call("GET", "/v1/tickets/SUPPORT-1")).json
    assert shown["participants"] == [BOB, carol]
    (found,) = (await call("GET", "/v1/tickets")).json["tickets"]
    assert found["key"] == "SUPPORT-1"


@ensureDeferred
async def test_an_agent_says_who_takes_part(served: Served) -> None:
    """The list is the new one; an internal note says who came and who went, and the feed has it."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER | {"participants": [BOB]})
    carol = {"name": "Carol", "address": "carol@x.example"}
    changed = await call("PATCH", "/v1/tickets/SUPPORT-1", {"participants": [carol]})
    assert (changed.status, changed.json["participants"]) == (200, [carol])
    again = await call("PATCH", "/v1/tickets/SUPPORT-1", {"participants": [carol]})
    assert again.headers["etag"] == changed.headers["etag"]
    note = (await call("GET", "/v1/tickets/SUPPORT-1")).json["comments"][-1]
    assert note["visibility"] == "internal"
    assert note["text"] == (
        "carol@x.example takes part from now on.\nbob@ferrier does not take part any more."
    )
    events = (await call("GET", "/v1/events")).json["events"]
    assert [one["visibility"] for one in events] == ["public", "internal"]
    for wrong in ([{"name": "x"}], [{"address": " "}], "bob", [7]):
        answer = await call("PATCH", "/v1/tickets/SUPPORT-1", {"participants": wrong})
        assert answer.status == 400, wrong


@ensureDeferred
async def test_what_is_known_of_a_writer_is_told(served: Served) -> None:
    """A comment says that it is unverified, from a newcomer, or deceives; else it says nothing."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER | {"warnings": ["Odd name"]})
    said = {"unverified": True, "newcomer": True, "warnings": ["The name\nsays x."]}
    await call("POST", "/v1/tickets/SUPPORT-1/comments", ANSWER | said)
    await call("POST", "/v1/tickets/SUPPORT-1/comments", ANSWER)
    opening, marked, plain = (await call("GET", "/v1/tickets/SUPPORT-1")).json["comments"]
    assert opening["warnings"] == ["Odd name"]
    assert marked["warnings"] == ["The name says x."]
    assert (marked["unverified"], marked["newcomer"]) == (True, True)
    assert not {"unverified", "newcomer", "warnings"} & set(plain)
    wrong = await call("POST", "/v1/tickets/SUPPORT-1/comments", ANSWER | {"unverified": "yes"})
    assert wrong.status == 400


@ensureDeferred
async def test_a_linked_ticket_names_the_other(served: Served) -> None:
    """One that was opened about another says so; an unknown one is not invented."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER)
    await call("POST", "/v1/tickets", LETTER | {"linked": "support-1"})
    await call("POST", "/v1/tickets", LETTER | {"linked": "OTHER-7"})
    found = (await call("GET", "/v1/tickets")).json["tickets"]
    assert [one["linked"] for one in found] == [None, "SUPPORT-1", None]


@ensureDeferred
async def test_a_comment_opens_a_closed_ticket_again_when_it_asks(served: Served) -> None:
    """`reopens` opens what is closed, and leaves an open ticket as it is."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER)
    await call("PATCH", "/v1/tickets/SUPPORT-1", {"status": "closed"})
    by_nic = ANSWER | {"author": NIC}
    await call("POST", "/v1/tickets/SUPPORT-1/comments", by_nic)
    assert (await call("GET", "/v1/tickets/SUPPORT-1")).json["status"] == "closed"
    for _ in range(2):
        await call("POST", "/v1/tickets/SUPPORT-1/comments", by_nic | {"reopens": True})
    assert (await call("GET", "/v1/tickets/SUPPORT-1")).json["status"] == "open"
    events = (await call("GET", "/v1/events")).json["events"]
    assert [one["kind"] for one in events].count("status.changed") == 2


@ensureDeferred
async def test_what_became_of_a_letter(served: Served) -> None:
    """It stands beside its comment; what is old or known is no news; nobody's ticket changes."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER)
    comment = (await call("POST", "/v1/tickets/SUPPORT-1/comments", ANSWER)).json["id"]
    before = await call("GET", "/v1/tickets/SUPPORT-1")
    path = f"/v1/tickets/support-1/comments/{comment}/delivery"
    for state, text in (
        ("waiting", "Not yet"),
        ("waiting", "Not yet"),
        ("waiting", None),
        ("sent", "It went"),
        ("delayed", "Old news"),
        ("failed", "No such mailbox"),
        ("delivered", "Too late"),
    ):
        told = {"recipient": "Nic@ferrier", "state": state, "text": text}
        assert (await call("PUT", path, told)).status == 204
    now = await call("GET", "/v1/tickets/SUPPORT-1")
    (shown,) = now.json["comments"][1]["deliveries"]
    assert shown["changed"].endswith("Z")
    del shown["changed"]
    assert shown == {"recipient": "nic@ferrier", "state": "failed", "text": "No such mailbox"}
    assert "deliveries" not in now.json["comments"][0]
    assert now.headers["etag"] != before.headers["etag"]
    events = (await call("GET", "/v1/events")).json["events"]
    news = [one for one in events if one["kind"] == "delivery.changed"]
    assert [one["text"] for one in news] == ["Not yet", "It went", "No such mailbox"]
    assert {one["comment_id"] for one in news} == {comment}
    assert {one["visibility"] for one in news} == {"internal"}
    match = {"If-Match": before.headers["etag"]}
    changed = await call("PATCH", "/v1/tickets/SUPPORT-1", {"status": "pending"}, headers=match)
    assert changed.status == 200


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [
        ("SUPPORT-1/comments/99", {"recipient": "a@b", "state": "sent"}, 404),
        ("SUPPORT-1/comments/x", {"recipient": "a@b", "state": "sent"}, 404),
        ("SUPPORT-1/comments/" + "9" * 40, {"recipient": "a@b", "state": "sent"}, 404),
        ("SUPPORT-9/comments/1", {"recipient": "a@b", "state": "sent"}, 404),
        ("SUPPORT-1/comments/1", {"recipient": "a@b", "state": "gone"}, 400),
        ("SUPPORT-1/comments/1", {"state": "sent"}, 400),
        ("SUPPORT-1/comments/1", {"recipient": "", "state": "sent"}, 400),
    ],
)
@ensureDeferred
async def test_a_delivery_of_nothing(
    served: Served, path: str, told: dict[str, str], status: int
) -> None:
    """A comment that is not there, or a state that is none, is a problem and no event."""
    call = Browser(served)
    await call("POST", "/v1/tickets", LETTER)
    assert (await call("PUT", f"/v1/tickets/{path}/delivery", told)).status == status
    events = (await call("GET", "/v1/events")).json["events"]
    assert [one["kind"] for one in events] == ["ticket.opened"]
