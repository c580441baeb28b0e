"""Whole sessions, as dialogues: what is said, and what comes back."""

from __future__ import annotations

import base64

import pytest

from mailtickets.smtp import events
from mailtickets.smtp.replies import Reply
from tests.smtp.talk import codes, greeted, offer, talk

MAIL = b"MAIL FROM:<nic@ferrier>\r\n"
RCPT = b"RCPT TO:<new@support>\r\n"
START = MAIL + RCPT + b"DATA\r\n"
LETTER = b"Subject: x\r\n\r\nHi\r\n.\r\n"
PLAIN = base64.b64encode(b"\0nic\0secret")


@pytest.mark.parametrize(
    ("octets", "answers"),
    [
        (b"NOOP\r\n", "250"),
        (b"NOOP anything\r\n", "250"),
        (b"noop\r\n", "250"),
        (b"HELP\r\n", "214"),
        (b"VRFY nic\r\n", "252"),
        (b"EXPN list\r\n", "502"),
        (b"RSET\r\n", "250"),
        (b"RSET x\r\n", "501"),
        (b"QUIT\r\nNOOP\r\n", "221"),
        (b"FOO\r\n", "500"),
        (b"\r\n", "500"),
        (b" NOOP\r\n", "500"),
        (b"\xff\xfe\r\n", "500"),
        (b"NOOP\nNOOP\r\nNOOP\r\n", "500 250"),
        (b"NOOP\n", "500"),  # at once: who ends lines so waits for an answer
        (b"NOOP\nMAIL FROM:<nic@ferrier>\nQUIT\r\nNOOP\r\n", "500 500 250"),
        (b"NO\0OP\r\n", "500"),
        (b"DATA\r\n", "503"),
        (b"RCPT TO:<new@support>\r\n", "503"),
        (MAIL + MAIL, "250 503"),
        (MAIL + b"DATA\r\n", "250 503"),
        (b"MAIL FROM:<>\r\n" + RCPT, "250 250"),
        (START + LETTER, "250 250 354 250"),
        (START + LETTER + b"DATA\r\n", "250 250 354 250 503"),
        (START + LETTER + START + LETTER, "250 250 354 250 250 250 354 250"),
        (MAIL + b"EHLO vm\r\n" + RCPT, "250 250 503"),
        (MAIL + b"RSET\r\n" + RCPT, "250 250 503"),
        (MAIL + RCPT + RCPT, "250 250 250"),
        (b"LHLO vm\r\n", "500"),
        (b"XCLIENT ADDR=1.2.3.4\r\n", "500"),
        (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "500"),
        (b"AUTH PLAIN\r\n", "538"),
        (b"STARTTLS x\r\n", "501"),
        (MAIL + RCPT + b"BDAT 4\r\nHi\r\nBDAT 2 LAST\r\n\r\n", "250 250 250 250"),
        (MAIL + RCPT + b"BDAT 0 LAST\r\nNOOP\r\n", "250 250 250 250"),
        (b"BDAT 6\r\nQUIT\r\nNOOP\r\n", "503 250"),
        (MAIL + b"BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n", "250 503 250"),
        (MAIL + RCPT + b"BDAT 4\r\nHi\r\nDATA\r\n", "250 250 250 503"),
        (MAIL + RCPT + b"BDAT 4\r\nHi\r\nRSET\r\nBDAT 2 LAST\r\n\r\n", "250 250 250 250 503"),
        (MAIL + RCPT + b"BDAT x\r\n", "250 250 501"),
        (b"MAIL FROM:<a@b> BODY=BINARYMIME\r\n" + RCPT + b"DATA\r\n", "250 250 503"),
    ],
)
def test_dialogues(octets, answers):
    """After EHLO, each command has its answer; what is out of order has 503."""
    assert codes(greeted().say(octets)) == answers.split()


