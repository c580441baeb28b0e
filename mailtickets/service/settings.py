"""What was asked for: the settings as one frozen value, from the command line and a TOML file."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from mailtickets.errors import Permanent, SettingsError
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.style import Style
from mailtickets.mail.templates import Templates
from mailtickets.routing.addresses import Queue, Route
from mailtickets.service import admitting
from mailtickets.service.authsettings import AUTH_KEYS, AuthSettings, auth_settings
from mailtickets.service.automatic import AutomaticSettings, automatic_settings
from mailtickets.service.keys import KEYS, KeySettings, key_settings
from mailtickets.service.toml import Table, load
from mailtickets.service.writing import KEYS as WRITING
from mailtickets.service.writing import style_of, web_address

EMBEDDED = "embedded"
HOLD = "hold"
WEB = "tcp:8025:interface=127.0.0.1"
DAY = 86400.0


@frozen
class DeskSettings:
    """One `[[desk]]`: `options` are its kind's own keys, `poll` the longest wait of its feed, s.

    `hook` is the way in which its calls to `/hooks/NAME` are verified, by `hook_secret` or by what
    `hook_secret_file` holds; empty for no hook.
    """

    name: str
    kind: str
    poll: float = 25.0
    options: Mapping[str, Any] = field(factory=dict, eq=False, repr=False)
    where: str = ""
    hook: str = ""
    hook_secret: str = field(default="", repr=False)
    hook_secret_file: str = ""


@frozen
class RouteSettings:
    """One `[[route]]`: letters to `to` go to an agent of kind `agent`, made with `options`."""

    route: Route
    kind: str
    options: Mapping[str, Any] = field(factory=dict, eq=False, repr=False)
    where: str = ""


@frozen
class FilterSettings:
    """One `[[filter]]`."""

    name: str
    kind: str
    options: Mapping[str, Any] = field(factory=dict, eq=False, repr=False)
    where: str = ""


@frozen
class Settings:
    """Everything that was asked for. Whatever is not here has no setting.

    `smtp` and `lmtp` are Twisted endpoint strings, as is `web`. `relay` is a URL, `mx` or `hold`.
    `store` is a database URL; empty is SQLite in `state`. `feed_from` is `end` or `start`: where a
    feed without a cursor is followed from. `retention`, `resend_window` and `give_up` are in
    seconds, as the store's own are. `limits` are those of the edge, by name. `styles` are the
    queues' by name: how their letters look. `web_address` is where the web endpoint is reached
    from outside.
    """

    hostname: str
    state: Path
    domain: str
    queues: tuple[Queue, ...]
    styles: Mapping[str, Style] = field(factory=dict, eq=False)
    web_address: str = ""
    smtp: tuple[str, ...] = ()
    lmtp: tuple[str, ...] = ()
    web: str = WEB
    relay: str = HOLD
    relay_options: Mapping[str, Any] = field(factory=dict, eq=False, repr=False)
    store: str = ""
    retention: float = 30 * DAY
    resend_window: float = 7 * DAY
    give_up: float = 5 * DAY
    feed_from: str = "end"
    desks: tuple[DeskSettings, ...] = ()
    routes: tuple[RouteSettings, ...] = ()
    filters: tuple[FilterSettings, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    limits: Mapping[str, Any] = field(factory=dict, eq=False)
    log_format: str = "text"
    addresses: KeySettings = KeySettings()
    auth: AuthSettings = AuthSettings()
    automatic: AutomaticSettings = AutomaticSettings()
    config: Path | None = None

    @property
    def embedded(self) -> bool:
        """Whether some queue uses the embedded desk."""
        return any(self.desk(queue.desk).kind == EMBEDDED for queue in self.queues)

    def desk(self, name: str) -> DeskSettings:
        """The desk of this name; `embedded` is there without being declared."""
        declared = (one for one in self.desks if one.name == name)
        return next(declared, DeskSettings(EMBEDDED, EMBEDDED))

    @property
    def store_url(self) -> str:
        """The database, as a URL."""
        return self.store or f"sqlite:///{(self.state / 'mailtickets.db').absolute()}"


def default_state() -> Path:
    """`$MAILTICKETS_STATE`, else ./state."""
    return Path(os.environ.get("MAILTICKETS_STATE") or "state")


_TOP = frozenset(
    [
        "hostname",
        "state",
        "store",
        "smtp",
        "lmtp",
        "web",
        "web_address",
        "relay",
        "domain",
        "feed_from",
        "queue",
        "desk",
        "route",
        "filter",
        "auth",
        "dkim",
        "log",
        "tls",
        "limits",
        "spool",
        "addresses",
        "automatic",
    ]
)
_QUEUE = admitting.KEYS | frozenset(
    ["name", "domain", "open", "prefix", "desk", "reply_address", "sender_name", "acknowledge"]
)
_DESK = frozenset({"name", "kind", "poll", "hook", "hook_secret", "hook_secret_file"})
_ROUTE = frozenset({"to", "agent"})
_FILTER = frozenset({"name", "kind"})
_TLS = frozenset({"certificate", "key"})
_LOG = frozenset({"format"})
_SPOOL = frozenset({"retention", "resend_window", "give_up"})
_DKIM = frozenset({"domain", "selector", "key", "keys"})

KindKeys = Callable[[str, str, str], frozenset[str]]
"""The own keys of a kind: sort ("desk", "agent", "filter"), name, where it was asked for."""


def from_options(options: Mapping[str, Any], kind_keys: KindKeys) -> Settings:
    """The settings of a command line, `options["config"]` read first. Raises SettingsError.

    `options` holds what the command line named and nothing else; it outweighs the file.
    """
    config = options.get("config")
    table = load(Path(config)) if config else Table({}, "the command line", "")
    table.only(_TOP)
    settings = _top(table, options, kind_keys)
    settings = evolve(
        settings,
        desks=tuple(_desk(one, kind_keys) for one in table.tables("desk")),
        routes=tuple(_route(one, kind_keys) for one in table.tables("route")),
        filters=tuple(_filter(one, kind_keys) for one in table.tables("filter")),
        config=Path(config) if config else None,
    )
    queues = _queues(table, settings)
    looks = table.tables("queue")
    styles = {one.name: Style(Templates(), name=one.sender_name) for one in queues} | {
        one.text("name"): style_of(one, one.text("sender_name", "")) for one in looks
    }
    return evolve(settings, queues=queues, styles=styles)


def _top(table: Table, options: Mapping[str, Any], kind_keys: KindKeys) -> Settings:
    def one(name: str, default: str) -> str:
        if options.get(name) is not None:
            return str(options[name])
        return table.text(name, default)

    def many(name: str) -> tuple[str, ...]:
        return tuple(options.get(name) or table.texts(name, ()))

    tls, log, limits = table.table("tls"), table.table("log"), table.table("limits")
    spool = table.table("spool")
    tls.only(_TLS)
    log.only(_LOG)
    spool.only(_SPOOL)
    auth = table.table("auth")
    auth.only(AUTH_KEYS)
    hostname = one("hostname", "") or socket.getfqdn() or "localhost"
    table.table("addresses").only(KEYS)
    smtp = many("smtp")
    if options.get("port") is not None:
        smtp = (*smtp, _port(str(options["port"])))
    certificate, key = tls.text("certificate", ""), tls.text("key", "")
    if bool(certificate) != bool(key):
        raise SettingsError(tls.where("certificate" if certificate else "key"), "TLS needs both")
    relay_options = _relay_options(table, kind_keys)
    relay = str(options.get("relay") or relay_options.pop("url", ""))
    _check_relay(relay)
    feed_from, form = one("feed_from", "end"), log.text("format", "text")
    if feed_from not in {"end", "start"}:
        raise SettingsError(f"--feed-from {feed_from}", "say end or start")
    if form not in {"text", "json"}:
        raise SettingsError(log.where("format"), "say text or json")
    state = options.get("state") or table.text("state", "") or default_state()
    return Settings(
        hostname=hostname,
        auth=auth_settings(auth, hostname),
        state=Path(state),
        domain=_domain(one("domain", "localhost"), "--domain"),
        queues=(),
        smtp=smtp,
        lmtp=many("lmtp"),
        web=one("web", WEB),
        web_address=web_address(table),
        relay=relay,
        relay_options=relay_options,
        store=one("store", ""),
        retention=_days(spool, "retention", 30.0),
        resend_window=_days(spool, "resend_window", 7.0),
        give_up=_days(spool, "give_up", 5.0),
        feed_from=feed_from,
        certificate=Path(certificate) if certificate else None,
        key=Path(key) if key else None,
        limits=limits.values,
        log_format=form,
        addresses=key_settings(table.table("addresses")),
        automatic=automatic_settings(table.table("automatic")),
    )


def _days(spool: Table, key: str, default: float) -> float:
    """A number of days, told in seconds. What a hundred years do not do, nothing does."""
    days = spool.number(key, default)
    if not 1 <= days <= 36500:
        raise SettingsError(spool.where(key), "a number of days, from 1 to 36500")
    return days * DAY


def _port(text: str) -> str:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise SettingsError(f"--port {text}", "a port is a number from 0 to 65535")
    return f"tcp:{int(text)}"


def _domain(text: str, where: str) -> str:
    try:
        return Mailbox.parse(f"postmaster@{text}").folded_domain
    except Permanent:
        raise SettingsError(f"{where} {text}", "this is not a mail domain") from None


def _relay_options(table: Table, kind_keys: KindKeys) -> dict[str, Any]:
    """`relay = "URL"`, or a table of the relay's own keys; `[dkim]` keys are among them."""
    made: dict[str, Any]
    if isinstance(table.values.get("relay"), dict):
        own = table.table("relay")
        own.only(kind_keys("agent", "relay", own.where("url")) - {"dkim"})
        made = dict(own.values)
        made["url"] = own.text("url", required=True)
    else:
        made = {"url": table.text("relay", HOLD)}
    dkim = table.table("dkim")
    dkim.only(_DKIM)
    keys = [_dkim(one) for one in dkim.tables("keys")]
    if dkim.values.get("domain"):
        keys.append(_dkim(dkim))
    if keys:
        made["dkim"] = keys
    return made


