"""The log: one line of text for each event, or one JSON object a line for those who gather logs.

The text is what twistd itself would write. Its own observer works out the time zone and looks for
braces in every line, which costs more than all that the edge does to accept a small letter; this
one knows the second that it wrote last.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Mapping
from time import localtime, strftime
from typing import Any, Protocol

from twisted.logger import ILogObserver, LogEvent, eventAsText, formatEvent
from twisted.python.logfile import LogFile
from zope.interface import implementer

_PLAIN = (str, int, float, bool, type(None))


# Twisted's UDP port says this of itself, for each question to the DNS, and cannot be told not to.
_SOCKETS = ("DNSDatagramProtocol starting on ", "(UDP Port ")


def _of_sockets(event: LogEvent) -> bool:
    """Whether an event says only that a socket for one question was opened or closed."""
    message: Any = event.get("message")
    return bool(message) and isinstance(message[0], str) and message[0].startswith(_SOCKETS)


class IWrites(Protocol):
    """A file, as far as a log needs one."""

    def write(self, text: str, /) -> Any:
        """Write."""

    def flush(self) -> None:
        """Have it written."""


class _LogFile(LogFile):
    """twistd's log file, less a lock that costs more than the writing.

    A line is one call of write(2) on a file opened for that, whichever thread it comes from.
    """

    _file: Any
    size: int

    def write(self, data: str) -> None:
        if self.size >= self.rotateLength:
            super().write(data)  # type: ignore[no-untyped-call]  # it rotates first
            return
        octets = data.encode("utf-8", "replace")
        self.size += len(octets)
        self._file.write(octets)


@implementer(ILogObserver)
class TextObserver:
    """Writes each event as twistd does: time, [where from#level], text, and any traceback."""

    def __init__(self, file: IWrites) -> None:
        self._write = file.write
        self._flush = None if isinstance(file, _LogFile) else file.flush  # that keeps nothing back
        self._stamp = (0, "")  # a second and how it is written, as one value: threads log too

    def __call__(self, event: LogEvent) -> None:
        """Write one event. What comes after a line's end is indented: nobody can forge a line."""
        # `line` is a text made already; nothing in it is a field's name.
        if event.get("log_format") == "{line}" and "log_system" not in event:
            text = f"[{event['log_namespace']}#{event['log_level'].name}] {event['line']}"
        elif _of_sockets(event):
            return
        else:
            text = eventAsText(event, includeTimestamp=False)
            if not text:
                return
        if "\n" in text:
            text = text.replace("\n", "\n\t")
        second = int(event.get("log_time") or 0)
        known, stamp = self._stamp
        if second != known:
            stamp = strftime("%Y-%m-%dT%H:%M:%S%z", localtime(second))
            self._stamp = (second, stamp)
        self._write(f"{stamp if second else '-'} {text}\n")
        if self._flush is not None:
            self._flush()


@implementer(ILogObserver)
class JsonObserver:
    """Writes each event as an object: time, level, from, text, and the event's own fields."""

    def __init__(self, file: IWrites) -> None:
        self._file = file

    def __call__(self, event: LogEvent) -> None:
        """Write one line. json escapes what would break it."""
        if _of_sockets(event):
            return
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


def observer(form: str, twistd: Mapping[str, Any], reactor: Any) -> ILogObserver | None:
    """The observer that `[log] format` asks for; None where twistd was told of another.

    It writes where twistd would: to standard output, or to the file of `--logfile`, which SIGUSR1
    rotates. `twistd` holds the options of twistd's own.
    """
    if form == "text" and (not twistd or twistd.get("syslog") or twistd.get("logger")):
        return None
    named = twistd.get("logfile")
    if named in {None, "", "-"} and (not twistd or twistd.get("nodaemon")):
        file: Any = sys.stdout
    elif named == "-":
        return None  # twistd itself says that a daemon cannot do that
    else:
        file = _LogFile.fromFullPath(named or "twistd.log")  # type: ignore[no-untyped-call]
        _rotate_when_told(file, reactor)
    return TextObserver(file) if form == "text" else JsonObserver(file)


def _rotate_when_told(file: LogFile, reactor: Any) -> None:
    """SIGUSR1 begins a new file, as with twistd's own."""
    if threading.current_thread() is threading.main_thread() and not signal.getsignal(
        signal.SIGUSR1
    ):
        signal.signal(signal.SIGUSR1, lambda *_: reactor.callFromThread(file.rotate))
