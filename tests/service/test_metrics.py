"""What is counted, for Prometheus."""

from zope.interface.verify import verifyObject

from mailtickets.db.writer import BATCH
from mailtickets.interfaces import IMeter
from mailtickets.outcomes import TERMINAL, State
from mailtickets.service.metrics import Meter
from mailtickets.store.pulse import Pulse


def test_every_terminal_state_has_a_line():
    """Each of the nine states has its number, zero included, as the store counts it."""
    text = Meter().exposition(Pulse({State.OPENED: 3, State.HELD: 1})).decode()
    for state in TERMINAL:
        number = 3.0 if state is State.OPENED else 0.0
        assert f'mailtickets_recipients_total{{state="{state.value}"}} {number}' in text
    assert 'mailtickets_recipients_in_flight{state="held"} 1.0' in text
    assert "# TYPE mailtickets_recipients_total counter" in text
    assert "# TYPE mailtickets_recipients_in_flight gauge" in text


def test_counts_gauges_and_distributions():
    """Rooms count by name, and the name is there with its labels."""
    meter = Meter()
    verifyObject(IMeter, meter)
    meter.count("attempts", agent="relay", outcome="relayed")
    meter.count("attempts", 2, agent="relay", outcome="relayed")
    meter.gauge("depth", 7)
    meter.observe("commit_seconds", 0.003)
    text = meter.exposition(Pulse()).decode()
    assert 'mailtickets_attempts_total{agent="relay",outcome="relayed"} 3.0' in text
    assert "mailtickets_depth 7.0" in text
    assert "mailtickets_commit_seconds_count 1.0" in text


def test_what_was_told_is_not_counted_again():
    """However often somebody asks, each is counted once; and counting goes on."""
    meter = Meter()
    meter.count("attempts", agent="relay", outcome="relayed")
    line = 'mailtickets_attempts_total{agent="relay",outcome="relayed"}'
    for _ in range(2):
        assert f"{line} 1.0" in meter.exposition(Pulse()).decode()
    meter.count("attempts", 0.5, agent="relay", outcome="relayed")
    meter.count("attempts", agent="relay", outcome="held")
    text = meter.exposition(Pulse()).decode()
    assert f"{line} 1.5" in text
    assert 'mailtickets_attempts_total{agent="relay",outcome="held"} 1.0' in text


def test_how_the_store_does():
    """The oldest in flight, our leases, and for each feed that we follow how far behind it is."""
    now = [1000.0]
    meter = Meter(lambda: now[0])
    meter.gauge("feed_read_seconds", 1010.0, desk="a")
    meter.gauge("feed_read_seconds", 1010.0, desk="another gateway's")
    now[0] = 1025.0
    text = meter.exposition(Pulse({}, 12.5, 3, frozenset({"a", "never read"}))).decode()
    assert "mailtickets_oldest_in_flight_seconds 12.5" in text
    assert "mailtickets_leases 3.0" in text
    lags = [line for line in text.splitlines() if line.startswith("mailtickets_feed_lag_seconds{")]
    assert sorted(lags) == [
        'mailtickets_feed_lag_seconds{desk="a"} 15.0',
        'mailtickets_feed_lag_seconds{desk="never read"} 25.0',
    ]
    assert "feed_lag_seconds{" not in meter.exposition(Pulse()).decode()


def test_a_batch_is_counted_in_writes():
    """Not in seconds: its buckets are the powers of two up to the largest batch."""
    meter = Meter()
    meter.observe("commit_batch", 100)
    text = meter.exposition(Pulse()).decode()
    assert 'mailtickets_commit_batch_bucket{le="64.0"} 0.0' in text
    assert 'mailtickets_commit_batch_bucket{le="128.0"} 1.0' in text
    assert f'mailtickets_commit_batch_bucket{{le="{BATCH}.0"}} 1.0' in text
