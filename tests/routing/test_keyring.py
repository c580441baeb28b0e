"""Keys that our addresses are signed with."""

import pytest

from mailtickets.routing.keyring import KeyRing

NEW, OLD = "n" * 32, "o" * 64


def test_each_purpose_has_its_own_secrets():
    """What is signed for one purpose is worth nothing for another, and an old key stays good."""
    ring = KeyRing.parse(f"# new\n{NEW}\n\n  {OLD}  \n")
    first, second = ring.secrets("return path"), ring.secrets("ticket address")
    assert len({*first, *second}) == 4
    assert ring.secrets("return path") == first
    assert KeyRing.parse(OLD).secrets("return path") == first[1:]
    assert NEW not in repr(ring)


@pytest.mark.parametrize("text", ["", "# nothing\n", "short", "n" * 31, "n n" * 20, "ü" * 40])
def test_no_key(text):
    """A ring without a good key is refused, and the complaint repeats nothing of it."""
    with pytest.raises(ValueError, match="key") as why:
        KeyRing.parse(text)
    assert not text.strip() or text not in str(why.value)
