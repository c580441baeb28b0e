"""What can go wrong, in the words of RFC 3463."""

import pytest

from mailtickets.errors import Permanent, SettingsError, Temporary, from_surprise


def test_the_class_digit_is_the_kinds():
    """Permanent is 5, temporary 4; the rest of the status is what was said."""
    assert Permanent("1.1", "No such mailbox").enhanced == "5.1.1"
    assert Temporary("3.1", "Full").enhanced == "4.3.1"


@pytest.mark.parametrize("status", ["5.1.1", "", "1", "1.", "x.y", "1.1 "])
def test_a_status_is_subject_and_detail(status):
    """Anything else is a mistake of ours, and is told at once."""
    with pytest.raises(ValueError, match="SUBJECT"):
        Permanent(status, "")


def test_what_nobody_foresaw_is_temporary():
    """A surprise becomes 4.3.0, and not a word of it is in what a peer may read."""
    trouble = from_surprise(KeyError("secret"))
    assert isinstance(trouble, Temporary)
    assert trouble.enhanced == "4.3.0"
    assert "secret" not in trouble.text
    foreseen = Permanent("7.1", "No")
    assert from_surprise(foreseen) is foreseen


def test_a_setting_names_culprit_and_cure():
    """What is said of a setting is one line: what is wrong, and what would do."""
    assert str(SettingsError("--port x", "a number")) == "--port x: a number"