def test_every_reply_has_an_enhanced_status():
    """RFC 2034: 2xx, 4xx and 5xx replies carry one, but for the greeting and EHLO's."""
    said = greeted().say(
        b"NOOP\r\nHELP\r\nVRFY a\r\nEXPN a\r\nFOO\r\n" + START + LETTER + b"DATA\r\nQUIT\r\n"
    )
    for line in said:
        if not line.startswith("354"):
            assert line[4] == line[0]
            assert line[5] == "."


def test_nothing_before_hello():
    """MAIL and AUTH need EHLO first."""
    assert codes(talk().say(MAIL + b"AUTH PLAIN\r\nNOOP\r\n")) == ["503", "503", "250"]


def test_ehlo_without_a_name():
    """EHLO says a name."""
    assert codes(talk().say(b"EHLO\r\n" + MAIL)) == ["501", "503"]


def test_helo_is_enough():
    """HELO with a bare name begins a session, in one line."""
    assert talk().say(b"HELO vm\r\n") == ["250 mx.example"]


def test_the_offer():
    """EHLO tells everything there is."""
    said = [line[4:] for line in talk().say(b"EHLO vm\r\n")]
    assert said == [
        "mx.example", "PIPELINING", "SIZE 26214400", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES",
        "CHUNKING", "DSN", "LIMITS MAILMAX=1000 RCPTMAX=100", "HELP", "BINARYMIME", "STARTTLS",
    ]  # fmt: skip


def test_the_letter_is_as_it_was_sent():
    """Dots undone, nothing else touched; eight bits and NUL in a body are the sender's."""
    found = greeted()
    found.say(START + b"..\r\n.x\r\n\xff\0\r\n.\r\n")
    assert found.letters == [b".\r\nx\r\n\xff\0\r\n"]


def test_the_answer_carries_the_id():
    """The sender's log has the id under which the letter is known here."""
    assert greeted().say(START + LETTER)[-1] == "250 2.0.0 Accepted, id ID"


SMUGGLED = b"\r\nMAIL FROM:<evil@x>\r\nRCPT TO:<new@support>\r\nDATA\r\nSmuggled\r\n"
ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\n.\r\r\n",
        b"\n\n.\r\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\r\n.\r\r\n", b"\n.\r",
        b"\r.\n"]  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("size", [1, 2, 3, 10_000])
def test_smuggling(end, size):
    """No other end of data ends a letter or runs what follows: one letter, one answer."""
    octets = b"Subject: x\r\n\r\nHi" + end + SMUGGLED + b".\r\n"
    found = greeted()
    found.say(START)
    said = found.say(octets[i : i + size] for i in range(0, len(octets), size))
    assert len(said) == 1
    bare = b"\0" not in end
    assert said[0].startswith("550 5.5.2" if bare else "250")
    assert len(found.letters) == (not bare)
    assert codes(found.say(b"NOOP\r\n")) == ["250"]


@pytest.mark.parametrize("end", ENDS)
def test_smuggling_by_those_who_may(end):
    """A peer that may send bare newlines has them mended; it cannot split a letter either."""
    found = greeted(mend_newlines=True)
    said = found.say(START + b"Hi" + end + b"More\r\n.\r\n")
    assert codes(said[3:]) == ["250"]
    assert b"More" in found.letters[0]
    rest = found.letters[0].replace(b"\r\n", b"")
    assert b"\r" not in rest
    assert b"\n" not in rest


def test_a_long_line_stays_in_the_letter():
    """A line of any length is a line; what follows it is no command."""
    found = greeted()
    line = b"x" * 100_000
    assert codes(found.say(START + line + b"\r\nRSET\r\n.\r\n"))[3:] == ["250"]
    assert found.letters == [line + b"\r\nRSET\r\n"]


