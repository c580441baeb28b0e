"""The log as one JSON object a line."""

import io
import json

from twisted.logger import Logger

from mailtickets.service.logs import JsonObserver, observer


def lines(say):
    """What is written when `say` logs."""
    file = io.StringIO()
    say(Logger(namespace="mailtickets.x", observer=JsonObserver(file)))
    return [json.loads(line) for line in file.getvalue().splitlines()]


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

    def surprise(log):
        try:
            {}["x"]
        except KeyError:
            log.failure("it broke")

    (event,) = lines(surprise)
    assert event["level"] == "critical"
    assert "KeyError" in event["traceback"]


def test_text_is_twistds_own(tmp_path):
    """Without a wish for JSON the log is twistd's; a daemon's JSON goes to its log file."""
    assert observer("text", None, daemon=False) is None
    wanted = observer("json", str(tmp_path / "log"), daemon=True)
    Logger(observer=wanted).info("hello")
    assert json.loads((tmp_path / "log").read_text())["text"] == "hello"
