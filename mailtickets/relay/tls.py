"""TLS towards a next hop, with its certificate checked or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import (
    Certificate,
    CertificateOptions,
    TLSVersion,
    optionsForClientTLS,
    platformTrust,
    trustRootFromCertificates,
)
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.relay.targets import Target

_END = "-----END CERTIFICATE-----"


@implementer(IOpenSSLClientConnectionCreator)
class Unchecked:
    """TLS with whoever answers: still better than none (RFC 7435)."""

    def __init__(self, host: str) -> None:
        options = CertificateOptions(verify=False, raiseMinimumTo=TLSVersion.TLSv1_2)
        self._context = options.getContext()
        self._name = host.encode("idna" if not host.isascii() else "ascii")

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:
        """A connection that asks for the host by its name."""
        connection = SSL.Connection(self._context, None)
        connection.set_app_data(tlsProtocol)
        if not self._name.replace(b".", b"").isdigit() and b":" not in self._name:
            connection.set_tlsext_host_name(self._name)
        return connection


def context_of(target: Target) -> Any:
    """What Twisted wants for TLS to `target`. Raises Temporary 7.5 without `ca_file`."""
    if not target.verify:
        return Unchecked(target.host)
    trust: Any = platformTrust()  # type: ignore[no-untyped-call]
    if target.ca_file is not None:
        try:
            pem = Path(target.ca_file).read_text(encoding="ascii")
            blocks = [(block + _END).encode("ascii") for block in pem.split(_END)[:-1]]
            trust = trustRootFromCertificates([Certificate.loadPEM(block) for block in blocks])  # type: ignore[no-untyped-call]
        except Exception as why:  # whatever OpenSSL raises for a file that is none
            raise Temporary("7.5", "The file of certificates cannot be read", loud=True) from why
    return optionsForClientTLS(
        target.host,
        trustRoot=trust,
        extraCertificateOptions={"raiseMinimumTo": TLSVersion.TLSv1_2},
    )
