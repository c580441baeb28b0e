"""Declares the agent of `ours, durable`."""

from mailtickets.plugin import AgentKind

discarding = AgentKind("discarding", "bench.peers.discarding:make")
