"""A next hop for tests, in a process of its own: takes letters, or misbehaves as it is told.

    python -m mailtickets.testing.sink --port 0 --fault "RCPT=450 4.2.1 Not now*1"

It prints `port NUMBER` once it listens, then each letter it took as a line of JSON: "sender",
"recipients", "mail_options", "rcpt_options", "asked" (parameters of DSN and REQUIRETLS), "octets"
(base64), "connection", "tls", "user".

A fault is COMMAND[:TEXT]=ACTION[*TIMES]. COMMAND is CONNECT, EHLO, MAIL, RCPT, DATA, DOT, RSET,
AUTH or STARTTLS; with TEXT it strikes only where the argument holds that. ACTION is a reply, `drop`
(close without a word; after the dot, the letter is kept all the same), or `sleep SECONDS` (a
tarpit). TIMES bounds how often; without it, always.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import ssl
import sys
import time
from collections.abc import Sequence
from itertools import count
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define

WISHES = frozenset({"RET", "ENVID", "NOTIFY", "ORCPT", "REQUIRETLS"})
"""Parameters of RFC 3461 and RFC 8689: offered by --offer DSN and --offer REQUIRETLS."""
LARGEST = 200 * 1024 * 1024


@define
class Fault:
    """One way to misbehave."""

    command: str
    text: str
    action: str
    left: int

    @classmethod
    def parse(cls, given: str) -> Fault:
        """The fault that the command line asks for."""
        where, _, action = given.partition("=")
        command, _, text = where.partition(":")
        action, star, times = action.rpartition("*") if "*" in action else (action, "", "")
        return cls(command.upper(), text, action, int(times) if star else sys.maxsize)

    def strikes(self, command: str, argument: str) -> bool:
        """Whether it is its turn; it has one turn less then."""
        if command != self.command or self.text not in argument or not self.left:
            return False
        self.left -= 1
        return True


class Book:
    """What all connections share: the faults, the greylist, the numbers."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.faults = [Fault.parse(each) for each in options.fault]
        self.connections = count(1)
        self.seen: dict[tuple[str | None, str], float] = {}

    def early(self, sender: str | None, recipient: str) -> bool:
        """Whether the greylist wants them to come back later."""
        first = self.seen.setdefault((sender, recipient), time.monotonic())
        return time.monotonic() - first < float(self.options.greylist)


