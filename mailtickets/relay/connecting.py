"""A connection is made ready for letters: greeting, EHLO or HELO, STARTTLS, AUTH."""

from __future__ import annotations

import base64
from typing import Any

from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.logger import Logger

from mailtickets.errors import Temporary
from mailtickets.relay.commands import Features, features
from mailtickets.relay.judging import refused
from mailtickets.relay.replies import Answer
from mailtickets.relay.targets import Limits, Target, Tls
from mailtickets.relay.tls import context_of
from mailtickets.relay.wire import Lost, Wire

_log = Logger()


class _NoTls(Exception):
    """The handshake failed where TLS is not a must."""


class _One(Factory):
    """Makes one connection's protocol, and no lines in the log about it."""

    noisy = False

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def buildProtocol(self, addr: object) -> Wire:
        """Twisted's."""
        del addr
        return self._wire


class Connector:
    """Makes connections. `hostname` is what we call ourselves in EHLO."""

    def __init__(self, reactor: Any, hostname: str, limits: Limits) -> None:
        self._reactor = reactor
        self._hostname = hostname
        self._limits = limits

    async def connect(self, target: Target) -> Wire:
        """A connection that is ready for MAIL. Raises Temporary."""
        try:
            return await self._attempt(target, target.tls)
        except _NoTls:
            # Opportunistic means: rather an open line than none (RFC 7435 section 3).
            _log.warn("TLS with {host} failed; going on without", host=str(target))
            return await self._attempt(target, Tls.NEVER)

    async def _attempt(self, target: Target, tls: Tls) -> Wire:
        wire = await self._reach(target, tls)
        try:
            await self._ready(wire, target, tls)
        except Lost as why:
            text = f"{target} was reached, but {why.why}"
            raise Temporary("4.2", text) from why
        except BaseException:
            wire.abort("it is not wanted")
            raise
        return wire

    async def _reach(self, target: Target, tls: Tls) -> Wire:
        endpoint: IStreamClientEndpoint = HostnameEndpoint(
            self._reactor, target.address or target.host, target.port, self._limits.connect
        )
        if tls is Tls.WRAPPED:
            endpoint = wrapClientTLS(context_of(target), endpoint)
        wire = Wire(self._reactor)
        try:
            await endpoint.connect(_One(wire))
        except Exception as why:  # refused, unreachable, no such name, too slow
            raise Temporary("4.1", f"{target} cannot be reached") from why
        return wire

    async def _ready(self, wire: Wire, target: Target, tls: Tls) -> None:
        host = str(target)
        if tls is Tls.WRAPPED:
            await self._shake(wire, target)
        greeting = await wire.answer(self._limits.greeting)
        if greeting.code != 220:
            raise refused(greeting, host, "greeting")
        await self._hello(wire, host)
        if tls in {Tls.OPPORTUNISTIC, Tls.REQUIRED}:
            await self._start_tls(wire, target, tls)
        if target.user:
            await self._authenticate(wire, target)

    async def _hello(self, wire: Wire, host: str) -> None:
        answer = await self._command(wire, f"EHLO {self._hostname}")
        if answer.good:
            wire.features = features(answer)
            return
        if answer.code not in {500, 501, 502, 504, 550}:
            raise refused(answer, host, "EHLO")
        answer = await self._command(wire, f"HELO {self._hostname}")  # RFC 5321 section 3.2
        if not answer.good:
            raise refused(answer, host, "EHLO")
        wire.features = Features(extended=False)

    async def _start_tls(self, wire: Wire, target: Target, tls: Tls) -> None:
        must = tls is Tls.REQUIRED
        if "STARTTLS" not in wire.features:
            if must:
                raise Temporary(
                    "7.10", f"{target} offers no STARTTLS, which is required", loud=True
                )
            return
        answer = await self._command(wire, "STARTTLS")
        if answer.code != 220:
            if must:
                raise refused(answer, str(target), "STARTTLS", loud=True)
            return
        try:
            await wire.start_tls(context_of(target), self._limits.handshake)
        except Lost as why:
            if must:
                raise Temporary("7.5", _bad_tls(target), loud=True) from why
            raise _NoTls from why
        wire.trusted = target.verify
        await self._hello(wire, str(target))  # RFC 3207 section 4.2

    async def _shake(self, wire: Wire, target: Target) -> None:
        try:
            await wire.shaken(self._limits.handshake)
        except Lost as why:
            raise Temporary("7.5", _bad_tls(target), loud=True) from why
        wire.trusted = target.verify

    async def _authenticate(self, wire: Wire, target: Target) -> None:
        offered = wire.features.mechanisms
        user, password = target.user.encode("utf-8"), target.password.encode("utf-8")
        if "PLAIN" in offered:  # RFC 4616
            initial = _b64(b"\0" + user + b"\0" + password)
            answer = await self._command(wire, f"AUTH PLAIN {initial}")
        elif "LOGIN" in offered:
            answer = await self._command(wire, "AUTH LOGIN")
            for secret in (user, password):
                if answer.code == 334:
                    answer = await self._command(wire, _b64(secret))
        else:
            raise Temporary("7.0", f"{target} offers neither AUTH PLAIN nor LOGIN", loud=True)
        if answer.code != 235:
            raise refused(answer, str(target), "AUTH", loud=True)

    async def _command(self, wire: Wire, line: str) -> Answer:
        wire.write(line.encode("ascii") + b"\r\n")
        return await wire.answer(self._limits.command)


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _bad_tls(target: Target) -> str:
    checked = f", or its certificate is not one for {target.host}" if target.verify else ""
    return f"TLS with {target} failed{checked}"
