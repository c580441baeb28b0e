"""What a letter asks of a desk: open a ticket, add a comment, or nothing; and whether it may."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar

from attrs import evolve, frozen
from markupsafe import escape

from mailtickets.errors import Permanent
from mailtickets.mail import subjects
from mailtickets.mail.authentication import Authentication
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox, printed
from mailtickets.mail.message import Message, Nature
from mailtickets.mail.nobody import nobody_reads
from mailtickets.routing import fates
from mailtickets.routing.addresses import RELEASED, Queue
from mailtickets.routing.appearances import warnings
from mailtickets.routing.policy import Answer, ReplyAll, Signature, cell
from mailtickets.routing.proofs import folded
from mailtickets.tickets.intents import AddComment, Discard, Intent, OpenTicket
from mailtickets.tickets.values import Conversation, Existing, Person, Ticket

DAY = 86400.0
Asked = TypeVar("Asked", bound=OpenTicket | AddComment)


def key_of(sender: Mailbox | None, recipient: Mailbox, message_id: str | None, digest: str) -> str:
    """The digest by which the same letter to the same recipient is recognised (design section 7).

    `digest` is the SHA-256 of the octets as they arrived. 64 hexadecimal digits.
    """
    parts = (printed(sender), str(recipient).lower(), message_id or "", digest)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint_of(message: Message) -> str:
    """What a letter says, in 32 hexadecimal digits; a copy that came another way has the same.

    Nothing of what is written on the way (Received and the like) counts.
    """
    files = [f"{one.name}\0{one.octets.size}" for one in message.attachments]
    parts = (message.author.address.lower(), message.subject, str(message.date), message.text)
    told = "\0".join((*parts, *files))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _none_is(_: str) -> bool:
    return False


def requester_of(
    message: Message, sender: Mailbox | None, is_ours: Callable[[str], bool] = _none_is
) -> Person:
    """Who wrote the letter: its From, or its envelope's sender where From cannot be read.

    Where a mailing list put itself into From, it is whom the list names, unless that is one of us
    (`is_ours` of an address): nobody may write in our name.
    """
    by = message.written_by
    if by is not None and not is_ours(by.address):
        return by
    if "@" in message.author.address:
        return message.author
    return Person(message.author.name or message.author.address, printed(sender))


@frozen
class Found:
    """The ticket that a letter names.

    `signed` is true when a key of ours proves that the writer had a letter of ours about it,
    `holder` when the token was given to this very writer and no desk says who takes part: whom an
    agent took out again still has theirs. `ticket` is what the desk says now, None where no desk
    can say; `participants` are those beside the requester.
    """

    conversation: Conversation
    ticket: Ticket | None = None
    participants: tuple[Person, ...] = ()
    signed: bool = False
    holder: bool = False
    released: bool = False

    def knows(self, address: str) -> bool:
        """Whether an address is a participant's."""
        people = [self.conversation.requester, *(one.address for one in self.participants)]
        if self.ticket is not None:
            people.append(self.ticket.requester.address)  # an agent may have named another
        return bool(address) and folded(address) in {folded(one) for one in people if one}


@frozen
class Case:
    """A letter with all that the decision needs. `now` counts seconds since 1970.

    `user` is who authenticated to us; `is_ours` tells whether an address is in a domain we serve.
    """

    message: Message
    sender: Mailbox | None
    queue: Queue
    found: Found | None = None
    authentication: Authentication | None = None
    user: str = ""
    now: float = 0.0
    is_ours: Callable[[str], bool] = lambda _: False
    why_new: str = "nothing in it names a ticket"

    @property
    def author(self) -> Person:
        """Who wrote the letter, as it says."""
        return requester_of(self.message, self.sender, self.is_ours)

    @property
    def aligned(self) -> bool:
        """Whether the author can be believed: by DMARC, or by the password they gave us.

        DMARC says that From is true. Of whom a list names there is no proof.
        """
        if self.message.written_by is not None:
            return False
        if self.user and folded(self.user) == folded(self.author.address):
            return True
        return self.authentication is not None and self.authentication.aligned

    @property
    def machine(self) -> bool:
        """Whether no person wrote it (RFC 3834; RFC 5321 section 4.5.5)."""
        return self.sender is None or self.queue.machines.noted(self.message)

    @property
    def agent(self) -> bool:
        """Whether an agent wrote it, surely."""
        return self.aligned and self.queue.admission.agent(self.author.address)


