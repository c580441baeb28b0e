"""SPF: the published suite of RFC 7208, and what happens when the DNS does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mailtickets.auth.names import Unanswered
from mailtickets.auth.spf import check_spf

SUITE = Path(__file__).parent / "data" / "rfc7208-tests.yml"
KINDS = {"A", "AAAA", "MX", "TXT", "PTR", "CNAME"}


class Zone:
    """A suite's zone data, as the DNS would tell it."""

    def __init__(self, data: dict[str, list[Any]]) -> None:
        self._data = {name.lower(): records for name, records in data.items()}

    def query(self, name: str, kind: str, until: float | None = None) -> tuple[Any, ...]:
        """The records of a name; aliases are followed as a resolver does."""
        return self._found(name.lower(), kind, 0)

    def _found(self, name: str, kind: str, depth: int) -> tuple[Any, ...]:
        if depth > 10:
            raise Unanswered(name)
        records = self._data.get(name, [])
        if any(isinstance(one, dict) and "TXT" in one for one in records):
            records = [one for one in records if not (isinstance(one, dict) and "SPF" in one)]
        found: list[Any] = []
        for one in records:
            if one == "TIMEOUT":  # for every kind that was not named before it
                if found:
                    break
                raise Unanswered(name)
            for sort, value in one.items():
                if sort == "CNAME":
                    return self._found(value.lower().rstrip("."), kind, depth + 1)
                sort = "TXT" if sort == "SPF" else sort  # noqa: PLW2901
                if sort != kind or value == "NONE":
                    continue
                if value == "TIMEOUT":
                    raise Unanswered(name)
                if sort == "TXT":
                    found.append(
                        tuple(t.encode() for t in ([value] if isinstance(value, str) else value))
                    )
                elif sort == "MX":
                    found.append((value[0], value[1]))
                else:
                    found.append(value)
        return tuple(found)


def cases() -> list[Any]:
    """Every test of the suite."""
    found = []
    for scenario in yaml.safe_load_all(SUITE.read_text("utf-8")):
        zone = Zone(scenario["zonedata"])
        for name, test in scenario["tests"].items():
            found.append(pytest.param(zone, test, id=name))
    return found


@pytest.mark.parametrize(("zone", "test"), cases())
def test_the_suite_of_rfc_7208(zone: Zone, test: dict[str, Any]) -> None:
    """Each published case gives the result, or one of the results, that the suite allows."""
    allowed = [test["result"]] if isinstance(test["result"], str) else test["result"]
    found = check_spf(
        zone,
        address=test["host"],
        helo=test["helo"],
        sender=test["mailfrom"],
        receiver="mx.test",
    )
    assert found.result.value in allowed
