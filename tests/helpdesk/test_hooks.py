"""`POST /hooks/NAME`, over a socket."""

from __future__ import annotations

import time
from typing import Any

import pytest_twisted
import treq

from mailtickets.helpdesk.hooks import Hook
from mailtickets.tickets.hooks import verifier
from tests.helpdesk.conftest import served_with

SECRET = "correct horse"


@pytest_twisted.ensureDeferred
async def test_a_right_call_nudges_and_is_answered_at_once() -> None:
    """In JSON, 200; a repeat of it is answered and does nothing more."""
    nudges: list[int] = []
    hook = Hook(verifier("gitlab", SECRET), lambda: nudges.append(1))
    served = served_with(hooks={"acme": hook})
    try:
        told = {"X-Gitlab-Token": SECRET, "X-Gitlab-Event-UUID": "u-1"}
        for _ in range(2):
            answer = await posted(served, "acme", told)
            assert (answer.code, await treq.json_content(answer)) == (200, {})
        assert nudges == [1]
        await posted(served, "acme", {**told, "X-Gitlab-Event-UUID": "u-2"})
        assert nudges == [1, 1]
    finally:
        await served.close()


@pytest_twisted.ensureDeferred
async def test_any_other_call_is_refused_alike() -> None:
    """Wrong secret, no secret, no such hook: one answer, so that names cannot be found out."""
    nudges: list[int] = []
    served = served_with(hooks={"acme": Hook(verifier("gitlab", SECRET), nudges.clear)})
    try:
        answers = []
        for name, told in (
            ("acme", {"X-Gitlab-Token": "wrong horse"}),
            ("acme", {}),
            ("nobody", {"X-Gitlab-Token": SECRET}),
        ):
            answer = await posted(served, name, told)
            answers.append((answer.code, await treq.content(answer)))
        assert {code for code, _ in answers} == {401}
        assert len({body for _, body in answers}) == 1
        too_large = await posted(served, "acme", {"X-Gitlab-Token": SECRET}, b"x" * (2 << 20))
        assert too_large.code == 413
    finally:
        await served.close()


async def posted(served: Any, name: str, told: dict[str, str], body: bytes = b"{}") -> Any:
    """A call's answer."""
    began = time.monotonic()
    headers = {"Content-Type": "application/json", **told}
    answer = await treq.post(f"{served.url}/hooks/{name}", body, headers=headers, persistent=False)
    assert time.monotonic() - began < 20
    return answer
