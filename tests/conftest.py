"""What all tests stand on."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# Two cores shared with other work: how long an example takes tells nothing.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("fuzz", parent=settings.get_profile("here"), max_examples=20_000)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _nobody_elses_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's shell says must not reach a test."""
    for name in [name for name in os.environ if name.startswith("MAILTICKETS_")]:
        monkeypatch.delenv(name)
