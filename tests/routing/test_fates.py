"""What became of an answer, in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.message import Failure, Message, Part, Span
from mailtickets.routing.fates import (
    Fate,
    Report,
    comment,
    reason,
    reports_of,
    sentence,
    told_by,
)


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
    ("status", "counted"),
    [
        ("5.1.1", "1.1"),
        ("5.2.2", "2.2"),
        ("4.4.1", "4.7"),
        ("4.1.1", "4.7"),
        ("", "0.0"),
        ("2.0.0", "0.0"),
        ("5.x.y", "0.0"),
    ],
)
def test_a_failure_as_one_of_ours(status, counted):
    """What the remote gave up after temporary answers never counts as an address that is bad."""
    trouble = Report("x@y", Fate.FAILED, status, "words").trouble
    assert (trouble.status, trouble.text) == (counted, "words")


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


def test_a_notice_of_arrival():
    """Who was reached is told, too: a server that only passed it on has not delivered it."""
    message = Message(
        reached=(Failure("a@x", "2.0.0", "", "delivered"), Failure("b@x", "2.0.0", "", "relayed"))
    )
    assert [one.fate for one in reports_of(message, "nic@ferrier")] == [Fate.DELIVERED, Fate.SENT]


def test_a_forwarded_letter():
    """A bounce from where the mail was forwarded to is said of the address we wrote to."""
    reports = reports_of(Message(failures=(Failure("n@gmail"), Failure("NIC@ferrier"))), "x")
    first, second = told_by(reports, "nic@ferrier")
    assert first.recipient == "nic@ferrier (forwarded to n@gmail)"
    assert second.recipient == "NIC@ferrier"
