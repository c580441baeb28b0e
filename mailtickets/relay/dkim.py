"""Letters of ours are signed (RFC 6376; RFC 8463 for Ed25519): relaxed/relaxed, by every key.

Signing needs two readings of a letter and never the whole of it in memory: the first makes the
hash of the body, the second sends it. Only letters that were composed here are signed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import field, frozen
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mailtickets.errors import SettingsError
from mailtickets.mail.canonical import HEAD_OCTETS, Body, relaxed
from mailtickets.mail.envelope import Letter, Peer
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import fold_domain
from mailtickets.mail.octets import Octets

_SIGNED = (
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"reply-to",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"auto-submitted",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
# One more than there is: nobody may add a second one on the way (RFC 6376 section 8.15).
_ONCE_MORE = (
    b"from",
    b"to",
    b"cc",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"content-type",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r]|\r(?!\n)|\r\n[ \t])*)\r\n")
_WIDTH = 70
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\Z")
_LEAST_BITS = 1024  # RFC 8301 section 3.2


@frozen
class Key:
    """A private key and the selector under which the DNS has its public half."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """The name of the algorithm in the signature's field."""
        rsa = isinstance(self.private, RSAPrivateKey)
        return "rsa-sha256" if rsa else "ed25519-sha256"

    def sign(self, octets: bytes) -> bytes:
        """The signature of some octets."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(octets, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(sha256(octets).digest())  # RFC 8463 section 3


def signature(key: Key, head: bytes, body_hash: bytes, now: float) -> bytes:
    """The DKIM-Signature field of one key, CRLF included. `head` ends with a field's CRLF."""
    by_name: dict[bytes, list[bytes]] = {}
    for match in _FIELD.finditer(head):
        by_name.setdefault(match[1].lower(), []).append(match[2])
    names: list[bytes] = []
    signed: list[bytes] = []
    for name in _SIGNED:
        values = by_name.get(name, [])
        names += [name] * (len(values) + (name in _ONCE_MORE))
        signed += [relaxed(name, value) for value in reversed(values)]  # section 5.4.2
    tags = [
        ("v", "1"),
        ("a", key.algorithm),
        ("c", "relaxed/relaxed"),
        ("d", key.domain),
        ("s", key.selector),
        ("t", str(int(now))),
        ("bh", base64.b64encode(body_hash).decode("ascii")),
        ("h", b":".join(names).decode("ascii")),
    ]
    value = "".join(f"\r\n\t{tag}={_wrapped(content)};" for tag, content in tags)
    unsigned = f"{value}\r\n\tb=".encode("ascii")
    made = key.sign(b"\r\n".join([*signed, relaxed(b"dkim-signature", unsigned)]))
    written = _wrapped(base64.b64encode(made).decode("ascii"))
    return b"DKIM-Signature:" + unsigned + written.encode("ascii") + b"\r\n"


def _wrapped(content: str) -> str:
    """A long value in several lines; blanks inside do not count (sections 3.2 and 3.5)."""
    if ":" in content:
        return content.replace(":content", ":\r\n\t content").replace(":list", ":\r\n\t list")
    return "\r\n\t ".join(content[at : at + _WIDTH] for at in range(0, len(content), _WIDTH))


class Signatures:
    """Signs letters with the keys of their authors' domains."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._keys: dict[str, list[Key]] = {}
        for key in keys:
            self._keys.setdefault(fold_domain(key.domain), []).append(key)

    def __bool__(self) -> bool:
        return bool(self._keys)

    async def of(self, letter: Letter, now: float) -> bytes:
        """The fields to be written before the letter; nothing when it is not one to be signed.

        Somebody else's letter that passes through is never signed, whatever its From says.
        """
        if not self._keys or letter.envelope.peer != Peer():
            return b""
        head, body = await _split(letter.octets)
        if head is None or body is None:
            return b""
        domain = fold_domain(identifiers(head).from_address.rpartition("@")[2])
        keys = self._keys.get(domain, [])
        return b"".join(signature(key, head, body, now) for key in keys)


async def _split(octets: Octets) -> tuple[bytes | None, bytes | None]:
    """The head, and the hash of the body; neither when the head has no end."""
    gathered, head, body = b"", None, Body()
    async for chunk in octets.chunks():
        if head is not None:
            body.feed(chunk)
            continue
        gathered += chunk
        end = gathered.find(b"\r\n\r\n")
        if end >= 0:
            head = gathered[: end + 2]
            body.feed(gathered[end + 4 :])
            gathered = b""
        elif len(gathered) > HEAD_OCTETS:
            return None, None
    return head, body.finish()[None]


def keys_of(setting: object) -> list[Key]:
    """The keys that the setting `dkim` names: [{domain, selector, key = FILE}, ...].

    Raises SettingsError.
    """
    if setting is None:
        return []
    if not isinstance(setting, list):
        raise SettingsError("dkim", "a list of tables with domain, selector and key")
    return [_key(one) for one in setting]


def _key(given: Mapping[str, Any]) -> Key:
    if not isinstance(given, Mapping) or set(given) != {"domain", "selector", "key"}:
        raise SettingsError("dkim", "each has domain, selector and key, and nothing else")
    selector = str(given["selector"])
    if not _NAME.match(selector):
        raise SettingsError(f"dkim selector {selector!r}", "a name as it stands in the DNS")
    path = Path(str(given["key"]))
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError:
        raise SettingsError(f"dkim key {path}", "a file that can be read") from None
    except Exception:
        raise SettingsError(f"dkim key {path}", "a private key in PEM, without password") from None
    if isinstance(private, RSAPrivateKey) and private.key_size < _LEAST_BITS:
        raise SettingsError(f"dkim key {path}", f"an RSA key of {_LEAST_BITS} bits at least")
    if not isinstance(private, (RSAPrivateKey, Ed25519PrivateKey)):
        raise SettingsError(f"dkim key {path}", "an RSA or an Ed25519 key")
    return Key(fold_domain(str(given["domain"])), selector, private)
