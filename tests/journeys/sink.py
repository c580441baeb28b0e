"""A smart host in a process of its own: takes every letter, and tells each as a line of JSON.

Started by `Sink` in tests/journeys/peers.py as `python sink.py PORT`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Teller:
    """Prints what it is handed."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Tell the letter, then take it."""
        octets = envelope.original_content or b""
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "octets": base64.b64encode(octets).decode("ascii"),
        }
        print(json.dumps(told), flush=True)  # noqa: T201 - how the test hears of it
        return "250 2.0.0 Taken"


async def main() -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Teller(), enable_SMTPUTF8=True, hostname="sink.example"),
        "127.0.0.1",
        int(sys.argv[1]),
    )
    print("ready", flush=True)  # noqa: T201
    await server.serve_forever()


asyncio.run(main())
