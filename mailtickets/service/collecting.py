"""How often Python looks for rings of objects that nothing else holds.

Nearly all that a letter needs is freed as soon as nothing holds it. What Python's collector walks
through is what is in use: as Python ships it, after every 700 objects more, and with twenty letters
under way that was an eighth of the time that accepting one took.
"""

from __future__ import annotations

import gc

MORE = 5_000
"""Objects made, and not freed, between two looks at the young ones."""


def collect_seldom(more: int = MORE) -> None:
    """Let the collector of this process look after `more` objects; never sooner than it did.

    Where somebody has turned it off, it stays off.
    """
    young, *older = gc.get_threshold()
    if 0 < young < more:
        gc.set_threshold(more, *older)
