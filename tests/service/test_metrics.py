"""What is counted, for Prometheus."""

from zope.interface.verify import verifyObject

from mailtickets.interfaces import IMeter
from mailtickets.outcomes import TERMINAL, State
from mailtickets.service.metrics import Meter


def test_every_terminal_state_has_a_line():
    """Each of the nine states has its number, zero included, as the store counts it."""
    text = Meter().exposition({State.OPENED: 3, State.HELD: 1}).decode()
    for state in TERMINAL:
        number = 3.0 if state is State.OPENED else 0.0
        assert f'mailtickets_recipients_total{{state="{state.value}"}} {number}' in text
    assert 'mailtickets_recipients_in_flight{state="held"} 1.0' in text


def test_counts_gauges_and_distributions():
    """Rooms count by name, and the name is there with its labels."""
    meter = Meter()
    verifyObject(IMeter, meter)
    meter.count("attempts", agent="relay", outcome="relayed")
    meter.count("attempts", 2, agent="relay", outcome="relayed")
    meter.gauge("depth", 7)
    meter.observe("commit_seconds", 0.003)
    text = meter.exposition({}).decode()
    assert 'mailtickets_attempts_total{agent="relay",outcome="relayed"} 3.0' in text
    assert "mailtickets_depth 7.0" in text
    assert "mailtickets_commit_seconds_count 1.0" in text