def test_bare_newlines_in_chunks():
    """BDAT is as strict, at the chunk's end; BINARYMIME is what it is for."""
    found = greeted()
    assert codes(found.say(MAIL + RCPT + b"BDAT 3 LAST\r\na\nb"))[2:] == ["550"]
    assert codes(found.say(MAIL + RCPT + b"BDAT 2\r\na\rBDAT 2 LAST\r\n\nb"))[2:] == ["250", "250"]
    assert codes(found.say(MAIL + RCPT + b"BDAT 2\r\na\rBDAT 2 LAST\r\nbb"))[2:] == ["250", "550"]
    binary = b"MAIL FROM:<a@b> BODY=BINARYMIME\r\n"
    assert codes(found.say(binary + RCPT + b"BDAT 3 LAST\r\n\r\0\n"))[2:] == ["250"]
    assert found.letters == [b"a\r\nb", b"\r\0\n"]


def test_a_failed_chunk_ends_the_letter():
    """After a chunk that was refused, the next ones are eaten and refused."""
    found = greeted(limits={"message_size": 10})
    said = found.say(MAIL + RCPT + b"BDAT 12\r\nQUIT\r\nQUIT\r\n" + b"BDAT 6 LAST\r\nQUIT\r\n")
    assert codes(said) == ["250", "250", "552", "503"]
    assert found.dropped == 1
    assert codes(found.say(b"NOOP\r\n")) == ["250"]


def test_too_big():
    """A letter over the size is read to its dot and refused; one of just the size is taken."""
    found = greeted(limits={"message_size": 100})
    assert codes(found.say(START + b"x" * 98 + b"\r\n.\r\n"))[3:] == ["250"]
    said = found.say(START + b"x" * 99 + b"\r\n.\r\n")
    assert said[3:] == ["552 5.3.4 Letter too big"]
    assert codes(found.say(b"MAIL FROM:<a@b> SIZE=101\r\n")) == ["552"]


def test_dots_do_not_count():
    """The size is that of the letter, not of its dots (RFC 1870 section 3)."""
    found = greeted(limits={"message_size": 9})
    assert codes(found.say(START + b"..\r\n..\r\n..\r\n.\r\n"))[3:] == ["250"]


def test_hops_and_head():
    """Letters that go in circles, or whose head has no end, are refused."""
    found = greeted(limits={"hops": 2, "header_size": 100})
    hop = b"Received: x\r\n"
    assert codes(found.say(START + hop * 2 + b"\r\n.\r\n"))[3:] == ["250"]
    assert found.say(START + hop * 3 + b"\r\n.\r\n")[3].startswith("554 5.4.6")
    assert found.say(START + b"A: " + b"x" * 100 + b"\r\n\r\n.\r\n")[3].startswith("552 5.3.4")


def test_too_many_recipients():
    """The next one is told to come later, the others get their letter."""
    found = greeted(limits={"recipients": 3})
    said = found.say(MAIL + b"".join(b"RCPT TO:<new%d@s>\r\n" % i for i in range(4)))
    assert codes(said) == ["250", "250", "250", "250", "452"]
    assert codes(found.say(b"DATA\r\n" + LETTER)) == ["354", "250"]


def test_too_many_errors():
    """Ten errors are answered, the next one ends it."""
    found = greeted()
    said = found.say(b"FOO\r\n" * 20)
    assert codes(said) == ["500"] * 10 + ["421"]
    assert found.told[-1] == events.Closed("too many errors")


def test_too_many_letters():
    """A connection has a number of letters, but for local peers."""
    found = greeted(limits={"messages": 2})
    assert codes(found.say((START + LETTER) * 3))[-1] == "421"
    assert len(found.letters) == 2
    assert codes(greeted(limits={"messages": 2}, unmetered=True).say((START + LETTER) * 3))[-1] == (
        "250"
    )


def test_unknown_recipients():
    """The twentieth unknown recipient ends it."""
    no = Reply(550, "5.1.1", "No")
    found = greeted(lambda event: no if isinstance(event, events.RecipientGiven) else None)
    said = found.say(MAIL + b"".join(b"RCPT TO:<x%d@s>\r\n" % i for i in range(30)))
    assert codes(said) == ["250"] + ["550"] * 19 + ["421"]


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1", b"POST /", b"Host: x", b"Subject: hi",
                                  b"CONNECT x:25 HTTP/1.0"])  # fmt: skip
