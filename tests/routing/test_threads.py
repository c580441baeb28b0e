"""Which conversation a letter belongs to."""

from hypothesis import given
from hypothesis import strategies as st

from mailtickets.routing import threads


def test_root():
    """A conversation is named by the letter it began with."""
    assert threads.root("b@x", ("a@x",), "id") == "a@x"
    assert threads.root("b@x", (), "id") == "b@x"
    assert threads.root(None, (), "id") == "id"


@given(st.lists(st.text(), max_size=200))
def test_bounded(references):
    """However long a thread grows, its root and its latest letters stay, and no more than fit."""
    kept = threads.bounded(references)
    assert len(kept) == min(len(references), threads.MAX_REFERENCES)
    if references:
        assert (kept[0], kept[-1]) == (references[0], references[-1])
