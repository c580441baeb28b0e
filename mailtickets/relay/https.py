"""A domain's MTA-STS policy is fetched by HTTPS (RFC 8461 section 3.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import treq
from attrs import frozen
from treq.client import HTTPClient
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import URI, Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.relay.sts import POLICY_OCTETS
from mailtickets.relay.targets import Target
from mailtickets.relay.tls import context_of

SECONDS = 30.0


@implementer(IAgentEndpointFactory)
@frozen
class _To:
    """Connects to one address, whatever the URL's host; TLS checks that host's name."""

    reactor: Any
    address: str
    port: int
    ca_file: str | None

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """Where to connect for `uri`."""
        host = uri.host.decode("ascii")
        checked = context_of(Target(host, self.port, verify=True, ca_file=self.ca_file))
        endpoint = HostnameEndpoint(self.reactor, self.address, self.port)
        return wrapClientTLS(checked, endpoint)


@frozen
class PolicyFetcher:
    """Fetches policies. `addresses` resolves a name; `port` and `ca_file` differ in tests only."""

    reactor: Any
    addresses: Callable[[str], Awaitable[list[str]]]
    user_agent: str
    port: int = 443
    ca_file: str | None = None

    async def fetch(self, domain: str) -> bytes:
        """The file's octets. Raises Temporary 7.5 when it cannot be had."""
        getting: Deferred[bytes] = ensureDeferred(self._fetch(f"mta-sts.{domain}"))
        try:
            return await getting.addTimeout(SECONDS, self.reactor)
        except Temporary:
            raise
        except Exception as why:  # connection, TLS, HTTP, time: all one here
            raise Temporary("7.5", f"The MTA-STS policy of {domain} cannot be had") from why

    async def _fetch(self, host: str) -> bytes:
        addresses = await self.addresses(host)
        if not addresses:
            raise Temporary("4.3", f"{host} has no address")
        to = _To(self.reactor, addresses[-1], self.port, self.ca_file)
        pool: Any = HTTPConnectionPool(self.reactor, persistent=False)  # type: ignore[no-untyped-call]
        # No lines in the log about each connection; Twisted has no setting for it.
        pool._factory = type("_Quiet", (pool._factory,), {"noisy": False})  # noqa: SLF001
        agent = Agent.usingEndpointFactory(self.reactor, to, pool)  # type: ignore[no-untyped-call]
        client = HTTPClient(agent)
        answer = await client.get(
            f"https://{host}/.well-known/mta-sts.txt",
            headers=Headers({"User-Agent": [self.user_agent]}),
            allow_redirects=False,  # RFC 8461 section 3.3
        )
        kind = answer.headers.getRawHeaders("content-type", ["text/plain"])[0]
        if answer.code != 200 or not kind.lower().startswith("text/plain"):
            raise Temporary("7.5", f"{host} has no policy")
        octets = bytearray()

        def gather(piece: bytes) -> None:
            octets.extend(piece[: POLICY_OCTETS - len(octets)])

        await treq.collect(answer, gather)
        return bytes(octets)