def _dkim(one: Table) -> dict[str, str]:
    if one.values.keys() - {"keys"}:
        one.only(_DKIM)
    return {name: one.text(name, required=True) for name in ("domain", "selector", "key")}


def _check_relay(relay: str) -> None:
    scheme, found, rest = relay.partition("://")
    if relay in {"mx", HOLD} or (found and scheme in {"smtp", "smtps"} and rest):
        return
    raise SettingsError(f"--relay {relay}", "say smtp://HOST:PORT, smtps://HOST:PORT, mx or hold")


def _queues(table: Table, settings: Settings) -> tuple[Queue, ...]:
    """The file's queues; with none there, the one that `--domain` makes (design section 9)."""
    tables = table.tables("queue")
    if not tables:
        return (Queue("support", settings.domain, machines=settings.automatic.machines),)
    whole = {desk.name: desk.kind in {EMBEDDED, "http"} for desk in settings.desks}
    whole.setdefault(EMBEDDED, True)
    first = settings.desks[0].name if settings.desks else EMBEDDED
    queues = tuple(_queue(one, settings, first, whole) for one in tables)
    _unique(tables, [queue.name for queue in queues], "name", "queues need names of their own")
    prefixes = [f"{queue.prefix}@{queue.domain}".lower() for queue in queues]
    _unique(tables, prefixes, "prefix", "a domain's queues need prefixes of their own")
    return queues


