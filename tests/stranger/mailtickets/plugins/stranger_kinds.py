"""Declares a stranger's agent and desk to mailtickets."""

from mailtickets.plugin import AgentKind, DeskKind

notebook = AgentKind("notebook", "stranger.notebook:make", keys=("file",))
card_index = DeskKind("cards", "stranger.cards:make", keys=("file",))
