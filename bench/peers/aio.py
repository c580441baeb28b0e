"""aiosmtpd as an accept peer: it forgets every letter.

python -m bench.peers.aio PORT
"""

import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Forget:
    """A handler that forgets."""

    async def handle_DATA(self, server, session, envelope):
        """At once."""
        return "250 OK"


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Forget(), data_size_limit=100_000_000), "127.0.0.1", int(sys.argv[1])
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