class Sink(SMTP):
    """One connection."""

    def __init__(self, book: Book, **more: Any) -> None:
        super().__init__(Taker(), **more)
        self.book = book
        self.number = next(book.connections)
        self.asked: list[str] = []

    async def _struck(self, command: str, argument: str = "") -> bool:
        for fault in self.book.faults:
            if fault.strikes(command, argument):
                if fault.action.startswith("sleep"):
                    await asyncio.sleep(float(fault.action.split()[1]))
                    continue
                if fault.action == "drop":
                    self.drop()
                else:
                    await self.push(fault.action)
                return True
        return False

    def drop(self) -> None:
        """Close without a word."""
        if self.transport is not None:
            self.transport.close()

    async def _handle_client(self) -> None:
        if await self._struck("CONNECT"):
            self.drop()
            return
        await super()._handle_client()

    async def smtp_EHLO(self, arg: str) -> None:
        """EHLO, or a fault."""
        if not await self._struck("EHLO", arg or ""):
            await super().smtp_EHLO(arg)

    async def smtp_MAIL(self, arg: str) -> None:
        """MAIL, or a fault."""
        self.asked = []
        if not await self._struck("MAIL", arg or ""):
            await super().smtp_MAIL(self._less_wishes(arg))

    async def smtp_RCPT(self, arg: str) -> None:
        """RCPT, or a fault."""
        if not await self._struck("RCPT", arg or ""):
            await super().smtp_RCPT(self._less_wishes(arg))

    def _less_wishes(self, arg: str) -> str:
        """The argument without what aiosmtpd does not know; that is kept in `asked`."""
        words = (arg or "").split(" ")
        wishes = [one for one in words if one.split("=")[0] in WISHES]
        self.asked += wishes
        return " ".join(one for one in words if one not in wishes)

    async def smtp_DATA(self, arg: str) -> None:
        """DATA, or a fault."""
        if not await self._struck("DATA"):
            await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:
        """RSET, or a fault."""
        if not await self._struck("RSET"):
            await super().smtp_RSET(arg)

    async def smtp_STARTTLS(self, arg: str) -> None:
        """STARTTLS, or a fault."""
        if not await self._struck("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        """AUTH, or a fault."""
        if not await self._struck("AUTH", arg or ""):
            await super().smtp_AUTH(arg)


class Taker:
    """Takes letters."""

    async def handle_EHLO(
        self, server: Sink, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        """What is offered: aiosmtpd's own, PIPELINING and more, less what is hidden."""
        del envelope
        session.host_name = hostname
        hidden = {word.upper() for word in server.book.options.hide}
        offered = [
            *lines[:-1],
            "250-PIPELINING",
            *(f"250-{one}" for one in server.book.options.offer),
        ]
        return [one for one in offered if one[4:].split(" ")[0] not in hidden] + lines[-1:]

    async def handle_RCPT(
        self, server: Sink, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, unless it is greylisted."""
        del session
        if server.book.early(envelope.mail_from, address):
            return "450 4.2.0 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Sink, session: Session, envelope: Envelope) -> str:
        """Tell the letter, then take it."""
        for fault in server.book.faults:
            if fault.strikes("DOT", ""):
                if fault.action.startswith("sleep"):
                    await asyncio.sleep(float(fault.action.split()[1]))
                elif fault.action == "drop":
                    tell(server, session, envelope)
                    server.drop()
                    return "421 4.3.2 Gone"
                else:
                    return fault.action
        tell(server, session, envelope)
        return "250 2.0.0 Taken"


def tell(server: Sink, session: Session, envelope: Envelope) -> None:
    """Print the letter."""
    data = getattr(session, "auth_data", None)
    told = {
        "sender": envelope.mail_from,
        "recipients": envelope.rcpt_tos,
        "mail_options": envelope.mail_options,
        "asked": server.asked,
        "rcpt_options": envelope.rcpt_options,
        "octets": base64.b64encode(envelope.original_content or b"").decode("ascii"),
        "connection": server.number,
        "tls": session.ssl is not None,
        "user": data.decode() if isinstance(data, bytes) else None,
    }
    if server.book.options.quiet:
        told["octets"] = ""
    print(json.dumps(told), flush=True)  # noqa: T201 - how those who started it hear of it


def _authenticator(options: argparse.Namespace) -> Any:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        del server, session, envelope, mechanism
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        right = f"{given.login.decode()}:{given.password.decode()}" == options.user
        return AuthResult(success=right, handled=right, auth_data=given.login)

    return check


async def serve(options: argparse.Namespace) -> None:
    """Serve until killed."""
    book = Book(options)
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    loop = asyncio.get_running_loop()

    def made() -> Sink:
        return Sink(
            book,
            enable_SMTPUTF8="SMTPUTF8" not in options.hide,
            hostname=options.hostname,
            data_size_limit=options.size,
            command_call_limit=10_000_000,
            tls_context=None if options.wrapped else context,
            authenticator=_authenticator(options) if options.user else None,
            auth_require_tls=False,
            auth_required=bool(options.user),
            loop=loop,
        )

    wrapped = context if options.wrapped else None
    server = await loop.create_server(made, options.interface, options.port, ssl=wrapped)
    port = server.sockets[0].getsockname()[1]
    print(f"port {port}", flush=True)  # noqa: T201
    await server.serve_forever()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="A next hop that misbehaves as it is told")
    parser.add_argument("--interface", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--hostname", default="sink.example")
    parser.add_argument("--size", type=int, default=LARGEST)
    parser.add_argument("--fault", action="append", default=[], metavar="COMMAND[:TEXT]=ACTION[*N]")
    parser.add_argument("--greylist", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--hide", action="append", default=[], metavar="KEYWORD")
    parser.add_argument("--offer", action="append", default=[], metavar="KEYWORD")
    parser.add_argument("--user", default="", metavar="NAME:PASSWORD")
    parser.add_argument("--certificate", default="")
    parser.add_argument("--key", default=None)
    parser.add_argument("--wrapped", action="store_true", help="TLS from the first octet on")
    parser.add_argument("--quiet", action="store_true", help="do not tell the octets")
    asyncio.run(serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
