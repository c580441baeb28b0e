"""Keys for DKIM are made, and the DNS records that go with them (RFC 6376 3.6.1, RFC 8463)."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from mailtickets.errors import SettingsError
from mailtickets.mail.mailbox import fold_domain
from mailtickets.relay.dkim import Key

BITS = 2048
_STRING = 250  # a character-string of the DNS has 255 octets at most (RFC 1035 section 3.3)


@frozen
class Made:
    """A key that was made: its file, and its DNS record's name and text."""

    key: Key
    file: Path
    name: str
    text: str

    @property
    def record(self) -> str:
        """The record as a zone file has it."""
        pieces = [self.text[at : at + _STRING] for at in range(0, len(self.text), _STRING)]
        return f"{self.name}. IN TXT ( " + " ".join(f'"{piece}"' for piece in pieces) + " )"

    @property
    def setting(self) -> str:
        """The key as the settings file has it."""
        key = self.key
        return f'{{domain = "{key.domain}", selector = "{key.selector}", key = "{self.file}"}}'


def public_text(private: RSAPrivateKey | Ed25519PrivateKey) -> str:
    """What the DNS shall say of a key."""
    if isinstance(private, RSAPrivateKey):
        encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        kind = "rsa"
    else:
        encoding, form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        kind = "ed25519"
    octets = private.public_key().public_bytes(encoding, form)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode('ascii')}"


def make_keys(domain: str, directory: Path, now: float) -> list[Made]:
    """An RSA and an Ed25519 key for `domain`, in files of `directory` that only we may read.

    The selectors carry the month, so that the next pair can stand beside this one. Raises
    SettingsError when there are such files already, or they cannot be written.
    """
    domain = fold_domain(domain)
    month = datetime.fromtimestamp(now, UTC).strftime("%Y%m")
    made = []
    for kind in ("rsa", "ed25519"):
        private = (
            generate_private_key(65537, BITS) if kind == "rsa" else Ed25519PrivateKey.generate()
        )
        selector = f"mt{month}{kind}"
        file = directory / f"dkim-{domain}-{selector}.pem"
        _write(file, private)
        name = f"{selector}._domainkey.{domain}"
        made.append(Made(Key(domain, selector, private), file, name, public_text(private)))
    return made


def _write(file: Path, private: RSAPrivateKey | Ed25519PrivateKey) -> None:
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(str(file), "it is there already; move it away for a new one") from None
    except OSError as why:
        raise SettingsError(str(file), f"it cannot be written ({why.strerror})") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(pem)


def explained(made: list[Made]) -> str:
    """What `mailtickets dkim-key` prints."""
    records = "\n".join(one.record for one in made)
    settings = "".join(f"    {one.setting},\n" for one in made)
    return (
        f"Put these records into the DNS:\n\n{records}\n\n"
        f"and, once they are there, these keys into the relay's settings:\n\n"
        f"dkim = [\n{settings}]\n"
    )