@frozen
class Decision:
    """What to ask of the desk, and why, in a sentence for a person.

    `action` is a word of `mailtickets.routing.record.Record`. `cell` and `answer` are the policy's,
    where it was asked. A letter that is held has no intent: when a person lets it go it is for
    `then`. One that is refused has none either.
    """

    action: str
    why: str
    intent: Intent = Discard("")
    cell: str = ""
    answer: str = ""
    signature: Signature = Signature.NONE
    participant: bool = False
    then: Existing | None = None
    warnings: tuple[str, ...] = ()


def decide(case: Case) -> Decision:
    """What becomes of a letter. Pure; never raises."""
    seen = _warnings(case)
    found = case.found
    unkept = case.queue.machines.discards(case.message, about=found is not None)
    if unkept:
        return Decision("discard", unkept, Discard(unkept), warnings=seen)
    if found is None:
        return evolve(_opens(case, case.why_new, seen), warnings=seen)
    participant = found.holder or found.knows(case.author.address) or case.agent
    signature = Signature.VALID if found.signed else Signature.NONE
    name = cell(signature, aligned=case.aligned, participant=participant)
    answer = case.queue.admission.matrix[name]
    if found.released:
        answer = Answer.UNVERIFIED
    if case.machine:
        made = _of_a_machine(case, found, answer, seen)
    else:
        made = _admitted(case, found, answer, seen, participant=participant)
    return evolve(
        made,
        cell=name,
        answer=answer.value,
        signature=signature,
        participant=participant,
        warnings=seen,
    )


def _warnings(case: Case) -> tuple[str, ...]:
    def ours(address: str) -> bool:
        return case.queue.admission.agent(address) or case.is_ours(address)

    return warnings(case.message, case.author, ours)


def _of_a_machine(case: Case, found: Found, answer: Answer, seen: tuple[str, ...]) -> Decision:
    """A machine's letter about a ticket is for its agents alone, and never opens another."""
    comment = evolve(
        _comment(case, found, seen, public=False),
        unverified=not found.signed and answer is not Answer.APPEND,
    )
    if case.message.nature is not Nature.BOUNCE:
        return Decision("note", "a machine's letter to a ticket is for its agents alone", comment)
    told = fates.comment(fates.reports_of(case.message, found.conversation.requester))
    comment = evolve(comment, text=told, rest=case.message.text.strip())
    return Decision("note", "what comes back to a ticket is for its agents alone", comment)


def _admitted(
    case: Case, found: Found, answer: Answer, seen: tuple[str, ...], *, participant: bool
) -> Decision:
    ticket = found.conversation.ticket
    who = _who(case, found, participant=participant)
    if answer is Answer.REFUSE:
        return Decision("refuse", f"it names {ticket}, and {who}")
    if answer is Answer.HOLD:
        then = Existing(case.queue.name, ticket, RELEASED)
        why = f"it names {ticket}, and {who}; release it to have it there, marked unverified"
        return Decision("hold", why, then=then)
    if answer is Answer.LINK:
        return _opens(case, f"it names {ticket}, but {who}", seen, ticket)
    if _long_closed(case, found):
        return _opens(case, f"it names {ticket}, which was closed long ago", seen, ticket)
    if case.agent and not found.knows(case.author.address):
        note = _comment(case, found, seen, public=False)
        return Decision("note", f"it names {ticket}, and an agent wrote it to the others", note)
    comment = evolve(
        _comment(case, found, seen, public=True),
        unverified=answer is Answer.UNVERIFIED,
        newcomer=not participant,
        reopens=found.ticket is not None and found.ticket.closed,
        participants=_brought_along(case, found, answer),
    )
    return Decision("comment", f"it names {ticket}, and {who}", comment)


def _who(case: Case, found: Found, *, participant: bool) -> str:
    if found.released:
        return "a person let it in"
    proof = "a true proof of ours is with it" if found.signed else "no proof of ours is with it"
    true = "its author is verified" if case.aligned else "its author is not verified"
    return f"{proof}, {true} and {'a' if participant else 'no'} participant there"


def _long_closed(case: Case, found: Found) -> bool:
    ticket = found.ticket
    if ticket is None or not ticket.closed or ticket.updated is None:
        return False
    return case.now - ticket.updated > case.queue.admission.reopen_days * DAY


def long_closed(ticket: Ticket, queue: Queue, now: float) -> bool:
    """Whether a ticket was closed longer ago than the queue opens one again."""
    days = queue.admission.reopen_days
    return ticket.closed and ticket.updated is not None and now - ticket.updated > days * DAY


