"""The API's description and its routes agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from pytest_twisted import ensureDeferred

from mailtickets.helpdesk.api import DeskApi
from mailtickets.helpdesk.site import Public
from mailtickets.helpdesk.values import STATUSES
from mailtickets.tickets.events import Kind
from tests.desks.benches import Served
from tests.helpdesk.browsing import Browser
from tests.helpdesk.test_api import ANSWER, LETTER

DOCUMENT = json.loads(files("mailtickets.helpdesk").joinpath("openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


def test_the_document_names_every_route_and_no_other() -> None:
    """Paths and methods, one for one."""
    served = {
        (re.sub(r"<string:(\w+)>", r"{\1}", rule.rule), method.lower())
        for app in (DeskApi.app, Public.app)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method)
        for path, item in DOCUMENT["paths"].items()
        for method in item
        if method in {"get", "post", "patch", "put", "delete"}
    }
    assert described == served


def test_its_words_are_ours() -> None:
    """Statuses and kinds of events are those of the code."""
    assert SCHEMAS["Status"]["enum"] == list(STATUSES)
    assert SCHEMAS["Event"]["properties"]["kind"]["enum"] == [kind.value for kind in Kind]


def test_every_reference_leads_somewhere() -> None:
    """Nothing points into the void."""

    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (value for name, value in node.items() if name == "$ref")
            node = list(node.values())
        if isinstance(node, list):
            for one in node:
                yield from references(one)

    found = set(references(DOCUMENT))
    assert found
    for reference in found:
        place = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def wrong(value: Any, schema: dict[str, Any], where: str = "") -> Iterator[str]:
    """What is wrong with a value, as far as the keywords go that our document uses."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from wrong(value, SCHEMAS[name], where)
    for one in schema.get("allOf", ()):
        yield from wrong(value, one, where)
    if "anyOf" in schema and all(list(wrong(value, one)) for one in schema["anyOf"]):
        yield f"{where}: none of anyOf"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    types = schema.get("type")
    if types:
        names = {
            "string": str,
            "object": dict,
            "array": list,
            "integer": int,
            "number": (int, float),
            "boolean": bool,
            "null": type(None),
        }
        allowed = [types] if isinstance(types, str) else types
        if not any(isinstance(value, names[one]) for one in allowed):
            yield f"{where}: {value!r} is no {types}"
            return
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{where}/{name}: missing"
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from wrong(value[name], inner, f"{where}/{name}")
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            yield from wrong(one, schema["items"], f"{where}/{number}")


@ensureDeferred
async def test_answers_are_as_described(served: Served) -> None:
    """What really comes fits the schema of its status."""
    call = Browser(served)
    file = {"name": "a.txt", "type": "text/plain", "octets": "aGVsbG8="}
    comments = "/v1/tickets/SUPPORT-1/comments"
    for method, path, template, body in (
        ("POST", "/v1/tickets", "/v1/tickets", LETTER | {"attachments": [file]}),
        ("POST", "/v1/tickets", "/v1/tickets", {}),
        ("GET", "/v1/tickets", "/v1/tickets", None),
        ("GET", "/v1/tickets/SUPPORT-1", "/v1/tickets/{key}", None),
        ("GET", "/v1/tickets/SUPPORT-9", "/v1/tickets/{key}", None),
        ("PATCH", "/v1/tickets/SUPPORT-1", "/v1/tickets/{key}", {"status": "pending"}),
        ("POST", comments, "/v1/tickets/{key}/comments", ANSWER),
        ("GET", "/v1/events", "/v1/events", None),
        ("GET", "/v1/openapi.json", "/v1/openapi.json", None),
        ("GET", "/v1/health", "/v1/health", None),
    ):
        answer = await call(method, path, body)
        responses = DOCUMENT["paths"][template][method.lower()]["responses"]
        content = responses[str(answer.status)]["content"]
        sort = answer.headers["content-type"]
        assert list(wrong(answer.json, content[sort]["schema"])) == [], (method, path)
