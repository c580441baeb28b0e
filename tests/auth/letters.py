"""Letters, keys and a zone for the tests of sender authentication."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mailtickets.auth.names import Unanswered

LETTER = (
    b"From: Nic <nic@example.com>\r\n"
    b"To: new@support.test\r\n"
    b"Subject:   a   subject\r\n"
    b"Date: Mon, 01 Jun 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"\r\n"
    b"Hello  there \r\n"
    b"\r\n"
    b"second\tline\r\n"
    b"\r\n\r\n"
)


@cache
def rsa_key(bits: int) -> tuple[bytes, str]:
    """A private key in PEM, and the DNS record of its public half."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@cache
def ed25519_key() -> tuple[bytes, str]:
    """A private key as dkimpy wants it, and its record."""
    made = Ed25519PrivateKey.generate()
    raw = serialization.Encoding.Raw
    private = made.private_bytes(raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    public = made.public_key().public_bytes(raw, serialization.PublicFormat.Raw)
    record = f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"
    return base64.b64encode(private), record


def signed(
    letter: bytes = LETTER,
    *,
    domain: str = "example.com",
    selector: str = "s1",
    ed25519: bool = False,
    forms: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    bits: int = 2048,
    **more: Any,
) -> bytes:
    """The letter with a signature by dkimpy before it."""
    key = ed25519_key()[0] if ed25519 else rsa_key(bits)[0]
    field = dkim.sign(
        letter,
        selector.encode(),
        domain.encode(),
        key,
        canonicalize=forms,
        signature_algorithm=b"ed25519-sha256" if ed25519 else b"rsa-sha256",
        include_headers=more.pop("include_headers", [b"From", b"To", b"Subject", b"From"]),
        **more,
    )
    return bytes(field) + letter


class Zone:
    """Names that answer at once: `{name: [text, ...]}`; None in the place of a list is silence."""

    def __init__(self, texts: Mapping[str, Sequence[str] | None]) -> None:
        self._texts = texts
        self.asked: list[str] = []

    def texts(self, name: str, until: float | None = None) -> list[str]:
        """TXT records. Raises Unanswered."""
        self.asked.append(name)
        found = self._texts.get(name, ())
        if found is None:
            raise Unanswered(name)
        return list(found)


def keys(**records: str) -> Zone:
    """A zone with the key of example.com under s1, e1 and what else is given."""
    zone = {
        "s1._domainkey.example.com": [rsa_key(2048)[1]],
        "e1._domainkey.example.com": [ed25519_key()[1]],
    }
    return Zone(zone | {f"{name}._domainkey.example.com": [text] for name, text in records.items()})


def weak_record() -> str:
    """The record of an RSA key of 512 bits, which no library makes any more."""
    modulus = ((1 << 511) + 0x1234567890ABCDEF1) | 1
    integers = b"\x02\x41\x00" + modulus.to_bytes(64, "big") + b"\x02\x03\x01\x00\x01"
    inner = b"\x00\x30" + bytes([len(integers)]) + integers
    rsa_encryption = bytes.fromhex("300d06092a864886f70d0101010500")
    outer = rsa_encryption + b"\x03" + bytes([len(inner)]) + inner
    whole = b"\x30" + bytes([len(outer)]) + outer
    return f"v=DKIM1; p={base64.b64encode(whole).decode()}"
