"""Calls to hooks: each system's signature, made as the system makes it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import SettingsError
from mailtickets.tickets.hooks import KINDS, Call, verifier

NOW = 1_800_000_000.0
AT = "2027-01-15T08:00:00Z"  # the same moment
SECRET = "correct horse"
BODY = b'{"ticket": 7}'


def mac(body: bytes, algorithm: str, secret: str = SECRET) -> bytes:
    """The HMAC of a body."""
    return hmac.new(secret.encode(), body, algorithm).digest()


def standard(at: int = int(NOW), body: bytes = BODY, key: bytes = SECRET.encode()) -> Call:
    """A call as Standard Webhooks has it."""
    signature = b64encode(hmac.digest(key, f"msg_1.{at}.".encode() + body, "sha256")).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1a,xyz v1,{signature}",
    }
    return Call(headers, BODY, NOW)


def calls(at: str = AT) -> dict[str, Call]:
    """A right call of each kind."""
    zendesk = b64encode(mac(at.encode() + BODY, "sha256")).decode()
    headers = {
        "github": {
            "x-hub-signature-256": "sha256=" + mac(BODY, "sha256").hex(),
            "x-github-delivery": "id-1",
        },
        "redmine": {"x-redmine-signature-256": "sha256=" + mac(BODY, "sha256").hex()},
        "jira": {"x-hub-signature": "sha256=" + mac(BODY, "sha256").hex()},
        "zammad": {"x-hub-signature": "sha1=" + mac(BODY, "sha1").hex()},
        "freescout": {"x-freescout-signature": b64encode(mac(BODY, "sha1")).decode()},
        "zendesk": {
            "x-zendesk-webhook-signature": zendesk,
            "x-zendesk-webhook-signature-timestamp": at,
        },
        "gitlab": {"x-gitlab-token": SECRET},
        "basic": {"authorization": "Basic " + b64encode(SECRET.encode()).decode()},
    }
    made = {kind: Call(told, BODY, NOW) for kind, told in headers.items()}
    return made | {"standard": standard()}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_right_call_is_known(kind: str) -> None:
    """As the system signs it, and by nobody else's secret, kind or body."""
    call = calls()[kind]
    assert verifier(kind, SECRET)(call) is not None
    assert verifier(kind, "another secret")(call) is None
    assert verifier(kind, SECRET)(Call({}, BODY, NOW)) is None
    others = [other for other in KINDS if other != kind and other not in {"jira", "zammad"}]
    assert all(verifier(other, SECRET)(call) is None for other in others)
    if kind not in {"gitlab", "basic"}:  # these show the secret itself
        assert verifier(kind, SECRET)(Call(call.headers, BODY + b" ", NOW)) is None


def test_githubs_own_example() -> None:
    """The one in GitHub's documentation of webhooks."""
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    call = Call({"x-hub-signature-256": f"sha256={digest}"}, b"Hello, World!", NOW)
    assert verifier("github", "It's a Secret to Everybody")(call) is not None


def test_a_signed_time_must_be_of_now() -> None:
    """A call that was recorded cannot be played again later, nor be made for later."""
    verify = verifier("standard", SECRET)
    assert verify(standard(int(NOW) - 299)) == "msg_1"
    assert verify(standard(int(NOW) - 301)) is None
    assert verify(standard(int(NOW) + 301)) is None
    assert verifier("zendesk", SECRET)(calls("2027-01-15T07:54:00Z")["zendesk"]) is None
    assert verifier("zendesk", SECRET)(calls("yesterday")["zendesk"]) is None


def test_a_repeat_is_known_by_its_id() -> None:
    """Where the system gives one."""
    assert verifier("github", SECRET)(calls()["github"]) == "id-1"
    assert verifier("standard", SECRET)(calls()["standard"]) == "msg_1"


def test_the_key_of_standard_webhooks_may_be_base64() -> None:
    """whsec_ says so."""
    key = hashlib.sha256(b"x").digest()
    verify = verifier("standard", "whsec_" + b64encode(key).decode())
    assert verify(standard(key=key)) == "msg_1"
    with pytest.raises(SettingsError, match="base64"):
        verifier("standard", "whsec_not base64")


@pytest.mark.parametrize(("kind", "secret"), [("nobody", SECRET), ("github", "short")])
def test_settings_that_cannot_be_used(kind: str, secret: str) -> None:
    """An unknown kind and a secret that can be guessed are refused at start."""
    with pytest.raises(SettingsError):
        verifier(kind, secret)


@given(
    st.dictionaries(
        st.sampled_from(sorted({h for c in calls().values() for h in c.headers})), st.text()
    ),
    st.binary(),
)
def test_nothing_that_arrives_raises(headers: dict[str, str], body: bytes) -> None:
    """Whatever a stranger sends is a call that is not right."""
    for kind in KINDS:
        assert verifier(kind, SECRET)(Call(headers, body, NOW)) is None
