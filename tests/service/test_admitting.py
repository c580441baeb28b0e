"""A queue's settings about who may write into its tickets."""

import pytest

from mailtickets.errors import SettingsError
from mailtickets.routing.policy import DEFAULTS, Admission, Answer, Closed, ReplyAll
from mailtickets.service import finding
from mailtickets.service.settings import from_options


def settings(tmp_path, text):
    """The settings of a file with this text."""
    file = tmp_path / "mailtickets.toml"
    file.write_text(text, "utf-8")
    return from_options({"config": file}, finding.kind_keys)


def test_without_a_word_the_defaults_hold(tmp_path):
    """A queue that says nothing has the documented table, plain addresses and a tag."""
    (queue,) = settings(tmp_path, "[[queue]]\nname = 'a'\n").queues
    assert queue.admission == Admission()
    assert queue.admission.matrix == DEFAULTS
    assert (queue.reply_address, queue.separator, queue.signed) == ("plain", ".", False)


def test_each_queue_has_its_own(tmp_path):
    """Everything has a setting, for each queue."""
    first, second = settings(
        tmp_path,
        """
[[queue]]
name = "a"
reply_address = "signed"
separator = "+"
closed = "refuse"
reopen_days = 7
cc_limit = 0
reply_all = "participants"
agents = ["@example.org", "agnes@x.example"]
subject_tag = "(ticket {ticket})"
[queue.policy]
none_aligned_stranger = "hold"
invalid = "link"

[[queue]]
name = "b"
[queue.policy]
valid_unaligned_stranger = "refuse"
""",
    ).queues
    assert first.signed
    assert first.separator == "+"
    own = first.admission
    assert own.matrix == DEFAULTS | {
        "none_aligned_stranger": Answer.HOLD,
        "invalid": Answer.LINK,
    }
    assert (own.closed, own.reopen_days, own.cc_limit) == (Closed.REFUSE, 7.0, 0)
    assert (own.reply_all, own.subject_tag) == (ReplyAll.PARTICIPANTS, "(ticket {ticket})")
    assert own.agent("Bob@EXAMPLE.org")
    assert own.agent("agnes@x.example")
    assert not own.agent("eve@x.example")
    assert not own.refuses
    assert second.admission.refuses
    assert second.admission.matrix["none_aligned_stranger"] is Answer.LINK


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reply_address = 'secret'", "line 3, queue.reply_address: say plain or signed"),
        ("separator = '_'", "line 3, queue.separator: one of . + -"),
        ("cc_limit = 1.5", "queue.cc_limit: a whole number from 0 to 100"),
        ("reopen_days = -1", "queue.reopen_days: a number of days"),
        ("subject_tag = '{ticket}'", "queue.subject_tag: a text with {ticket} in it"),
        ("closed = 'never'", "queue.closed: say one of link, refuse"),
        ("reply_all = 'all'", "queue.reply_all: say one of nobody, participants"),
        ("agents = ['agnes']", "queue.agents: agnes is neither an address nor a domain"),
        ("[queue.policy]\nnone = 'hold'", "line 4, queue.policy.none: unknown key; the keys"),
        ("[queue.policy]\ninvalid = 'hold'", "line 4, queue.policy.invalid: say refuse or link"),
        (
            "[queue.policy]\n\nnone_aligned_stranger = 'drop'",
            "line 5, queue.policy.none_aligned_stranger: say one of append, unverified, hold,",
        ),
        (
            "reply_address = 'signed'\nprefix = 'ABCDEFGHIJKLMNOPQRSTU'",
            "queue.prefix: 20 characters at most",
        ),
    ],
)
def test_complaints_name_the_line(tmp_path, text, said):
    """What cannot be meant is refused, with its line."""
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, f"[[queue]]\nname = 'a'\n{text}\n")
    assert said in str(refused.value)
