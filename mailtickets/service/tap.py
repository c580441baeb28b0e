"""`twistd mailtickets`: the command line, and the service it makes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from twisted.application.service import IService
from twisted.python import usage

from mailtickets import __version__
from mailtickets.errors import SettingsError
from mailtickets.service import finding
from mailtickets.service.settings import HOLD, WEB, from_options


def _end(sentence: str) -> NoReturn:
    """One clear line and a status that is not zero; never a traceback."""
    sys.stderr.write(f"mailtickets: {sentence}\n")
    raise SystemExit(1)


class Options(usage.Options):
    """The options of `twistd mailtickets`."""

    synopsis = "[options]"
    longdesc = (
        "Mail in, tickets; tickets, mail out. Without a configuration file: the embedded desk, "
        "SQLite, and replies held until a relay is named."
    )
    optParameters = [  # noqa: N815, RUF012 - twisted.python.usage reads it from the class
        ["port", "p", None, "Listen for SMTP on this TCP port; short for --smtp tcp:PORT"],
        ["web", "w", None, f"Endpoint of the pages and the desk's API (default: {WEB})"],
        ["domain", "d", None, "The mail domain served: new@DOMAIN opens a ticket"],
        ["relay", "r", None, f"Where replies go: smtp://HOST:PORT, mx or {HOLD} (default: hold)"],
        ["state", None, None, "Directory of what is kept (default: $MAILTICKETS_STATE or ./state)"],
        ["store", None, None, "Database URL (default: SQLite in the state directory)"],
        ["hostname", None, None, "What this host calls itself in SMTP"],
        ["feed-from", None, None, "Where to begin to follow a desk: end (default) or start"],
        ["config", "c", None, "Settings file, TOML"],
    ]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["smtp"], self["lmtp"] = [], []

    def opt_smtp(self, endpoint: str) -> None:
        """Listen for SMTP on this Twisted endpoint; may be given several times."""
        self["smtp"].append(endpoint)

    def opt_lmtp(self, endpoint: str) -> None:
        """Listen for LMTP on this Twisted endpoint; may be given several times."""
        self["lmtp"].append(endpoint)

    def opt_version(self) -> NoReturn:
        """Print the version, and leave."""
        sys.stdout.write(f"mailtickets {__version__}\n")
        raise SystemExit(0)

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Parse; what is wrong ends here, since twistd would print its help and leave with 0."""
        try:
            super().parseOptions(options)  # type: ignore[no-untyped-call]
        except usage.UsageError as why:
            _end(f"{why}; see twistd mailtickets --help")

    def parseArgs(self, *args: str) -> None:
        """Take no arguments."""
        if args:
            raise usage.UsageError(f"{args[0]}: there are options only")

    def named(self) -> dict[str, Any]:
        """What was named on the command line."""
        return {key.replace("-", "_"): value for key, value in self.items() if value}


def makeService(options: Options) -> IService:
    """The service of a command line."""
    from twisted.internet import reactor  # noqa: PLC0415 - twistd has installed one by now

    from mailtickets.service.assembly import build  # noqa: PLC0415 - only once it is needed

    try:
        settings = from_options(options.named(), finding.kind_keys)
        return build(settings, reactor, twistd=options.parent)
    except SettingsError as why:
        _end(str(why))
