"""What a desk's answer means for a letter: the failure table (design section 10) as functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from attrs import field, frozen

from mailtickets.errors import Permanent, Temporary, Trouble

LONGEST_RETRY_AFTER = 7 * 24 * 3600.0
REFUSALS = frozenset(
    {
        "attachment-refused",
        "content-refused",
        "sender-refused",
        "text-too-long",
        "ticket-closed",
        "ticket-merged",
    }
)
"""The last words of the problem types by which a 422 refuses a letter for good."""
_BUSY = frozenset({429, 503})
_MOMENT = frozenset({408, 425})


@frozen
class Answer:
    """An answer over HTTP, read to its end. Names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def good(self) -> bool:
        """Whether the desk says that it did what it was asked."""
        return 200 <= self.status < 300

    @property
    def type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether it says that it is JSON."""
        return self.type == "application/json" or self.type.endswith("+json")

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people: a login, a proxy's excuse, somebody's captive portal."""
        return self.type in {"text/html", "application/xhtml+xml"}


def loud(text: str, *, undone: bool = False) -> Temporary:
    """What a person must mend: temporary for the letter, and told."""
    return Temporary("3.5", text, loud=True, undone=undone)


def document(answer: Answer) -> Any:
    """The JSON of a good answer. Raises Temporary 3.5, loud, when nobody can read it."""
    if not answer.is_json:
        raise loud(f"The desk's answer {answer.status} is not JSON")
    try:
        return json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise loud(f"The desk's answer {answer.status} is JSON that nobody can read") from None


def trouble(answer: Answer, now: float, *, named: bool) -> Trouble:
    """What an answer that is not good means. `named`: the request was about one ticket.

    `now` counts seconds since 1970. A permanent failure needs an answer about the letter: a page
    for people is none, whatever its status says. A refusal (4xx) says that nothing was done; a
    failure (5xx), a time-out and a redirect do not.
    """
    status = answer.status
    if status == 413:
        return Permanent("3.4", "The desk says that the letter is too large")
    if status in _BUSY:
        text = f"The desk asks for patience ({status})"
        return Temporary("4.5", text, retry_after=retry_after(answer, now), undone=status == 429)
    if status in _MOMENT or status >= 500:
        text = f"The desk cannot answer now ({status})"
        return Temporary("4.0", text, retry_after=retry_after(answer, now))
    if 300 <= status < 400:
        return loud(f"The desk's address leads elsewhere ({status}); redirects are not followed")
    if status in {404, 410} and named and not answer.is_page:
        return Permanent("1.1", "The desk has no such ticket")
    if status == 422 and reason_of(answer) in REFUSALS:
        return Permanent("6.0", "The desk does not accept this letter")
    if status == 401:
        return loud("The desk does not know our token (401); is it the right one?", undone=True)
    if status == 403:
        return loud(
            "The desk does not let us do this (403); which rights does the token have?", undone=True
        )
    if status == 404:
        return loud("The desk's API is not at this address (404); is the url right?", undone=True)
    return loud(f"The desk does not understand us ({status})", undone=True)


def reason_of(answer: Answer) -> str:
    """The last word of a problem document's type (RFC 9457), or of its `reason`; else empty."""
    if not answer.is_json:
        return ""
    try:
        found = json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    named = found.get("type") if isinstance(found.get("type"), str) else ""
    word = str(named).replace("#", "/").replace(":", "/").rstrip("/").rpartition("/")[2]
    reason = found.get("reason")
    return word if word in REFUSALS or not isinstance(reason, str) else reason


def retry_after(answer: Answer, now: float) -> float | None:
    """Seconds to wait as Retry-After says, in seconds or as a date (RFC 9110 section 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        return min(float(text[:12]), LONGEST_RETRY_AFTER)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER)
