"""The settings of the relay, by name: the one list that plugin, smart host and `mx` check by."""

from __future__ import annotations

_BOTH = (
    "url",
    "tls",
    "ca_file",
    "dkim",
    "suppress",
    "concurrency",
    "idle",
    "letters",
)
SMART_HOST = frozenset((*_BOTH, "user", "password", "password_file", "verify"))
DIRECT = frozenset((*_BOTH, "domain_concurrency", "resolver", "port", "local", "sts", "sts_port"))
ANSWERS = frozenset({"tell", "receipts"})
"""Those of the gateway's own relay alone, which brings answers; a route's has none of them."""
ALL = tuple(sorted(SMART_HOST | DIRECT | ANSWERS))
