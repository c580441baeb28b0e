"""Our own kinds of desk, agent and filter, declared exactly as a stranger's would be."""

from mailtickets.plugin import AgentKind, DeskKind, FilterKind
from mailtickets.relay.keys import ALL

http_desk = DeskKind("http", "mailtickets.desks.http:make", keys=("url", "token", "token_file"))
rt_desk = DeskKind(
    "rt",
    "mailtickets.desks.rt:make",
    keys=("url", "token", "token_file", "queue", "queues", "key_field", "entry_field", "every"),
)
redmine_desk = DeskKind(
    "redmine",
    "mailtickets.desks.redmine:make",
    keys=(
        "url",
        "token",
        "token_file",
        "project",
        "projects",
        "tracker",
        "key_field",
        "requester_field",
        "entry_field",
        "every",
    ),
)
roundup_desk = DeskKind(
    "roundup",
    "mailtickets.desks.roundup:make",
    keys=("url", "user", "password", "password_file", "origin", "every"),
)
djangohelpdesk_desk = DeskKind(
    "djangohelpdesk",
    "mailtickets.desks.djangohelpdesk:make",
    keys=(
        "url",
        "token",
        "token_file",
        "queue",
        "queues",
        "key_field",
        "requester_field",
        "media",
        "every",
    ),
)
freshdesk_desk = DeskKind(
    "freshdesk",
    "mailtickets.desks.freshdesk:make",
    keys=("url", "token", "token_file", "group", "groups", "key_field", "every"),
)
jira_desk = DeskKind(
    "jira",
    "mailtickets.desks.jira:make",
    keys=(
        "url",
        "user",
        "token",
        "token_file",
        "project",
        "request_type",
        "request_types",
        "key_field",
        "every",
    ),
)
zammad_desk = DeskKind(
    "zammad",
    "mailtickets.desks.zammad:make",
    keys=("url", "token", "token_file", "group", "groups", "key_field", "every"),
)
gitlab_desk = DeskKind(
    "gitlab",
    "mailtickets.desks.gitlab:make",
    keys=("url", "token", "token_file", "project", "every"),
)
github_desk = DeskKind(
    "github",
    "mailtickets.desks.github:make",
    keys=("url", "token", "token_file", "repository", "every"),
)
zendesk_desk = DeskKind(
    "zendesk",
    "mailtickets.desks.zendesk:make",
    keys=("url", "user", "token", "token_file", "group", "groups", "every"),
)
znuny_desk = DeskKind(
    "znuny",
    "mailtickets.desks.znuny:make",
    keys=(
        "url",
        "user",
        "password",
        "password_file",
        "queue",
        "queues",
        "key_field",
        "entry_field",
        "service",
        "every",
    ),
)
webhook_desk = DeskKind(
    "webhook", "mailtickets.desks.webhook:make_desk", keys=("url", "secret", "secret_file")
)
webhook_agent = AgentKind(
    "webhook", "mailtickets.desks.webhook:make_agent", keys=("url", "secret", "secret_file", "form")
)
relay_agent = AgentKind("relay", "mailtickets.relay.agent:make", keys=ALL)
size_filter = FilterKind("size", "mailtickets.filters.size:make", keys=("octets",))
rspamd_filter = FilterKind(
    "rspamd",
    "mailtickets.filters.rspamd:make",
    keys=("url", "password", "password_file", "label", "timeout", "max_size", "on_failure"),
)
greylist_filter = FilterKind(
    "greylist",
    "mailtickets.filters.greylist:make",
    keys=("delay", "window", "keep", "trusted_after"),
)
dnsbl_filter = FilterKind(
    "dnsbl", "mailtickets.filters.dnsbl:make", keys=("zones", "codes", "action", "label")
)
