"""Our own kinds of desk, agent and filter, declared exactly as a stranger's would be."""

from mailtickets.plugin import AgentKind, DeskKind, FilterKind

http_desk = DeskKind("http", "mailtickets.desks.http:make", keys=("url", "token", "token_file"))
relay_agent = AgentKind(
    "relay",
    "mailtickets.relay.agent:make",
    keys=(
        "url",
        "user",
        "password",
        "password_file",
        "tls",
        "verify",
        "ca_file",
        "dkim",
        "suppress",
        "concurrency",
        "domain_concurrency",
        "idle",
        "letters",
        "resolver",
        "port",
        "local",
        "sts",
        "sts_port",
    ),
)
size_filter = FilterKind("size", "mailtickets.filters.size:make", keys=("octets",))
