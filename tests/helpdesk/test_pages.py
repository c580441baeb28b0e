"""The pages, over a socket, as a browser asks for them."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from mailtickets.mail.envelope import Envelope, new_trace_id
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import State
from mailtickets.routing.record import Record, write_record
from mailtickets.slips import Advance, Settlement, Submission
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Person
from tests.desks.benches import TOKEN, Served
from tests.helpdesk.browsing import Answer, Browser

EVIL = "<script>alert(1)</script>"
NIC = Mailbox.parse("nic@ferrier")
NO_RELAY = "no relay is set: start with --relay smtp://HOST:PORT, then release it"


async def open_ticket(served: Served, text: str = "Can you help?") -> None:
    """One ticket, whose every word is hostile."""
    intent = OpenTicket("support", "SUPPORT", Person(EVIL, "nic@ferrier"), EVIL, text, rest=EVIL)
    await served.book.submit(intent, None)


def field(page: Answer, name: str) -> str:
    """A hidden field's value."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


async def held(served: Served, agent: str = "relay", reason: str = NO_RELAY) -> int:
    """A held letter in the spool; its number."""
    now = time.time()
    envelope = Envelope(NIC, (NIC,), now, new_trace_id(now))
    row = Submission(NIC, f"key {agent}", agent, f"lane {agent}", hold=reason)
    await served.spool.put(envelope, b"Subject: <b>\r\n\r\nHello\r\n", (row,), "<b>Subject</b>")
    return (await served.spool.list())[-1].id


@ensureDeferred
async def test_what_letters_say_is_shown_as_text(served: Served) -> None:
    """Nothing that came by mail becomes markup, and the policy would not run it."""
    await open_ticket(served, EVIL)
    await held(served)
    call = Browser(served, "")
    for path in ("/", "/tickets", "/tickets/SUPPORT-1", "/tickets?q=%3Cscript%3E", "/spool"):
        page = await call("GET", path)
        assert page.status == 200, path
        assert EVIL not in page.text
        assert "<b>" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?! src=)|\son\w+=|style=", page.text), path
    assert "&lt;script&gt;" in (await call("GET", "/tickets/SUPPORT-1")).text


@ensureDeferred
async def test_an_answer_from_the_page(served: Served) -> None:
    """Becomes a public comment and a status, once, however often the button is pressed."""
    await open_ticket(served)
    call = Browser(served, "")
    page = await call("GET", "/tickets/SUPPORT-1")
    form = {
        "form": field(page, "form"),
        "once": field(page, "once"),
        "text": "I have\r\nreset it.",
        "visibility": "public",
        "author": "Ann",
        "status": "resolved",
    }
    for _ in range(2):
        sent = await call("POST", "/tickets/SUPPORT-1/comments", data=form)
        assert sent.status == 303
        assert sent.headers["location"].startswith("/tickets/SUPPORT-1#comment-")
    head = await served.book.head("SUPPORT-1")
    comments = await served.book.remarks(head)
    assert head.status == "resolved"
    assert [(one.text, one.public, one.author.name) for one in comments[1:]] == [
        ("I have\nreset it.", True, "Ann")
    ]


@ensureDeferred
async def test_a_note_stays_inside(served: Served) -> None:
    """What is not surely an answer is a note."""
    await open_ticket(served)
    call = Browser(served, "")
    page = await call("GET", "/tickets/SUPPORT-1")
    for visibility in ("internal", "", "odd"):
        form = {"form": field(page, "form"), "text": "Hm.", "visibility": visibility}
        await call("POST", "/tickets/SUPPORT-1/comments", data=form)
    comments = await served.book.remarks(await served.book.head("SUPPORT-1"))
    assert [one.public for one in comments] == [True, False, False, False]


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ("", {}),
        ("wrong", {}),
        (None, {"Origin": "http://evil.example"}),
        (None, {"Origin": "null"}),
        (None, {"Sec_Fetch_Site": "cross-site"}),
    ],
)
@ensureDeferred
async def test_forms_of_other_pages(served: Served, form: str | None, headers: Any) -> None:
    """403, and nothing happened: without our token, or from elsewhere."""
    await open_ticket(served)
    number = await held(served)
    call = Browser(served, "")
    own = field(await call("GET", "/tickets/SUPPORT-1"), "form")
    data = {"form": own if form is None else form, "text": "x", "visibility": "public"}
    for path in ("/tickets/SUPPORT-1/comments", f"/spool/{number}/drop"):
        answer = await call("POST", path, data=data, headers=headers)
        assert answer.status == 403
    assert await served.comments("SUPPORT-1") == 1
    assert (await served.spool.list())[0].state is State.HELD


@ensureDeferred
async def test_a_name_that_was_made_to_resolve_to_us(served: Served) -> None:
    """Open pages answer to this machine's own names alone (DNS rebinding)."""
    await open_ticket(served)
    call = Browser(served, "")
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1.evil.example", ""):
        for path in ("/", "/tickets/SUPPORT-1", "/spool", "/live", "/static/style.css"):
            answer = await call("GET", path, headers={"Host": host})
            assert answer.status in {400, 421}, (host, path)
            assert "SUPPORT-1" not in answer.text
    for host in ("localhost", f"LOCALHOST:{served.port}", "127.0.0.1", "[::1]:8025"):
        assert (await call("GET", "/", headers={"Host": host})).status == 200, host


