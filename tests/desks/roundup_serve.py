"""Serves a Roundup tracker below /trk: roundup_serve.py TRACKER PORT, by Roundup's own Python."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
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

    def mounted(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(MOUNTED):
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = MOUNTED, path[len(MOUNTED) :] or "/"
        found: Iterable[bytes] = tracker(environ, start)
        return found

    port = int(sys.argv[2])
    make_server(
        "127.0.0.1", port, mounted, server_class=Server, handler_class=Quiet
    ).serve_forever()


if __name__ == "__main__":
    main()
