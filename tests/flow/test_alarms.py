"""What a person must mend is told, and not more often than once a minute."""

from twisted.internet.task import Clock
from twisted.logger import Logger

from mailtickets.flow.alarms import Alarms
from mailtickets.service.metrics import Meter
from mailtickets.store.pulse import Pulse


def test_loud_but_not_a_flood():
    """An alarm is one log line a minute, a gauge and a banner, until the thing works again."""
    said = []
    clock, meter = Clock(), Meter()
    clock.advance(1000)
    alarms = Alarms(clock, meter, Logger(observer=said.append))
    for _ in range(50):
        alarms.on("desk:a", "the token is wrong")
    assert len(said) == 1
    assert alarms.banners() == ["desk:a: the token is wrong"]
    assert b'mailtickets_alarm{subject="desk:a"} 1.0' in meter.exposition(Pulse())
    clock.advance(60)
    alarms.on("desk:a", "the token is wrong")
    assert len(said) == 2
    alarms.off("desk:a")
    alarms.off("desk:a")
    assert alarms.banners() == []
    assert len(said) == 3
    assert b'mailtickets_alarm{subject="desk:a"} 0.0' in meter.exposition(Pulse())


def test_a_desk_and_its_feed_share_the_line():
    """A wrong token is one error line a minute, though letters and the feed both meet it."""
    said = []
    clock = Clock()
    clock.advance(1000)
    alarms = Alarms(clock, Meter(), Logger(observer=said.append))
    alarms.on("desk:a", "the token is wrong")
    alarms.on("feed of desk a", "the token is wrong", about="desk:a")
    assert len(said) == 1
    assert len(alarms.banners()) == 2
    clock.advance(60)
    alarms.on("feed of desk a", "the token is wrong", about="desk:a")
    alarms.on("desk:a", "the token is wrong")
    assert len(said) == 2