def _unique(tables: Sequence[Table], values: Sequence[str], key: str, cure: str) -> None:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise SettingsError(tables[number].where(key), cure)


def _queue(one: Table, settings: Settings, desk: str, whole: Mapping[str, bool]) -> Queue:
    one.only(_QUEUE | WRITING)
    name = one.text("name", required=True)
    chosen = one.text("desk", desk)
    if chosen not in whole:
        raise SettingsError(one.where("desk"), f"there is no [[desk]] named {chosen}")
    prefix = one.text("prefix", name.upper())
    if not prefix.isascii() or not prefix.replace("-", "").replace("_", "").isalnum():
        raise SettingsError(one.where("prefix"), "a prefix is ASCII letters and digits")
    return Queue(
        name=name,
        domain=_domain(one.text("domain", settings.domain), one.where("domain")),
        open=tuple(one.texts("open", ("new",))),
        prefix=prefix,
        desk=chosen,
        whole_keys=whole[chosen],
        sender_name=one.text("sender_name", ""),
        admission=admitting.admission(one),
        acknowledge=one.flag("acknowledge", False),
        machines=settings.automatic.machines,
        **admitting.reply_address(one, prefix),
    )


def _desk(one: Table, kind_keys: KindKeys) -> DeskSettings:
    kind = one.text("kind", required=True)
    keys = frozenset() if kind == EMBEDDED else kind_keys("desk", kind, one.where("kind"))
    one.only(_DESK | keys)
    poll = one.number("poll", 25.0)
    if not 1 <= poll <= 300:
        raise SettingsError(one.where("poll"), "a number of seconds from 1 to 300")
    name = one.text("name", required=True)
    hook, secret = one.text("hook", ""), one.text("hook_secret", "")
    file = one.text("hook_secret_file", "")
    if bool(hook) != bool(secret or file) or (secret and file):
        cure = "a hook has its kind, and either hook_secret or hook_secret_file"
        raise SettingsError(one.where("hook"), cure)
    return DeskSettings(
        name,
        kind,
        poll,
        one.without(_DESK),
        one.where("kind"),
        hook=hook,
        hook_secret=secret,
        hook_secret_file=file,
    )


def _route(one: Table, kind_keys: KindKeys) -> RouteSettings:
    kind = one.text("agent", required=True)
    one.only(_ROUTE | kind_keys("agent", kind, one.where("agent")))
    to = one.text("to", required=True)
    if "@" not in to:
        raise SettingsError(one.where("to"), "an address, as info@example.org or *@example.org")
    options = one.without(_ROUTE)
    return RouteSettings(Route(to, f"route:{to.lower()}"), kind, options, one.where("agent"))


def _filter(one: Table, kind_keys: KindKeys) -> FilterSettings:
    kind = one.text("kind", required=True)
    one.only(_FILTER | kind_keys("filter", kind, one.where("kind")))
    name = one.text("name", kind)
    return FilterSettings(name, kind, one.without(_FILTER), one.where("kind"))
