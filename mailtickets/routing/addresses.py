"""Whose mail this is: which addresses are ours, and what a letter to each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from attrs import field, frozen

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import LOCAL_PART_OCTETS, Mailbox, fold_domain
from mailtickets.routing.machines import Machines
from mailtickets.routing.outbound import message_id_of, name_of
from mailtickets.routing.policy import Admission, Answer
from mailtickets.routing.proofs import SEPARATORS, TOKEN, Proofs
from mailtickets.routing.returns import Returned, return_path, returned
from mailtickets.tickets.values import Destination, Existing, NewTicket, ReturnedMail, ToAgent

_NUMBER = (
    r"[0-9A-Za-z]{1,40}"  # what follows the prefix; SUPPORT-7102's is digits, a desk's may differ
)
RELEASED = "released"
"""The proof of a letter that a person let into its ticket."""
_NOBODY = "No such mailbox here"


@lru_cache(maxsize=256)
def _ticket(prefix: str) -> re.Pattern[str]:
    pattern = rf"{re.escape(prefix)}-({_NUMBER})((?:[{re.escape(SEPARATORS)}].*)?)"
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


@frozen
class Queue:
    """Letters to `open`@`domain` open tickets at `desk`; PREFIX-NUMBER@`domain` is a ticket.

    `whole_keys` is true of a desk whose keys carry the prefix (SUPPORT-7102); of another, the
    address of its ticket 7102 is SUPPORT-7102 all the same. `sender_name` is the display name of
    answers. With `reply_address` "signed" the addresses of its tickets carry a token, after
    `separator`, and without one they are nobody's. With `acknowledge` a person whose letter opens
    a ticket is told so. `machines` says what becomes of letters that no person wrote.
    """

    name: str
    domain: str = field(converter=fold_domain)
    open: tuple[str, ...] = ("new",)
    prefix: str = "SUPPORT"
    desk: str = "embedded"
    reply_address: str = "plain"
    whole_keys: bool = True
    sender_name: str = ""
    separator: str = "."
    admission: Admission = Admission()
    acknowledge: bool = False
    machines: Machines = Machines()

    @property
    def signed(self) -> bool:
        """Whether an address without a token is nobody's."""
        return self.reply_address == "signed"

    def address_of(self, ticket: str) -> Mailbox:
        """The address of a ticket, by the key its desk gave it."""
        return Mailbox(ticket if self.whole_keys else f"{self.prefix}-{ticket}", self.domain)

    def ticket_of(self, local: str) -> str | None:
        """The key of the ticket whose address has this local part; None when it is no ticket's."""
        read = self.read(local)
        return read[0] if read is not None and not read[1] else None

    def read(self, local: str) -> tuple[str, str] | None:
        """The ticket that a local part names, and what follows it, if anything does.

        >>> Queue("support", "example.org").read("support-7102+k4x9")
        ('SUPPORT-7102', '+k4x9')
        """
        found = _ticket(self.prefix).fullmatch(local)
        if found is None:
            return None
        return f"{self.prefix}-{found[1]}" if self.whole_keys else found[1], found[2]

    def has_room(self, ticket: str) -> bool:
        """Whether a ticket's local part has room for a token (RFC 5321 section 4.5.3.1.1)."""
        local = self.address_of(ticket).local
        return len(local.encode("utf-8", "replace")) + 1 + TOKEN <= LOCAL_PART_OCTETS


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
    have return paths of their own, and what comes back to one is for its ticket. `proofs` make and
    know the tokens of tickets' addresses, and our Message-IDs.
    """

    def __init__(
        self,
        queues: Sequence[Queue],
        routes: Iterable[Route] = (),
        secrets: Sequence[bytes] = (),
        proofs: Proofs | None = None,
    ) -> None:
        self.queues = tuple(queues)
        self.proofs = proofs or Proofs()
        self._secrets = secrets
        self.routes = tuple(routes)
        self._plain = [route for route in self.routes if route.plain]
        self._wild = [route for route in self.routes if not route.plain]
        self._by_name = {queue.name: queue for queue in self.queues}
        self._opens = {
            (local.lower(), queue.domain): queue for queue in self.queues for local in queue.open
        }
        self.domains = frozenset(
            [queue.domain for queue in self.queues] + [route.domain for route in self.routes]
        )

    def queue(self, name: str) -> Queue:
        """The queue of this name. Raises KeyError."""
        return self._by_name[name]

    def return_path(self, address: Mailbox, key: str) -> Mailbox:
        """Whence the letter of the item `key` is sent, which comes from a ticket's `address`."""
        return return_path(self._secrets[0], address, key) if self._secrets else address

    def reply_address(self, queue: Queue, ticket: str, participant: str) -> Mailbox:
        """The From of a letter to `participant`, a bare address: where their answer shall come.

        With `reply_address = "signed"` it is theirs alone, so that each recipient needs a letter of
        their own. The return path is made of the ticket's plain address, not of this one.
        """
        plain = queue.address_of(ticket)
        if not queue.signed or not self.proofs or not queue.has_room(ticket):
            return plain
        token = self.proofs.token(plain, participant)
        return Mailbox(f"{plain.local}{queue.separator}{token}", plain.domain)

    def message_id(self, desk: str, event: str, queue: Queue, ticket: str) -> str:
        """The Message-ID of the letter that a desk's event makes, signed where there are keys.

        It is the same for every recipient and at each attempt; as a mark in the text it is as good.
        """
        plain = queue.address_of(ticket)
        if not self.proofs:
            return message_id_of(desk, event, plain)
        return self.proofs.message_id(plain, name_of(plain), f"{desk}/{event}")

    def ticket_named(self, message_id: str) -> tuple[Queue, str] | None:
        """The queue and ticket that a Message-ID of ours names; None when we did not make it."""
        named = self.proofs.named(message_id)
        if named is None:
            return None
        for queue in self.queues:
            if queue.domain == named.domain and (ticket := queue.ticket_of(named.local)):
                return queue, ticket
        return None

    def ours(self, mailbox: Mailbox) -> bool:
        """Whether the mailbox's domain is served here."""
        return mailbox.folded_domain in self.domains

    def serves(self, address: str) -> bool:
        """Whether an address, which may be none, has a domain that is served here."""
        return fold_domain(address.rpartition("@")[2]) in self.domains

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
        and 1.1 for a mailbox that nothing is behind. In a queue with signed addresses an address
        without a token and one with a wrong token are answered alike, whatever tickets there are.
        """
        path = returned(self._secrets, mailbox)
        if path is not None and self._named(path.address) is not None:
            return ReturnedMail(path.token)
        local, domain = mailbox.local.lower(), mailbox.folded_domain
        if local == "postmaster" and (not domain or domain in self.domains):
            return self._postmaster()  # RFC 5321 section 4.5.1
        if domain not in self.domains:
            raise Permanent("7.1", f"Mail for {domain or 'this address'} is not accepted here")
        for route in self._plain:
            if route.matches(local, domain):
                return ToAgent(route.agent)
        if (local, domain) in self._opens:
            return NewTicket(self._opens[local, domain].name)
        about = self._about(mailbox)
        if about is not None:
            return self._ticket(*about)
        for route in self._wild:
            if route.matches(local, domain):
                return ToAgent(route.agent)
        raise Permanent("1.1", _NOBODY)

    def _ticket(self, queue: Queue, ticket: str, token: str) -> Destination:
        """A ticket's address: what follows the ticket's name must be a token, and a true one."""
        if token and self.proofs.valid(queue.address_of(ticket), token[1:]):
            return Existing(queue.name, ticket, token[1:].lower())
        if not token and (not queue.signed or not queue.has_room(ticket)):
            return Existing(queue.name, ticket)
        if queue.admission.matrix["invalid"] is Answer.LINK:
            return NewTicket(queue.name)
        raise Permanent("1.1", _NOBODY)

    def came_back(self, destination: ReturnedMail) -> tuple[Existing, str]:
        """The ticket whose letter came back, and the beginning of that letter's key.

        Raises Permanent 1.1 when the settings know no such ticket's address any more.
        """
        path = Returned.of(destination.token)
        found = self._named(path.address)
        if found is None:
            raise Permanent("1.1", _NOBODY)
        return found, path.key

    def _named(self, mailbox: Mailbox) -> Existing | None:
        """The ticket that an address names, whether or not a proof of it is there."""
        about = self._about(mailbox)
        return None if about is None else Existing(about[0].name, about[1])

    def _about(self, mailbox: Mailbox) -> tuple[Queue, str, str] | None:
        """The queue and the ticket that a local part names, and what follows the ticket's name."""
        for queue in self.queues:
            if queue.domain == mailbox.folded_domain:
                read = queue.read(mailbox.local)
                if read is not None:
                    return queue, *read
        return None

    def _postmaster(self) -> Destination:
        if not self.queues:
            raise Permanent("1.1", _NOBODY)
        return NewTicket(self.queues[0].name)
