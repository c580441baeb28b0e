"""Serves a Roundup tracker below /trk: roundup_serve.py TRACKER PORT, by Roundup's own Python.

A request is read whole before the tracker hears of it, as behind a reverse proxy, and the tracker
hears one at a time: with its SQLite a second writer, or one whose request never ends, makes the
others wait for 30 s and then answers them 500.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from socketserver import ThreadingMixIn
from threading import Lock
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from roundup.cgi.wsgi_handler import RequestDispatcher  # type: ignore[import-not-found]

MOUNTED = "/trk"


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 64


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *words: Any) -> None:
        pass


def main() -> None:
    """Serve for ever."""
    tracker = RequestDispatcher(sys.argv[1])
    free = Lock()

    def mounted(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(MOUNTED):
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = MOUNTED, path[len(MOUNTED) :] or "/"
        wanted = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(wanted)
        if len(body) < wanted:  # who sent it is gone
            start("400 Bad Request", [])
            return []
        environ["wsgi.input"] = BytesIO(body)
        with free:
            return list(tracker(environ, start))

    port = int(sys.argv[2])
    make_server(
        "127.0.0.1", port, mounted, server_class=Server, handler_class=Quiet
    ).serve_forever()


if __name__ == "__main__":
    main()