def test_other_protocols(line):
    """A browser made to speak to us gets nowhere: the session ends at its first line."""
    found = greeted()
    assert codes(found.say(line + b"\r\n" + START + LETTER)) == ["554"]
    assert found.letters == []


def test_early_talker():
    """Who speaks before the greeting is sent away."""
    found = talk()
    early = type(found.session)(offer())
    early.receive(b"EHLO vm\r\n")
    early.greet()
    assert early.next() == events.Closed("early talker")
    assert early.take_output().startswith(b"554 5.5.0")


def test_starttls_forgets():
    """Nothing said before STARTTLS survives it, neither words nor octets (RFC 3207)."""
    found = greeted()
    assert codes(found.say(MAIL + RCPT + b"STARTTLS\r\nRSET\r\nNOO")) == ["250", "250", "220"]
    assert codes(found.say(b"P\r\n")) == ["500"]
    assert codes(found.say(RCPT + MAIL)) == ["503", "503"]
    assert codes(found.say(b"STARTTLS\r\n")) == ["503"]
    said = found.say(b"EHLO vm\r\n")
    assert "250-STARTTLS" not in said
    assert "250 REQUIRETLS" in said
    assert "250-AUTH PLAIN LOGIN" in said


def encrypted(**changes):
    """A session under TLS, after EHLO."""
    return greeted(encrypted=True, **changes)


def test_auth():
    """With an initial response, and without; afterwards no second time."""
    assert codes(encrypted().say(b"AUTH PLAIN " + PLAIN + b"\r\n")) == ["235"]
    found = encrypted()
    assert found.say(b"auth plain\r\n") == ["334 "]
    assert codes(found.say(PLAIN + b"\r\nAUTH PLAIN\r\n")) == ["235", "503"]


@pytest.mark.parametrize(
    ("octets", "answers"),
    [
        (b"AUTH\r\n", "501"),
        (b"AUTH FOO\r\n", "504"),
        (b"AUTH PLAIN !!\r\n", "501"),
        (b"AUTH PLAIN " + base64.b64encode(b"\0nic\0wrong") + b"\r\n", "535"),
        (b"AUTH PLAIN =\r\n", "535"),
        (b"AUTH PLAIN\r\n*\r\nNOOP\r\n", "334 501 250"),
        (b"AUTH PLAIN\r\nno base64\r\nNOOP\r\n", "334 501 250"),
        (b"AUTH PLAIN\r\n" + b"A" * 13_000 + b"\r\nNOOP\r\n", "334 500 250"),
        (b"AUTH PLAIN " + b"A" * 12_000 + b"\r\n", "535"),
        (MAIL + b"AUTH PLAIN\r\n", "250 503"),
    ],
)
def test_auth_that_fails(octets, answers):
    """Every way of AUTH to fail has its code, and the session goes on."""
    assert codes(encrypted().say(octets)) == answers.split()


def test_guessing_passwords():
    """The fifth wrong password ends it."""
    wrong = b"AUTH PLAIN " + base64.b64encode(b"\0nic\0wrong") + b"\r\n"
    assert codes(encrypted().say(wrong * 9)) == ["535"] * 4 + ["421"]


def test_no_passwords_in_the_clear_unless_told():
    """AUTH is neither offered nor taken without TLS, unless the settings say so."""
    assert not any("AUTH" in line for line in talk().say(b"EHLO vm\r\n"))
    assert codes(greeted().say(b"AUTH PLAIN " + PLAIN + b"\r\n")) == ["538"]
    assert codes(greeted(auth_in_clear=True).say(b"AUTH PLAIN " + PLAIN + b"\r\n")) == ["235"]