@ensureDeferred
async def test_others_sign_in_with_the_token(guarded: Served) -> None:
    """Nothing is shown before; the cookie is for HTTP alone and for our own pages; it ends."""
    await open_ticket(guarded)
    number = await held(guarded)
    call = Browser(guarded, "")
    for path in ("/", "/tickets/SUPPORT-1", "/spool", f"/spool/{number}", "/live"):
        answer = await call("GET", path)
        assert (answer.status, answer.headers["location"]) == (303, "/sign-in"), path
    page = await call("GET", "/sign-in")
    assert "Something is wrong" not in page.text
    wrong = await call("POST", "/sign-in", data={"token": TOKEN + "x"})
    assert (wrong.status, "set-cookie" in wrong.headers) == (403, False)
    right = await call("POST", "/sign-in", data={"token": f" {TOKEN} "})
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    value = cookie.partition(";")[0]
    inside = await call("GET", "/tickets/SUPPORT-1", headers={"Cookie": value})
    assert inside.status == 200
    assert "Something is wrong" in inside.text
    expires, nonce, seal = value.partition("=")[2].split(".")
    for forged in (f"{int(expires) + 1}.{nonce}.{seal}", f"1.{nonce}.{seal}", "x", "1.2.3.4"):
        answer = await call("GET", "/", headers={"Cookie": f"mailtickets={forged}"})
        assert answer.status == 303, forged
    out = await call(
        "POST", "/sign-out", data={"form": field(inside, "form")}, headers={"Cookie": value}
    )
    assert "Max-Age=0" in out.headers["set-cookie"]


@ensureDeferred
async def test_the_operator_moves_what_is_held(served: Served) -> None:
    """The page says why; release makes it due, drop ends it for the reason that was given."""
    first = await held(served)
    second = await held(served, "desk:embedded", "given up: the desk does not answer")
    call = Browser(served, "")
    page = await call("GET", "/spool")
    assert "2 held" in page.text
    assert "the desk does not answer" in page.text
    form = {"form": field(page, "form")}
    assert (await call("POST", f"/spool/{first}/release", data=form)).status == 303
    dropped = await call("POST", f"/spool/{second}/drop", data=form | {"reason": "spam"})
    assert dropped.status == 303
    items = {one.id: one for one in await served.spool.list()}
    assert items[first].state is State.DUE
    assert (items[second].state, items[second].reason) == (State.DROPPED, "spam")
    letter = await call("GET", f"/spool/{first}/letter")
    assert letter.body == b"Subject: <b>\r\n\r\nHello\r\n"
    assert letter.headers["content-disposition"].startswith("attachment")
    assert "Subject: &lt;b&gt;" in (await call("GET", f"/spool/{first}")).text


@ensureDeferred
async def test_the_feeds_lag_is_shown(served: Served) -> None:
    """How many events of the embedded desk were not read yet."""
    for _ in range(3):
        await open_ticket(served)
    call = Browser(served, "")
    assert "not read yet" in (await call("GET", "/spool")).text
    await served.spool.advance(Advance("embedded", "1"))
    assert "2 events behind" in (await call("GET", "/spool")).text
    await served.spool.advance(Advance("embedded", "3"))
    assert "up to date" in (await call("GET", "/spool")).text


@ensureDeferred
async def test_problems_are_pages(served: Served) -> None:
    """Whoever comes to the wrong place is told so in HTML."""
    call = Browser(served, "")
    for path in ("/nothing", "/tickets/SUPPORT-9", "/spool/9", "/spool/x", "/static/../pages.py"):
        answer = await call("GET", path)
        assert answer.status == 404, path
        assert answer.headers["content-type"].startswith("text/html")


@ensureDeferred
async def test_who_takes_part_is_changed_on_the_page(served: Served) -> None:
    """A participant is added and removed by forms of the ticket's page; nonsense is refused."""
    await open_ticket(served)
    call = Browser(served, "")
    page = await call("GET", "/tickets/SUPPORT-1")
    form = {"form": field(page, "form")}
    where = "/tickets/SUPPORT-1/participants"
    assert (await call("POST", where, data=form | {"address": "bob@ferrier"})).status == 303
    page = await call("GET", "/tickets/SUPPORT-1")
    assert 'name="remove" value="bob@ferrier"' in page.text
    assert "bob@ferrier takes part from now on." in page.text
    assert (await call("POST", where, data=form | {"address": "b@b@b"})).status == 400
    assert (await call("POST", where, data={"address": "x@y"})).status == 403
    assert (await call("POST", where, data=form | {"remove": "bob@ferrier"})).status == 303
    page = await call("GET", "/tickets/SUPPORT-1")
    assert 'name="remove"' not in page.text


@ensureDeferred
async def test_what_to_think_of_a_letter_is_on_the_page(served: Served) -> None:
    """Unverified, not yet a participant, what deceives, linked tickets, and why it is here."""
    await open_ticket(served)
    comment = AddComment(
        "SUPPORT-1", Person("Eve", "eve@x"), "Hi", unverified=True, newcomer=True, warnings=(EVIL,)
    )
    await served.book.submit(comment, "key relay")
    linked = OpenTicket("support", "SUPPORT", Person("", "eve@x"), "", "", linked="SUPPORT-1")
    await served.book.submit(linked, None)
    await held(served)
    (item,) = await served.spool.list()
    await served.spool.release(item.id)
    (taken,) = await served.spool.take("relay", 1)
    record = write_record(Record(author=EVIL, action="comment", why="so"))
    await served.spool.settle(taken, NIC, Settlement(State.COMMENTED, record=record))
    call = Browser(served, "")
    page = await call("GET", "/tickets/SUPPORT-1")
    for words in (">unverified<", ">not yet a participant<", "&lt;script&gt;", "comment, since so"):
        assert words in page.text
    assert 'href="/tickets/SUPPORT-2"' in page.text
    assert EVIL not in page.text
    assert 'href="/tickets/SUPPORT-1"' in (await call("GET", "/tickets/SUPPORT-2")).text
    item_page = await call("GET", f"/spool/{item.id}")
    assert "comment, since so" in item_page.text
