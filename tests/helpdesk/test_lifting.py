"""Large attachments are lifted out of a body, and everything else stays as it is."""

from __future__ import annotations

import base64
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

import pytest
import pytest_twisted
from hypothesis import example, given
from hypothesis import strategies as st

from mailtickets.helpdesk.lifting import LARGE, PIECE, InFile, kept, lifted
from mailtickets.mail.octets import CHUNK, whole


@contextmanager
def body(octets: bytes) -> Iterator[BinaryIO]:
    """A request's body as twisted.web keeps a large one, after the request."""
    with tempfile.TemporaryFile() as content:
        content.write(octets)
        content.flush()
        yield kept(content)


def encoded(size: int) -> tuple[bytes, str]:
    """Octets that are the same for each size, and their base64."""
    octets = random.Random(size).randbytes(size)
    return octets, base64.b64encode(octets).decode()


SIZES = (49_152, 49_153, 49_154, 196_600, PIECE, 3 * CHUNK + 1)


@pytest_twisted.ensureDeferred
async def test_each_large_attachment_is_lifted() -> None:
    """Its octets are those that were sent, whatever remains of a group of three."""
    sent = {size: encoded(size) for size in SIZES}
    document = {
        "text": "x" * 70_000,
        "attachments": [{"name": str(size), "octets": text} for size, (_, text) in sent.items()],
        "more": {"octets": "c21hbGw="},
    }
    for form in (json.dumps(document), json.dumps(document, indent=2)):
        with body(form.encode()) as content:
            read, found = lifted(content)
        small = json.loads(read)
        assert len(read) < 80_000
        for one in small.pop("attachments"):
            octets = found[one["octets"]]
            assert isinstance(octets, InFile)
            assert octets.size == int(one["name"])
            assert await whole(octets, octets.size) == sent[octets.size][0]
            assert [len(each) <= CHUNK async for each in octets.chunks()]
        assert small == {"text": "x" * 70_000, "more": {"octets": "c21hbGw="}}


_LONG = "QUJD" * (LARGE // 4 + 10)


@pytest.mark.parametrize(
    "form",
    [
        '{"octets": "' + "A" * (LARGE - 1) + '"}',
        '{"octets": "' + _LONG + 'A"}',
        '{"octets": "' + _LONG + 'A==="}',
        '{"octets": "' + _LONG + "=" + _LONG + '"}',
        '{"octets": "' + _LONG + r"\/" + '"}',
        '{"octets": "' + _LONG + r"\n" + _LONG + '"}',
        '{"octets": "' + _LONG,
        '{"text": "' + _LONG + '"}',
        r'{"text": "\"octets\": \"' + _LONG + r'\""}',
        '"octets": "',
        "",
    ],
    ids=range(11),
)
def test_what_is_not_as_expected_stays_as_it_is(form: str) -> None:
    """It is for the reader of the document to say what is wrong with it."""
    with body(form.encode()) as content:
        assert lifted(content) == (form.encode(), {})


def test_a_body_in_memory_stays_as_it_is() -> None:
    """Nothing is gained by lifting what is at hand."""
    form = f'{{"octets": "{_LONG}"}}'.encode()
    assert lifted(kept(BytesIO(form))) == (form, {})


@example(PIECE - 10, 60_000)
@example(PIECE - 1, 60_000)
@given(st.integers(PIECE - 100, PIECE + 100), st.integers(LARGE * 3 // 4, LARGE))
def test_it_is_found_wherever_it_begins(before: int, size: int) -> None:
    """What a piece of the body cuts in two is found as well."""
    octets, text = encoded(size)
    document = {"text": "é" + "x" * before, "octets": text, "end": "ü"}
    with body(json.dumps(document, ensure_ascii=False).encode()) as content:
        read, found = lifted(content)
        small = json.loads(read)
        assert found[small["octets"]].size == len(octets)
        assert small | {"octets": text} == document
