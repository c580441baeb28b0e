"""What becomes of a recipient."""

from mailtickets.outcomes import IN_FLIGHT, TERMINAL, State


def test_nine_states_are_terminal():
    """Every accepted recipient ends in one of nine states; what is not there yet is in flight."""
    assert {state.value for state in TERMINAL} == {
        "opened",
        "commented",
        "relayed",
        "delivered",
        "duplicate",
        "discarded",
        "bounced",
        "refused",
        "dropped",
    }
    assert set(State) - set(TERMINAL) == IN_FLIGHT
    assert not State.HELD.terminal
