"""The log as one JSON object a line, for those who gather logs."""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from twisted.logger import ILogObserver, LogEvent, formatEvent
from zope.interface import implementer

_PLAIN = (str, int, float, bool, type(None))


@implementer(ILogObserver)
class JsonObserver:
    """Writes each event as an object: time, level, from, text, and the event's own fields."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __call__(self, event: LogEvent) -> None:
        """Write one line. json escapes what would break it."""
        fields: dict[str, Any] = {
            "time": event.get("log_time"),
            "level": getattr(event.get("log_level"), "name", "info"),
            "from": event.get("log_namespace", ""),
            "text": formatEvent(event),
        }
        for key, value in event.items():
            # `line` is what the edge made its text of: it stands there already.
            own = not key.startswith(("log_", "_")) and key not in fields and key != "line"
            if own and isinstance(value, _PLAIN):
                fields[key] = value
        failure = event.get("log_failure")
        if failure is not None:
            fields["traceback"] = failure.getTraceback()
        self._file.write(json.dumps(fields, ensure_ascii=True) + "\n")
        self._file.flush()


def observer(form: str, logfile: str | None, *, daemon: bool) -> ILogObserver | None:
    """The observer that `[log] format` asks for; None leaves twistd to write its own text.

    It writes where twistd would: standard output, or the log file of a daemon.
    """
    if form != "json":
        return None
    if logfile in {None, "-"} and not daemon:
        return JsonObserver(sys.stdout)
    return JsonObserver(open(logfile or "twistd.log", "a", encoding="utf-8"))  # noqa: PTH123
