"""A plain HTTP client of a served desk."""

from __future__ import annotations

from json import loads
from typing import Any

import treq
from attrs import frozen
from treq.client import HTTPClient
from twisted.internet import reactor
from twisted.web.client import Agent, HTTPConnectionPool

from tests.desks.benches import TOKEN, Served


@frozen
class Answer:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Browser:
    """Calls a served desk. With `token` as the API's clients do, without as browsers do."""

    def __init__(self, served: Served, token: str = TOKEN) -> None:
        self.served = served
        self.token = token
        pool = HTTPConnectionPool(reactor, persistent=False)
        self.client = HTTPClient(Agent(reactor, pool=pool))

    async def __call__(self, method: str, path: str, json: Any = None, **more: Any) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in more.pop("headers", {}).items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if json is not None:
            more["json"] = json
        response = await self.client.request(
            method,
            self.served.url + path,
            headers=sent,
            allow_redirects=False,
            reactor=reactor,
            cookies={},
            **more,
        )
        body = await treq.content(response)
        names = {
            name.decode().lower(): values[0].decode()
            for name, values in response.headers.getAllRawHeaders()
        }
        return Answer(response.code, names, body)