def test_lmtp():
    """LHLO, and an answer for each recipient (RFC 2033)."""
    found = talk(lmtp=True)
    assert codes(found.say(b"EHLO vm\r\nHELO vm\r\nLHLO vm\r\n")) == ["500", "500", "250"]
    three = MAIL + RCPT + b"RCPT TO:<help@support>\r\n" + RCPT
    assert codes(found.say(three + b"DATA\r\n" + LETTER))[5:] == ["250"] * 3
    assert codes(found.say(three + b"DATA\r\nbare\n\r\n.\r\n"))[5:] == ["550"] * 3
    assert codes(found.say(three + b"BDAT 4 LAST\r\nHi\r\n"))[4:] == ["250"] * 3
    assert codes(found.say(MAIL + b"DATA\r\n")) == ["250", "503"]


def test_the_application_refuses():
    """Sender, recipient, letter, chunk and end can each be refused."""
    no = Reply(451, "4.3.0", "No")
    for kind, answers in [
        (events.SenderGiven, "451 503 503"),
        (events.RecipientGiven, "250 451 503"),
        (events.LetterBegins, "250 250 451"),
    ]:
        refuses = greeted(lambda event, kind=kind: no if isinstance(event, kind) else None)
        assert codes(refuses.say(START)) == answers.split()
    for kind in (events.Chunk, events.LetterEnds):
        refuses = greeted(lambda event, kind=kind: no if isinstance(event, kind) else None)
        assert codes(refuses.say(START + LETTER + b"NOOP\r\n"))[3:] == ["451", "250"]
        assert refuses.letters == []


def test_a_chunk_that_nobody_wants():
    """A letter refused at its first BDAT has its octets eaten."""
    no = Reply(451, "4.3.0", "No")
    found = greeted(lambda event: no if isinstance(event, events.LetterBegins) else None)
    assert codes(found.say(MAIL + RCPT + b"BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"))[2:] == ["451", "250"]


def test_retiring():
    """A session that is to end lets its letter end first."""
    found = greeted()
    found.say(START + b"Subject: x\r\n")
    found.session.retire(Reply(421, "4.3.2", "Bye"))
    found.run()
    assert codes(found.say(b"\r\nHi\r\n.\r\nNOOP\r\n")) == ["250", "421"]
    idle = greeted()
    idle.session.retire(Reply(421, "4.3.2", "Bye"))
    idle.run()
    assert idle.told[-1] == events.Closed("retired")


def test_answers_wait_for_nobody_else():
    """While one command waits, those behind it wait too, and their answers keep its order."""
    found = greeted()
    session = found.session
    session.receive(MAIL + RCPT + b"NOOP\r\n")
    assert isinstance(session.next(), events.SenderGiven)
    assert session.next() is None
    assert session.take_output() == b""
    session.answer(Reply(250, "2.1.0", "first"))
    assert isinstance(session.next(), events.RecipientGiven)
    assert session.next() is None
    session.answer(Reply(250, "2.1.5", "second"))
    assert session.next() is None
    assert session.take_output() == b"250 2.1.0 first\r\n250 2.1.5 second\r\n250 2.0.0 OK\r\n"


def test_chunks_behind_one_that_failed_are_thrown_away():
    """RFC 3030 section 2: those in the pipeline already do not cost the peer its next letter."""
    behind = b"BDAT 2\r\nab" * 30 + b"BDAT 0 LAST\r\n"
    found = greeted()
    said = codes(
        found.say(MAIL + RCPT + b"BDAT 5\r\na\nbcd" + behind + MAIL + RCPT + b"BDAT 2 LAST\r\nhi")
    )
    assert said == ["250", "250", "550", *["503"] * 31, "250", "250", "250"]
    assert found.letters == [b"hi"]


def test_chunks_without_any_sender_are_errors():
    """Nothing was in the pipeline before them."""
    assert codes(greeted().say(b"BDAT 2\r\nab" * 30)) == ["503"] * 10 + ["421"]


def test_an_answer_to_auth_that_is_too_long():
    """It has a status of its own (RFC 4954 section 6)."""
    said = encrypted().say(b"AUTH PLAIN\r\n" + b"A" * 12_287 + b"\r\n")
    assert [line[:9] for line in said][-1] == "500 5.5.6"
