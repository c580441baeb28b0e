"""TLS for the edge: certificates from files, read again when told to, dropping nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from zope.interface import implementer

from mailtickets.errors import SettingsError

CIPHERS = b"DEFAULT:@SECLEVEL=2:!aNULL:!eNULL"


@implementer(IOpenSSLServerConnectionCreator)
class Certificates:
    """Makes the server's side of TLS connections, for `transport.startTLS` and `wrapServerTLS`.

    TLS 1.2 and up, OpenSSL's default ciphers at security level 2, no renegotiation. `certificate`
    is a PEM file with the whole chain, the server's own first; `key` a PEM file. Raises
    SettingsError when they cannot be used.
    """

    def __init__(self, certificate: str | Path, key: str | Path) -> None:
        self._certificate = Path(certificate)
        self._key = Path(key)
        self._context = self._read()

    def reload(self) -> None:
        """Read the files again, for new connections. Raises SettingsError and keeps the old."""
        self._context = self._read()

    def _read(self) -> SSL.Context:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_cipher_list(CIPHERS)
        context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_COMPRESSION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        for path, use in (
            (self._certificate, context.use_certificate_chain_file),
            (self._key, context.use_privatekey_file),
        ):
            try:
                use(str(path))
            except (SSL.Error, OSError) as why:
                raise SettingsError(str(path), "a readable PEM file is needed for TLS") from why
        try:
            context.check_privatekey()
        except SSL.Error as why:
            raise SettingsError(str(self._key), f"the key of {self._certificate}") from why
        return context

    def serverConnectionForTLS(self, protocol: Any) -> SSL.Connection:  # noqa: ARG002
        """A connection with the certificates as they were last read."""
        return SSL.Connection(self._context, None)
