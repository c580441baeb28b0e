"""What it costs to accept a letter, side by side with other servers.

    python -m bench.accept [--runs 5] [--loads 10K,25M] [--servers "ours, discard,smtp-server"]

Postfix's smtp-source is the load. Of each figure the median of the runs is told, after one run to
get warm; the servers take turns, so that the machine's other work hurts them alike. CPU is that of
all a server's processes and threads, from the first letter until nothing is left to do: what a
server puts off until the load is over counts as well. Letters a second are those of the load.

`ours, discard` is our edge before an IMessage that forgets, with the log as it ships, which has a
line for each letter. So has that of `twisted.mail`, as twistd writes it; `twisted.mail, silent` is
the same with the log turned off. The others log nothing. The other forms are the whole of
mailtickets, with 250 after the commit and its fsync. In `ours, carried` the letters go by a courier
to an agent that forgets them, as Postfix's by its queue manager to its discard transport. In `ours,
accepted` they stay on disk and wait: that is what accepting costs, and all that those do who
discard. Named by --servers, `ours, tickets` opens a ticket at the embedded desk with each instead,
in the same process. Servers that are not installed are left out.
"""

import argparse
import os
import statistics
import subprocess
import time

from bench.peers.servers import TREE, Server, program

SERVERS = ["ours, discard", "ours, accepted", "ours, carried", "smtp-server", "aiosmtpd",
           "twisted.mail", "twisted.mail, silent", "postfix smtpd"]  # fmt: skip
LOADS = {
    # name: (sessions, letters, octets, more words for smtp-source)
    "1K": (20, 1000, 1024, []),
    "1K reused": (20, 2000, 1024, ["-d"]),
    "10K": (20, 1000, 10_240, []),
    "10K reused": (20, 2000, 10_240, ["-d"]),
    "100K": (20, 300, 102_400, []),
    "100K reused": (20, 300, 102_400, ["-d"]),
    "25M": (4, 8, 26_000_000, []),
}


def once(server: Server, load: str) -> tuple[float, float, float]:
    """CPU seconds a letter, letters a second, octets that memory grew by for each in flight."""
    sessions, letters, octets, words = LOADS[load]
    server.forget_peak()
    before, cpu, began = server.resident(), server.cpu(), time.monotonic()
    subprocess.run(
        [program("smtp-source"), "-s", str(sessions), "-m", str(letters), "-l", str(octets),
         "-f", "nic@ferrier.example", "-t", "new@example.com", *words,
         f"127.0.0.1:{server.port}"],
        check=True, stdout=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip
    seconds = time.monotonic() - began
    server.rest()
    grown = max(server.peak() - before, 0) / sessions
    return (server.cpu() - cpu) / letters, letters / seconds, grown


def usable(name: str) -> bool:
    """Whether this server can be started here."""
    if name == "postfix smtpd":
        return os.getuid() == 0
    if name == "smtp-server":
        return (TREE / "tests" / "peers" / "node_modules" / "smtp-server").is_dir()
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--loads", default=",".join(LOADS))
    parser.add_argument("--servers", default=";".join(SERVERS), help="with ; between them")
    said = parser.parse_args()
    servers = [Server(name) for name in said.servers.split(";") if usable(name)]
    for server in servers:
        server.rest()  # who has just started may not be ready to greet
    try:
        for load in said.loads.split(","):
            _, _, octets, _ = LOADS[load]
            figures: dict[str, list] = {server.name: [] for server in servers}
            for run in range(said.runs + 1):
                for server in servers:
                    figure = once(server, load)
                    if run:
                        figures[server.name].append(figure)
            print(f"\n{load}: {LOADS[load][0]} sessions, {octets} octets")
            for name, found in figures.items():
                cpu, rate, grown = (
                    statistics.median(column) for column in zip(*found, strict=True)
                )
                each = f"{cpu * 1e6:10.0f} us CPU a letter {rate:9.0f} letters/s"
                print(f"  {name:15} {each} {octets / max(cpu, 1e-9) / 1e6:7.0f} MB a CPU second"
                      f" {grown / 1e6:7.1f} MB a letter in flight", flush=True)  # fmt: skip
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    main()
