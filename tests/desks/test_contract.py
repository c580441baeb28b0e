"""The contracts, run on the fake and on the real thing alike."""

from __future__ import annotations

from mailtickets.testing.desk import desk_contract
from mailtickets.testing.feed import feed_contract
from tests.desks.benches import make_fake, make_http


class FakeDeskTests(desk_contract(make_fake)):
    """The fake keeps a desk's promises."""


class FakeFeedTests(feed_contract(make_fake)):
    """The fake keeps a feed's promises."""


class HttpDeskTests(desk_contract(make_http)):
    """The HTTP client and the embedded desk keep a desk's promises, past every fault."""


class HttpFeedTests(feed_contract(make_http)):
    """The HTTP client and the embedded desk keep a feed's promises."""
