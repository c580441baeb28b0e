"""One letter over one connection: each recipient has its own fate, whatever is answered."""

import pytest

from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Bounced, Deferred, Delivered, State
from mailtickets.relay.judging import trouble
from mailtickets.relay.replies import AnswerReader
from mailtickets.relay.transaction import Phase, Transaction

A, B, C = (Mailbox(name, "x") for name in "abc")


def answered(line):
    """The answer that a line is."""
    return AnswerReader().feed(line.encode() + b"\r\n")[0]


def begun(*recipients, pipelining=True, reset=False):
    """A transaction to these."""
    rcpts = [(one, f"RCPT TO:<{one}>\r\n".encode()) for one in recipients]
    return Transaction("mx", b"MAIL FROM:<>\r\n", rcpts, pipelining=pipelining, reset=reset)


def run(transaction, *lines):
    """Answer with these lines, and tell what was written."""
    written = []
    lines = list(lines)
    while transaction.phase is Phase.COMMANDS:
        octets = transaction.to_write()
        if octets:
            written.append(octets)
        elif transaction.phase is Phase.COMMANDS:
            transaction.answer(answered(lines.pop(0)))
    if transaction.phase in {Phase.BODY, Phase.EMPTY}:
        written.append(transaction.phase.name.encode())
        transaction.dotted()
        transaction.answer(answered(lines.pop(0)))
    assert not lines
    return written


def kinds(transaction):
    """Each recipient's outcome, by its sort."""
    return {one: type(outcome) for one, outcome in transaction.outcomes.items()}


def test_all_at_once():
    """With PIPELINING all commands go in one piece."""
    transaction = begun(A, B)
    written = run(transaction, "250 ok", "250 ok", "250 ok", "354 go", "250 2.0.0 Taken as 7")
    assert written == [
        b"MAIL FROM:<>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n",
        b"BODY",
    ]
    expected = Delivered(State.RELAYED, note="mx said: 250 2.0.0 Taken as 7")
    assert transaction.outcomes == {A: expected, B: expected}
    assert not transaction.close
    assert not transaction.reset


def test_one_by_one():
    """Without it, each command waits, and DATA is not sent for nobody."""
    transaction = begun(A, pipelining=False)
    assert run(transaction, "250 ok", "550 5.1.1 No such user") == [
        b"MAIL FROM:<>\r\n",
        b"RCPT TO:<a@x>\r\n",
    ]
    failure = transaction.outcomes[A].trouble
    assert isinstance(failure, Permanent)
    assert failure.enhanced == "5.1.1"
    assert failure.text == "mx said: 550 5.1.1 No such user"
    assert transaction.reset


@pytest.mark.parametrize("pipelining", [True, False])
def test_each_its_own(pipelining):
    """A 4xx for one and a 5xx for another never hurt the third."""
    transaction = begun(A, B, C, pipelining=pipelining)
    run(transaction, "250 ok", "450 4.2.1 later", "550 5.1.1 no", "250 ok", "354 go", "250 ok")
    assert kinds(transaction) == {A: Deferred, B: Bounced, C: Delivered}


def test_nobody_is_left():
    """When all are refused after DATA was sent, an empty letter ends it and nothing is sent."""
    transaction = begun(A)
    written = run(transaction, "250 ok", "550 no", "354 go", "554 no recipients")
    assert written[-1] == b"EMPTY"
    assert kinds(transaction) == {A: Bounced}


def test_the_sender_is_refused():
    """What is said to MAIL is everybody's fate; what follows from it is nobody's."""
    transaction = begun(A, B)
    run(transaction, "452 4.3.1 full", "503 no mail", "503 no mail", "503 no rcpt")
    assert kinds(transaction) == {A: Deferred, B: Deferred}
    assert transaction.outcomes[A].trouble.enhanced == "4.3.1"


@pytest.mark.parametrize("at", range(5))
def test_421_anywhere(at):
    """When the next hop closes, whoever has no fate yet is tried again."""
    transaction = begun(A, B)
    lines = ["250 ok", "250 ok", "550 5.1.1 no", "354 go", "250 ok"]
    lines[at:] = ["421 4.3.2 closing"]
    run(transaction, *lines)
    assert transaction.close
    assert kinds(transaction)[A] is Deferred
    assert kinds(transaction)[B] is (Bounced if at > 2 else Deferred)


@pytest.mark.parametrize(
    ("lines", "about"),
    [
        (["451 4.7.1 greylisted"], About.LETTER),
        (["250 ok", "450 greylisted"], About.LETTER),
        (["250 ok", "250 ok", "354 go", "451 4.2.2 full"], About.LETTER),
        (["452 4.3.1 the disk is full"], About.PEER),
        (["250 ok", "421 4.7.0 too many letters"], About.PEER),
        (["530 5.7.0 authenticate first"], About.PEER),
    ],
)
def test_whom_a_refusal_is_about(lines, about):
    """A greylist is about the letter; who closes, is full or wants a password, about the host."""
    transaction = begun(A, pipelining=False)
    run(transaction, *lines)
    assert transaction.outcomes[A].about is about


def test_refused_at_the_dot():
    """The answer to the dot is the fate of those who were accepted."""
    transaction = begun(A, B)
    run(transaction, "250 ok", "250 ok", "450 later", "354 go", "554 5.7.1 spam")
    assert kinds(transaction) == {A: Bounced, B: Deferred}


def test_many_recipients_go_in_batches():
    """No more than a batch is written before its answers are read."""
    many = [Mailbox(f"r{n}", "x") for n in range(120)]
    transaction = begun(*many, reset=True)
    written = run(transaction, *["250 ok"] * 122, "354 go", "250 ok")
    assert [piece.count(b"\r\n") for piece in written] == [50, 50, 23, 0]
    assert written[0].startswith(b"RSET\r\nMAIL")
    assert set(kinds(transaction).values()) == {Delivered}


@pytest.mark.parametrize(
    ("line", "stage", "kind", "enhanced"),
    [
        ("450 busy", "RCPT", Temporary, "4.2.0"),
        ("451 4.7.1 greylisted", "RCPT", Temporary, "4.7.1"),
        ("550 no", "RCPT", Permanent, "5.1.1"),
        ("550 no", "the dot", Permanent, "5.7.1"),
        ("552 too many", "RCPT", Temporary, "4.5.3"),
        ("552 5.2.2 full", "RCPT", Permanent, "5.2.2"),
        ("552 too big", "MAIL", Permanent, "5.3.4"),
        ("530 5.7.0 authenticate", "MAIL", Temporary, "4.7.0"),
        ("535 5.7.8 bad password", "MAIL", Temporary, "4.7.8"),
        ("500 what", "RCPT", Temporary, "4.5.0"),
        ("250 odd", "DATA", Temporary, "4.5.0"),
        ("354 odd", "RCPT", Temporary, "4.5.0"),
    ],
)
def test_what_an_answer_means(line, stage, kind, enhanced):
    """Only an answer about the letter is permanent; what is about us waits for a person."""
    failure = trouble(answered(line), "mx", stage)
    assert type(failure) is kind
    assert failure.enhanced == enhanced
