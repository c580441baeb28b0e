"""Who is at the other end of a transport, as the envelope and the log tell it."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import UNIXAddress

from mailtickets.mail.envelope import Peer


def peer_of(transport: Any) -> Peer:
    """The peer's address and port; of a UNIX socket, the path at our end."""
    there = transport.getPeer()
    if isinstance(there, UNIXAddress):
        path = there.name or transport.getHost().name or b""
        return Peer(path.decode("utf-8", "replace"))
    host = getattr(there, "host", None)
    return Peer(str(there) if host is None else str(host), getattr(there, "port", None))


def tls_of(transport: Any) -> str | None:
    """The version and the cipher, as "TLSv1.3 TLS_AES_256_GCM_SHA384"."""
    handle = transport.getHandle()
    try:
        cipher = handle.get_cipher_name()  # none before the handshake is over
        return cipher and f"{handle.get_protocol_version_name()} {cipher}"
    except AttributeError:
        return None


def protocol_word(*, lmtp: bool, extended: bool, encrypted: bool, authenticated: bool) -> str:
    """The word for a Received field (RFC 3848).

    >>> protocol_word(lmtp=False, extended=True, encrypted=True, authenticated=False)
    'ESMTPS'
    """
    if not extended:
        return "SMTP"
    word = "LMTP" if lmtp else "ESMTP"
    return word + ("S" if encrypted else "") + ("A" if authenticated else "")
