"""What an answer over HTTP means for a letter."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.desks.answers import REFUSALS, Answer, retry_after, trouble
from mailtickets.desks.calls import checked_url
from mailtickets.desks.http import token_of
from mailtickets.errors import Permanent, SettingsError, Temporary
from mailtickets.tickets.document import Unreadable, event_document, read_event, read_ticket
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Person, Remote

JSON = {"content-type": "application/problem+json; charset=utf-8"}
HTML = {"content-type": "text/html"}
NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("status", "headers", "body", "named", "expected"),
    [
        (413, JSON, b"{}", False, "5.3.4"),
        (413, HTML, b"<p>", False, "5.3.4"),
        (404, JSON, b"{}", True, "5.1.1"),
        (410, {}, b"", True, "5.1.1"),
        (404, HTML, b"<p>", True, "loud"),
        (404, JSON, b"{}", False, "loud"),
        (422, JSON, b'{"type":"urn:mailtickets:ticket-closed"}', True, "5.6.0"),
        (422, JSON, b'{"type":"https://x.example/p#content-refused"}', False, "5.6.0"),
        (422, JSON, b'{"type":"about:blank","reason":"sender-refused"}', False, "5.6.0"),
        (422, JSON, b'{"type":"urn:x:bad-field"}', True, "loud"),
        (422, HTML, b'{"type":"urn:mailtickets:ticket-closed"}', True, "loud"),
        (422, JSON, b"[", True, "loud"),
        (400, JSON, b"{}", True, "loud"),
        (401, JSON, b"{}", True, "loud"),
        (403, JSON, b"{}", True, "loud"),
        (302, {}, b"", True, "loud"),
        (418, {}, b"", True, "loud"),
        (408, {}, b"", True, "4.4.0"),
        (425, {}, b"", True, "4.4.0"),
        (429, JSON, b"{}", True, "4.4.5"),
        (500, HTML, b"<p>", True, "4.4.0"),
        (503, {}, b"", True, "4.4.5"),
        (599, {}, b"", False, "4.4.0"),
    ],
)
def test_the_failure_table(
    status: int, headers: dict[str, str], body: bytes, named: bool, expected: str
) -> None:
    """Permanent is only what is an answer about the letter; what a person must mend is loud."""
    found = trouble(Answer(status, headers, body), NOW, named=named)
    loud = isinstance(found, Temporary) and found.loud
    assert ("loud" if loud else found.enhanced) == expected


@given(st.integers(300, 599), st.sampled_from([JSON, HTML, {}]), st.binary(), st.booleans())
def test_any_answer_means_something(
    status: int, headers: dict[str, str], body: bytes, named: bool
) -> None:
    """No octets whatever make it raise, or refuse a letter for a reason that is not listed."""
    found = trouble(Answer(status, headers, body), NOW, named=named)
    if isinstance(found, Permanent) and not named:
        assert status == 413 or any(one.encode() in body for one in REFUSALS)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("999999999999999", 7 * 24 * 3600),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10),
        ("Tue, 14 Nov 2000 22:13:30 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Tue, 99 Nov 2023", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    """Seconds or a date, bounded; nonsense is as if it were not there."""
    assert retry_after(Answer(503, {"retry-after": text}), NOW) == seconds


@pytest.mark.parametrize(
    "url", ["", "desk", "ftp://x", "http://", "http://a:b@x", "http://x?y", "http://x:99999", "//x"]
)
def test_addresses_that_nobody_can_call(url: str) -> None:
    """Are an error at start that names the setting."""
    with pytest.raises(SettingsError, match="url"):
        checked_url(url)


def test_a_token_or_its_file(tmp_path: Path) -> None:
    """One of the two; a file is read again, so that the token can be changed; never shown."""
    file = tmp_path / "token"
    for settings in ({}, {"token": "a", "token_file": "b"}, {"token": "two words"}):
        with pytest.raises(SettingsError, match="token"):
            token_of(settings)
    with pytest.raises(SettingsError, match="cannot be read"):
        token_of({"token_file": file})
    file.write_text("sesame\n")
    token = token_of({"token_file": file})
    assert token() == "sesame"
    file.write_text("other")
    assert token() == "other"
    assert "other" not in repr(token)


words = st.text(max_size=20)
ids = st.text("abcXYZ019-_.", min_size=1, max_size=20)
events = st.builds(
    Event,
    id=ids,
    cursor=ids,
    kind=st.sampled_from(Kind),
    ticket=ids,
    author=st.none() | st.builds(Person, words, words),
    comment_id=st.none() | ids,
    text=words,
    html=st.none() | words,
    public=st.booleans(),
    status=st.none() | words,
    message_id=st.none() | ids,
    origin_key=st.none() | ids,
    attachments=st.lists(
        st.builds(Remote, ids, words.filter(bool), words.filter(bool), st.integers(0, 2**40)),
        max_size=3,
    ).map(tuple),
    created=words,
)


@given(events)
def test_events_come_back_from_json(event: Event) -> None:
    """What the desk writes is what its client reads."""
    assert read_event(event_document(event)) == event


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["id", "kind", "ticket", "author", "attachments", "key", "comments"]),
            inner,
        )
    ),
    max_leaves=10,
)


@given(anything)
def test_any_json_is_read_or_unreadable(document: Any) -> None:
    """A desk that answers nonsense cannot surprise its client."""
    for read in (read_event, read_ticket):
        with suppress(Unreadable):
            read(document)


def test_a_kind_of_event_that_is_new_to_us() -> None:
    """Is passed over, not stumbled upon; ids may be numbers; what is not public is internal."""
    assert read_event({"id": 7, "kind": "ticket.merged"}) is None
    event = read_event({"id": 7, "kind": "comment.added", "ticket": "A-1"})
    assert event is not None
    assert (event.id, event.cursor, event.public) == ("7", "7", False)
