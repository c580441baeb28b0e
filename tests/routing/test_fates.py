"""What became of an answer, in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.message import Failure, Message, Part, Span
from mailtickets.routing.fates import Fate, Report, comment, reason, reports_of, sentence


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (
            Report("nic@ferrier", Fate.FAILED, "5.1.1", "mx said: 550 5.1.1 No such user"),
            (
                "The answer did not reach nic@ferrier: there is no such mailbox. It is not tried "
                'again.\nTheir words: "mx said: 550 5.1.1 No such user"'
            ),
        ),
        (
            Report("nic@ferrier", Fate.DELAYED, "4.4.1", "mx cannot be reached"),
            (
                "The answer to nic@ferrier is still waiting: their server cannot be reached. It is "
                'tried again.\nTheir words: "mx cannot be reached" (4.4.1)'
            ),
        ),
        (
            Report("nic@ferrier", Fate.DELIVERED, "2.0.0"),
            "The answer reached nic@ferrier's mail server.",
        ),
        (Report("x@y", Fate.FAILED), "The answer did not reach x@y. It is not tried again."),
    ],
)
def test_sentences(report, text):
    """Reason in words that a person understands, then the remote's own."""
    assert sentence(report) == text


@pytest.mark.parametrize(
    ("status", "hard"), [("5.1.1", True), ("5.1.10", True), ("5.2.2", False), ("5.7.1", False)]
)
def test_which_failures_are_hard(status, hard):
    """Only an address that is bad for every letter is suppressed: not a full or a choosy one."""
    assert Report("x@y", Fate.FAILED, status).hard is hard
    assert not Report("x@y", Fate.DELAYED, status).hard


@given(st.text(max_size=20))
def test_any_status(status):
    """Any status has a reason, or none."""
    assert reason(status) == "" or reason(status)[0].islower()


def test_a_report_is_told():
    """Each recipient that a bounce names has a sentence; control characters are gone."""
    message = Message(
        failures=(
            Failure("a@x", "5.2.2", "smtp; 552 full\r\nreally"),
            Failure("b@x", "4.4.7", "slow", "delayed"),
        )
    )
    reports = reports_of(message, "nic@ferrier")
    assert [one.fate for one in reports] == [Fate.FAILED, Fate.DELAYED]
    assert "the mailbox is full" in comment(reports)
    assert "552 full really" in comment(reports)


def test_a_bounce_that_names_nobody():
    """It is about the one to whom the letter went, in its own words."""
    text = "Sorry, no"
    message = Message(text=text, spans=(Span(0, len(text), Part.NEW),))
    (report,) = reports_of(message, "nic@ferrier")
    assert (report.recipient, report.words) == ("nic@ferrier", "Sorry, no")
