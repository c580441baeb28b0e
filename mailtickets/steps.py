"""The durable steps of a letter's way, by name: where a crash is worth trying.

The table in docs/crashes tells what is on disk at each, and what a restart does.
"""

from __future__ import annotations

STEPS = (
    "reception.before-commit",  # the whole letter is here; nothing is durable; no 250
    "reception.after-commit",  # durable; the 250 is not written yet
    "courier.after-take",  # leased; the agent has not begun
    "ticketing.before-submit",  # about to POST
    "ticketing.after-submit",  # the desk has answered; nothing is noted here
    "courier.before-settle",  # the outcome is known; the row still says leased
    "courier.after-settle",  # the row is terminal, or due again
    "pickup.before-put",  # events read; cursor not moved
    "pickup.after-put",  # the answer is in the spool and the cursor moved
    "relay.before-dot",  # the next hop has the octets, not the dot
    "relay.after-dot",  # the next hop said 250; nothing is noted here
)
