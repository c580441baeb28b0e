"""What an idle connection costs: memory for each of ten thousand of them.

    python -m bench.idle [--connections 10000]

Server and client are processes of their own, since each end of a connection is an open file. After
its greeting each connection says EHLO and then nothing. Servers that refuse so many say so.
"""

import argparse
import resource
import socket
import subprocess
import sys
import time

from bench.accept import usable
from bench.peers.servers import HERE, TREE, Server

SERVERS = ["ours, discard", "smtp-server", "aiosmtpd", "twisted.mail"]


def many_files() -> None:
    """As many open files as the hard limit lets us have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def hold(port: int, count: int) -> None:
    """The client: connect `count` times, say EHLO on each, and wait for the end of input."""
    many_files()
    held: list[socket.socket] = []
    while len(held) < count:
        # Some servers greet late: a hundred wait for that together.
        some = [socket.create_connection((HERE, port), timeout=30) for _ in range(100)]
        greeted = [one for one in some if one.recv(1000).startswith(b"220")]
        for one in greeted:
            one.sendall(b"EHLO idle\r\n")
        held += [one for one in greeted if one.recv(4000).startswith(b"250")]
        if len(greeted) < len(some):
            break
    print(len(held), flush=True)
    sys.stdin.read()
    print(sum(still_there(one) for one in held), flush=True)


def still_there(one: socket.socket) -> bool:
    """Whether the server has not closed it, nor said good-bye."""
    one.setblocking(False)
    try:
        return one.recv(4000)[:1] not in (b"", b"4")
    except BlockingIOError:
        return True
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--hold", type=int, default=0, help="be the client, of this port")
    said = parser.parse_args()
    many_files()
    if said.hold:
        hold(said.hold, said.connections)
        return
    for name in SERVERS:
        if not usable(name):
            continue
        server = Server(name)
        try:
            before = server.resident()
            client = subprocess.Popen(
                [sys.executable, "-m", "bench.idle", "--hold", str(server.port),
                 "--connections", str(said.connections)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TREE,
            )  # fmt: skip
            held = int(client.stdout.readline())
            each = (server.resident() - before) / max(held, 1)
            cpu = server.cpu()
            time.sleep(3)
            idle = (server.cpu() - cpu) / 3
            still, _ = client.communicate(timeout=60)
            print(
                f"{name:15} {held:6} held, {still.strip():>6} still there after 3 s,"
                f" {each / 1024:6.1f} KiB each, {idle * 100:4.1f} % CPU idle",
                flush=True,
            )
        finally:
            server.stop()


if __name__ == "__main__":
    main()
