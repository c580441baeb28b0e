"""Declares the agents of `ours, carried` and `ours, accepted`."""

from mailtickets.plugin import AgentKind

discarding = AgentKind("discarding", "bench.peers.discarding:make")
waiting = AgentKind("waiting", "bench.peers.discarding:make_waiting")
