"""A whole gateway that sends directly: it asks a name server, and Postfix is the domain's host."""

import sys

from tests.journeys.peers import Sink
from tests.journeys.postfix import Postfix, to
from tests.journeys.running import Process, until
from tests.journeys.storm import settled
from tests.journeys.test_relay_bounces import deliveries, notes, opened, states

NAMES = """
from twisted.internet import reactor
from mailtickets.testing.names import NameServer, address, mx

zone = {"ferrier": [mx(10, "mx.ferrier")], "mx.ferrier": [address("127.0.0.2")]}
print("listens on", NameServer(reactor, zone).server, flush=True)
reactor.run()
"""


def test_directly_to_the_world(launch, tmp_path):
    """MX, address, Postfix: the answer is delivered, and the page says so; sockets say nothing."""
    names = Process([sys.executable, "-c", NAMES])
    try:
        server = names.said("listens on").split()[-1]
        with (
            Sink() as mailbox,
            Postfix("mx.ferrier", {"ferrier": to(mailbox.port)}, "127.0.0.2") as theirs,
        ):
            settings = f'url = "mx"\nresolver = "{server}"\nport = {theirs.port}\nlocal = true\n'
            (tmp_path / "one.toml").write_text(f"[relay]\n{settings}")
            gateway = launch("--config", str(tmp_path / "one.toml")).start()
            opened(gateway)
            gateway.say("SUPPORT-1", "An answer")
            assert mailbox.wait_for(1)[0].text == "An answer"
            done = [("An answer", [("nic@ferrier", "delivered")])]
            until(lambda: deliveries(gateway) == done, what="delivered")
            (note,) = until(lambda: notes(gateway), what="a note")
            assert note.startswith("The answer reached nic@ferrier's mail server.")
            settled(gateway)
            assert states(gateway) == {"opened": 1, "relayed": 1}
            for noise in ("Starting factory", "Starting protocol", "UDP Port", "DNSDatagram"):
                assert noise not in gateway.log
    finally:
        names.end()
