"""Public keys for signatures, as the DNS has them (RFC 6376 section 3.6, RFC 8463, RFC 8301)."""

from __future__ import annotations

from hashlib import sha256
from typing import Protocol

from attrs import field, frozen
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from mailtickets.auth.names import Unanswered
from mailtickets.mail.authentication import Result
from mailtickets.mail.taglist import BadTags, octets_of, tags, words_of

LEAST_BITS, MOST_BITS = 1024, 8192  # RFC 8301 section 3.2; more costs us more than it proves
ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}


class Texts(Protocol):
    """Who is asked for TXT records: `mailtickets.auth.names.Names`."""

    def texts(self, name: str, until: float | None = None) -> list[str]:
        """Each in one piece. Raises Unanswered."""


class Unusable(Exception):
    """A signature that proves nothing, with what is said of it: a result, and why."""

    def __init__(self, result: Result, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason


@frozen
class PublicKey:
    """A key, and what its record says of its use."""

    public: RSAPublicKey | Ed25519PublicKey = field(repr=False)
    testing: bool = False
    exact: bool = False  # t=s: the signer's identity is of this very domain

    def verifies(self, signature: bytes, signed: bytes) -> bool:
        """Whether the signature is by this key."""
        try:
            if isinstance(self.public, RSAPublicKey):
                self.public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
            else:  # RFC 8463 section 3: what is signed is the hash
                self.public.verify(signature, sha256(signed).digest())
        except InvalidSignature:
            return False
        return True


def key_of(record: str, algorithm: str) -> PublicKey:
    """The key in a TXT record, fit for signatures of `algorithm`. Raises Unusable."""
    kind = ALGORITHMS[algorithm]
    try:
        found = tags(record)
        octets = octets_of(found.get("p", ""))
    except BadTags as why:
        raise Unusable(Result.PERMERROR, f"its key cannot be read: {why}") from why
    if found.get("v", "DKIM1") != "DKIM1":
        raise Unusable(Result.PERMERROR, "its key is of another version")
    if "p" in found and not octets:
        raise Unusable(Result.PERMERROR, "its key was revoked")  # section 3.6.1
    if found.get("k", "rsa").lower() != kind:
        raise Unusable(Result.PERMERROR, "its key is for another algorithm")
    if "h" in found and "sha256" not in words_of(found["h"]):
        raise Unusable(Result.PERMERROR, "its key does not allow this hash")
    if "s" in found and not {"*", "email"} & set(words_of(found["s"])):
        raise Unusable(Result.PERMERROR, "its key is not for mail")
    flags = words_of(found.get("t", ""))
    return PublicKey(_public(kind, octets), testing="y" in flags, exact="s" in flags)


def _public(kind: str, octets: bytes) -> RSAPublicKey | Ed25519PublicKey:
    try:
        if kind == "ed25519":
            return Ed25519PublicKey.from_public_bytes(octets)
        public = serialization.load_der_public_key(octets)
    except (ValueError, TypeError, UnsupportedAlgorithm) as why:
        raise Unusable(Result.PERMERROR, "its key cannot be read") from why
    if not isinstance(public, RSAPublicKey):
        raise Unusable(Result.PERMERROR, "its key is for another algorithm")
    if not LEAST_BITS <= public.key_size <= MOST_BITS:
        size = "weak" if public.key_size < LEAST_BITS else "large"
        raise Unusable(Result.POLICY, f"its key is too {size}: {public.key_size} bits")
    return public


def find_key(
    names: Texts, domain: str, selector: str, algorithm: str, until: float | None
) -> PublicKey:
    """The key that a signature names. It blocks. Raises Unusable, temperror among them."""
    try:
        records = names.texts(f"{selector}._domainkey.{domain}", until)
    except Unanswered as why:
        raise Unusable(Result.TEMPERROR, "the DNS does not say its key") from why
    if not records:
        raise Unusable(Result.PERMERROR, "there is no such key")
    return key_of(records[0], algorithm)
