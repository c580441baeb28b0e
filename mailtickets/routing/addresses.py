"""Whose mail this is: which addresses are ours, and what a letter to each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from attrs import field, frozen

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox, fold_domain
from mailtickets.routing.returns import return_path, undone
from mailtickets.tickets.values import Destination, Existing, NewTicket, ToAgent

_NUMBER = (
    r"[0-9A-Za-z]{1,40}"  # what follows the prefix; SUPPORT-7102's is digits, a desk's may differ
)


@frozen
class Queue:
    """Letters to `open`@`domain` open tickets at `desk`; PREFIX-NUMBER@`domain` is a ticket.

    `whole_keys` is true of a desk whose keys carry the prefix (SUPPORT-7102); of another, the
    address of its ticket 7102 is SUPPORT-7102 all the same. `sender_name` is the display name of
    answers.
    """

    name: str
    domain: str = field(converter=fold_domain)
    open: tuple[str, ...] = ("new",)
    prefix: str = "SUPPORT"
    desk: str = "embedded"
    reply_address: str = "plain"
    whole_keys: bool = True
    sender_name: str = ""

    def address_of(self, ticket: str) -> Mailbox:
        """The address of a ticket, by the key its desk gave it."""
        return Mailbox(ticket if self.whole_keys else f"{self.prefix}-{ticket}", self.domain)

    def ticket_of(self, local: str) -> str | None:
        """The key of the ticket whose address has this local part; None when it is no ticket's."""
        found = re.fullmatch(rf"{re.escape(self.prefix)}-({_NUMBER})", local, re.IGNORECASE)
        if found is None:
            return None
        return f"{self.prefix}-{found[1]}" if self.whole_keys else found[1]


@frozen
class Route:
    """Letters to `to` go to the agent `agent`. `to` may hold `*`; it is compared without case."""

    to: str
    agent: str

    def matches(self, local: str, domain: str) -> bool:
        """Whether this route is for that mailbox, both parts folded."""
        return fnmatchcase(f"{local}@{domain}", self.to.lower())

    @property
    def plain(self) -> bool:
        """Whether it names one address, without `*`."""
        return not any(sign in self.to for sign in "*?[")

    @property
    def domain(self) -> str:
        """The domain it serves, folded."""
        return fold_domain(self.to.rpartition("@")[2])


class AddressBook:
    """Every address that is ours.

    A route that names one address goes before the queues, one with a `*` after them. Local parts
    are compared without case (design section 9). With `secrets`, today's first, letters of ours
    have return paths of their own, and what comes back to one is for its ticket.
    """

    def __init__(
        self, queues: Sequence[Queue], routes: Iterable[Route] = (), secrets: Sequence[bytes] = ()
    ) -> None:
        self.queues = tuple(queues)
        self._secrets = tuple(secrets)
        self._routes = sorted(routes, key=lambda route: not route.plain)
        self._by_name = {queue.name: queue for queue in self.queues}
        self._opens = {
            (local.lower(), queue.domain): queue for queue in self.queues for local in queue.open
        }
        self.domains = frozenset(
            [queue.domain for queue in self.queues] + [route.domain for route in self._routes]
        )

    def queue(self, name: str) -> Queue:
        """The queue of this name. Raises KeyError."""
        return self._by_name[name]

    def return_path(self, address: Mailbox, key: str) -> Mailbox:
        """Whence the letter of the item `key` is sent, which comes from a ticket's `address`."""
        return return_path(self._secrets[0], address, key) if self._secrets else address

    def ours(self, mailbox: Mailbox) -> bool:
        """Whether the mailbox's domain is served here."""
        return mailbox.folded_domain in self.domains

    def queue_of(self, desk: str, ticket: str, named: str | None = None) -> Queue | None:
        """The queue whose addresses a desk's ticket has: the one it was opened in, if known."""
        if named in self._by_name and self._by_name[named].desk == desk:
            return self._by_name[named]
        mine = [queue for queue in self.queues if queue.desk == desk]
        for queue in mine:
            if queue.whole_keys and queue.ticket_of(ticket) is not None:
                return queue
        return next((queue for queue in mine if not queue.whole_keys), None)

    def resolve(self, mailbox: Mailbox) -> Destination:
        """What a letter to `mailbox` means, as far as the address alone can tell.

        Raises Permanent 7.1 for a domain that is not ours (RFC 5321 section 7.9: no open relay)
        and 1.1 for a mailbox that nothing is behind.
        """
        mailbox = undone(self._secrets, mailbox)
        local, domain = mailbox.local.lower(), mailbox.folded_domain
        if local == "postmaster" and (not domain or domain in self.domains):
            return self._postmaster()  # RFC 5321 section 4.5.1
        if domain not in self.domains:
            raise Permanent("7.1", f"Mail for {domain or 'this address'} is not accepted here")
        for route in self._routes:
            if route.plain and route.matches(local, domain):
                return ToAgent(route.agent)
        if (local, domain) in self._opens:
            return NewTicket(self._opens[local, domain].name)
        for queue in self.queues:
            if queue.domain == domain and (ticket := queue.ticket_of(mailbox.local)) is not None:
                return Existing(queue.name, ticket)
        for route in self._routes:
            if route.matches(local, domain):
                return ToAgent(route.agent)
        raise Permanent("1.1", "No such mailbox here")

    def _postmaster(self) -> Destination:
        if not self.queues:
            raise Permanent("1.1", "No such mailbox here")
        return NewTicket(self.queues[0].name)
