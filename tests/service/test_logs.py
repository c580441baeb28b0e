"""The log as lines of text, and as one JSON object a line."""

import io
import json
from types import SimpleNamespace

import pytest
from twisted.logger import Logger, textFileLogObserver

from mailtickets.mail.envelope import Envelope, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.service.logs import JsonObserver, TextObserver, observer
from mailtickets.smtp.replies import TOO_BIG
from mailtickets.smtpd import journal


def lines(say):
    """What is written when `say` logs."""
    file = io.StringIO()
    say(Logger(namespace="mailtickets.x", observer=JsonObserver(file)))
    return [json.loads(line) for line in file.getvalue().splitlines()]


def letter(log):
    """A letter's line, as the edge writes it."""
    nic = Mailbox.parse("nic@ferrier")
    envelope = Envelope(nic, (nic,), 1.0, "06h", Peer("192.0.2.1", 25, "vm"))
    journal.letter(log, envelope, 10, 0.25, TOO_BIG, "06h")


def surprise(log):
    """A traceback."""
    try:
        {}["x"]
    except KeyError:
        log.failure("it broke")


def test_one_line_an_event():
    """An event is one line whatever is in it, with its own fields beside the text."""
    (event,) = lines(
        lambda log: log.info("to {recipient}", recipient="a\r\nb", number=3, o=object())
    )
    assert event["text"] == "to a\r\nb"
    assert (event["level"], event["from"]) == ("info", "mailtickets.x")
    assert (event["recipient"], event["number"]) == ("a\r\nb", 3)
    assert "o" not in event


def test_a_traceback_is_kept():
    """What nobody foresaw is told with its traceback."""
    (event,) = lines(surprise)
    assert event["level"] == "critical"
    assert "KeyError" in event["traceback"]


def test_a_letters_line_has_its_fields():
    """Whoever gathers the log as JSON finds what became of a letter without reading the text."""
    (event,) = lines(letter)
    assert (event["id"], event["code"], event["status"]) == ("06h", 552, "5.3.4")
    assert (event["outcome"], event["sender"], event["seconds"]) == ("refused", "nic@ferrier", 0.25)
    assert (event["peer"], event["helo"], event["level"]) == ("192.0.2.1", "vm", "info")
    assert event["text"].startswith("letter 06h: 552 from=<nic@ferrier> to=nic@ferrier size=10 ")


@pytest.mark.parametrize(
    "say",
    [
        letter,
        surprise,
        lambda log: log.info("a {b}", b="c"),
        lambda log: log.error("two\nlines {b}", b="x\r\ny"),
        lambda log: log.info("{line}", line="forged\n2026-01-01T00:00:00+0000 [x#info] line"),
        lambda log: log.info("{line}", line="{braces} are only text"),
        lambda log: log.info("a {b", b="c"),
        lambda log: log.info(""),
        lambda log: log.emit(None),
        lambda log: log.info("old", log_system="HTTPChannel,1"),
        lambda log: log.info("{line}", line="old", log_system="HTTPChannel,1"),
    ],
)
def test_the_text_is_twistds(say):
    """Whatever is logged, the line is the one that twistd would have written itself."""
    ours, theirs = io.StringIO(), io.StringIO()
    observers = TextObserver(ours), textFileLogObserver(theirs)

    def both(event):
        for each in observers:
            each(dict(event))

    say(Logger(namespace="mailtickets.x", observer=both))
    assert ours.getvalue() == theirs.getvalue()


def test_it_is_written_where_twistd_would(tmp_path):
    """A daemon's log goes to its log file; another log that twistd was asked for stays."""
    file = str(tmp_path / "log")
    Logger(observer=observer("json", {"logfile": file}, None)).info("hello")
    Logger(observer=observer("text", {"logfile": file}, None)).info("again")
    first, second = (tmp_path / "log").read_text().splitlines()
    assert json.loads(first)["text"] == "hello"
    assert second.endswith("#info] again")
    for other in ({"syslog": 1}, {"logger": SimpleNamespace}, {}):
        assert observer("text", other, None) is None
