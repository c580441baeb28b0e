"""Somebody else's agent and desk, as somebody else would write them."""