def _opens(case: Case, why: str, seen: tuple[str, ...], linked: str | None = None) -> Decision:
    """A new ticket: for the writer, or for the customer whose letter an agent forwarded."""
    intent = _opening(case, seen, linked)
    forwarded = None if linked else case.message.forwarded
    if forwarded is None or forwarded.author is None or "@" not in forwarded.author.address:
        return Decision("open", why, intent)
    if not case.agent:
        return Decision("open", why, intent)
    whole = case.message.text.strip()
    intent = evolve(
        intent,
        requester=forwarded.author,
        subject=forwarded.subject or subjects.bare(case.message.subject),
        text=forwarded.text or intent.text,
        html=None,
        rest=whole if whole != forwarded.text else "",
        participants=(),
    )
    agent = case.author.address
    return Decision("open", f"{agent}, an agent, forwarded a letter of the requester's", intent)


def _opening(case: Case, seen: tuple[str, ...], linked: str | None) -> OpenTicket:
    message, queue = case.message, case.queue
    text, rest = _texts(message)
    limit = queue.admission.cc_limit
    return OpenTicket(
        queue=queue.name,
        prefix=queue.prefix,
        requester=case.author,
        subject=message.subject,
        text=text,
        html=message.html,
        rest=rest,
        message_id=message.message_id,
        attachments=message.attachments,
        linked=linked,
        participants=()
        if case.machine
        else _people(case, message.cc, [case.author.address, message.author.address], limit),
        warnings=seen,
    )


def _brought_along(case: Case, found: Found, answer: Answer) -> tuple[Person, ...]:
    """Whom a reply to all makes participants: nobody, unless the queue lets participants do so."""
    admission = case.queue.admission
    sure = found.knows(case.author.address) and (case.aligned or found.signed)
    allowed = admission.reply_all is ReplyAll.PARTICIPANTS and answer is Answer.APPEND
    if not (sure and allowed) or found.released:
        return ()
    there = [found.conversation.requester, *(one.address for one in found.participants)]
    there.append(case.message.author.address)  # it may be a list's
    left = max(0, admission.cc_limit - len(found.participants))
    return _people(case, case.message.cc, there, left)


def _people(
    case: Case, named: Iterable[Person], there: Iterable[str], limit: int
) -> tuple[Person, ...]:
    """Those who are named and can be written to, each once: none of ours, and no machine."""
    seen = {folded(one) for one in there if one}
    kept: list[Person] = []
    for person in named:
        if len(kept) >= limit:
            break
        try:
            mailbox = Mailbox.parse(person.address)
        except Permanent:
            continue
        if folded(person.address) in seen or case.is_ours(person.address):
            continue
        seen.add(folded(person.address))
        if not nobody_reads(mailbox.local):
            kept.append(person)
    return tuple(kept)


def _comment(case: Case, found: Found, seen: tuple[str, ...], *, public: bool) -> AddComment:
    message = case.message
    text, rest = _texts(message)
    return AddComment(
        ticket=found.conversation.ticket,
        author=case.author,
        text=text,
        html=message.html,
        rest=rest,
        public=public,
        message_id=message.message_id,
        attachments=message.attachments,
        warnings=seen,
    )


def _texts(message: Message) -> tuple[str, str]:
    """What was written this time, and the whole of the text where that is more."""
    new, text = message.new_text, message.text.strip()
    return new, text if new != text else ""


def with_findings(intent: Asked, envelope: Envelope, *, listed: bool = False) -> Asked:
    """The intent with what was found out about the letter before it was accepted, and its id.

    Where a list says who wrote it (`listed`), what is true of the list says nothing of the author.
    """
    return evolve(
        intent,
        authentication=None if listed else envelope.authentication,
        labels=tuple(sorted(envelope.labels)),
        trace=envelope.id,
    )


def in_words(intent: Asked) -> Asked:
    """The intent for a desk that keeps no standing: what there is to say stands before the text."""
    said = []
    if isinstance(intent, OpenTicket) and intent.linked:
        said.append(f"This letter names {intent.linked} and did not get into it.")
    if isinstance(intent, AddComment) and intent.unverified:
        said.append("Not verified: nothing proves that this author wrote it.")
    if isinstance(intent, AddComment) and intent.newcomer:
        said.append("This author is not yet a participant.")
    if isinstance(intent, OpenTicket) and intent.participants:
        said.append(f"Also for: {', '.join(str(one) for one in intent.participants)}")
    said += intent.warnings
    if not said:
        return intent
    note = "".join(f"[{one}]\n" for one in said)
    html = intent.html
    if html is not None:
        html = "".join(f"<p>[{escape(one)}]</p>" for one in said) + html
    return evolve(intent, text=f"{note}\n{intent.text}", html=html)
