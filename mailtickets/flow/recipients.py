"""Recipients are asked about: what RCPT is answered, and which of them one letter really is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mailtickets.errors import Permanent
from mailtickets.flow.directory import AT_THE_EDGE, Directory
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.inbound import long_closed
from mailtickets.routing.policy import Closed
from mailtickets.tickets.values import Destination, Existing, NewTicket, Ticket


class Recipients:
    """Tells of a mailbox where its mail goes. `now` gives seconds since 1970."""

    def __init__(self, book: AddressBook, directory: Directory, now: Callable[[], float]) -> None:
        self._book = book
        self._directory = directory
        self._now = now

    async def destination(self, mailbox: Mailbox) -> Destination:
        """Where mail for `mailbox` would go. Raises Permanent 1.1, 1.6 or 7.1, or Temporary.

        An unknown ticket is answered as a token is that is not true. That a ticket is closed is
        told to nobody but who has a true token for it.
        """
        destination = self._book.resolve(mailbox)
        if not isinstance(destination, Existing):
            return destination
        queue = self._book.queue(destination.queue)
        name = destination.ticket
        if await self._directory.conversation(queue.desk, name, AT_THE_EDGE) is None:
            raise Permanent("1.1", "No such mailbox here")
        if queue.admission.closed is not Closed.REFUSE or destination.proof is None:
            return destination
        ticket = await self._directory.ticket(queue.desk, name, AT_THE_EDGE)
        if isinstance(ticket, Ticket) and long_closed(ticket, queue, self._now()):
            write_to = f"; write to {queue.open[0]}@{queue.domain}" if queue.open else ""
            raise Permanent("1.6", f"{queue.address_of(name).local} is closed{write_to}")
        return destination


def arranged(
    destinations: Mapping[Mailbox, Destination],
) -> Iterator[tuple[Mailbox, Destination, str | None]]:
    """A letter's recipients, those with a proof first, and of each whose letter it repeats.

    One letter is in one ticket of a queue, unless it is addressed to two: what goes to a ticket
    does not open another one in its queue.
    """
    taken: dict[str, str] = {}
    for recipient, destination in sorted(destinations.items(), key=_best_first):
        first = None
        if isinstance(destination, Existing):
            place = f"{destination.queue}/{destination.ticket.lower()}"
            first = taken.setdefault(place, str(recipient))
            taken.setdefault(destination.queue, str(recipient))
        elif isinstance(destination, NewTicket):
            first = taken.setdefault(destination.queue, str(recipient))
        yield recipient, destination, None if first in {None, str(recipient)} else first


def _best_first(pair: tuple[Mailbox, Destination]) -> int:
    destination = pair[1]
    if not isinstance(destination, Existing):
        return 2
    return 1 if destination.proof is None else 0
