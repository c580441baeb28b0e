"""Paths and parameters by table."""

from __future__ import annotations

import pytest

from mailtickets.mail.envelope import Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtp import grammar
from mailtickets.smtp.parameters import MailParameters, Offered, Refused

ALL = Offered(binary=True, auth=True, require_tls=True, message_size=1000)
NOTHING = Offered(message_size=1000)


def refusal(call, *args, **kwargs) -> str:
    """The code and status that a command is refused with."""
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return f"{caught.value.reply.code} {caught.value.reply.enhanced}"


@pytest.mark.parametrize(
    ("argument", "sender"),
    [
        (b"FROM:<nic@ferrier>", "nic@ferrier"),
        (b"from:<nic@ferrier>", "nic@ferrier"),
        (b"FROM: <nic@ferrier>", "nic@ferrier"),
        (b"FROM:<@a.example,@b.example:nic@ferrier>", "nic@ferrier"),
        (b'FROM:<"a@b"@dom.example>', '"a@b"@dom.example'),
        (b'FROM:<"a>b c"@dom.example> SIZE=10', '"a>b c"@dom.example'),
        (b"FROM:<nic@[192.0.2.1]>", "nic@[192.0.2.1]"),
        (b"FROM:<nic@[IPv6:2001:db8::1]>", "nic@[IPv6:2001:db8::1]"),
        (b"FROM:<" + b"a" * 64 + b"@ferrier>", "a" * 64 + "@ferrier"),
        ("FROM:<nic@bücher.example> SMTPUTF8".encode(), "nic@bücher.example"),
        ("FROM:<ニック@例え.example> SMTPUTF8".encode(), "ニック@例え.example"),
    ],
)
def test_senders(argument, sender):
    """Every form of a reverse-path is one mailbox; a source route is ignored."""
    assert str(grammar.mail(argument, ALL)[0]) == sender


def test_null_sender():
    """The null reverse-path is None."""
    assert grammar.mail(b"FROM:<>", ALL) == (None, MailParameters())


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (b"", "501 5.5.4"),
        (b"FROM", "501 5.5.4"),
        (b"FROM:", "501 5.1.7"),
        (b"FROM:nic@ferrier", "501 5.1.7"),
        (b"FROM:<nic>", "501 5.1.7"),
        (b"FROM:<nic@ferrier", "501 5.1.7"),
        (b"FROM:<nic@ferrier>x", "501 5.1.7"),
        (b"FROM:<nic@fer rier>", "501 5.1.7"),
        (b"FROM:<nic@@ferrier>", "501 5.1.7"),
        (b"FROM:<nic@-ferrier>", "501 5.1.7"),
        (b"FROM:<nic@ferrier..example>", "501 5.1.7"),
        (b"FROM:<nic@[300.1.1.1]>", "501 5.1.7"),
        (b"FROM:<nic@[IPv6:zz::1]>", "501 5.1.7"),
        (b"FROM:<a\tb@ferrier>", "501 5.1.7"),
        (b"FROM:<" + b"a" * 65 + b"@ferrier>", "501 5.1.7"),
        (b"FROM:<a@" + b"b" * 300 + b">", "501 5.1.7"),
        (b"FROM:<nic\xff@ferrier> SMTPUTF8", "553 5.6.7"),
        ("FROM:<nic@bücher.example>".encode(), "553 5.6.7"),
        (b"FROM:<nic@ferrier> SIZE=1001", "552 5.3.4"),
        (b"FROM:<nic@ferrier> SIZE=abc", "501 5.5.4"),
        (b"FROM:<nic@ferrier> SIZE=1_0", "501 5.5.4"),
        ("FROM:<nic@ferrier> SIZE=١".encode(), "501 5.5.4"),
        (b"FROM:<nic@ferrier> SIZE=" + b"1" * 21, "501 5.5.4"),
        (b"FROM:<nic@ferrier> SIZE", "501 5.5.4"),
        (b"FROM:<nic@ferrier> SIZE=1 SIZE=1", "501 5.5.4"),
        (b"FROM:<nic@ferrier> BODY=9BIT", "501 5.5.4"),
        (b"FROM:<nic@ferrier> SMTPUTF8=yes", "501 5.5.4"),
        (b"FROM:<nic@ferrier> RET=SOME", "501 5.5.4"),
        (b"FROM:<nic@ferrier> ENVID=a+0", "501 5.5.4"),
        (b"FROM:<nic@ferrier> ENVID=a+0A", "501 5.5.4"),
        (b"FROM:<nic@ferrier> ENVID=" + b"a" * 101, "501 5.5.4"),
        (b"FROM:<nic@ferrier> X=1", "555 5.5.4"),
        (b"FROM:<nic@ferrier> NOTIFY=NEVER", "555 5.5.4"),
        (b"FROM:<nic@ferrier> =", "501 5.5.4"),
    ],
)
def test_bad_senders(argument, says):
    """What is wrong with MAIL is told with the code that the RFC has for it."""
    assert refusal(grammar.mail, argument, ALL) == says


def test_parameters_of_mail():
    """Every parameter of MAIL is kept."""
    argument = (
        b"FROM:<nic@ferrier> size=12 BODY=8bitmime SMTPUTF8 RET=hdrs ENVID=a+3Db+20c REQUIRETLS"
        b" AUTH=<>"
    )
    said = grammar.mail(argument, ALL)[1]
    assert said == MailParameters(12, "8BITMIME", utf8=True, ret="HDRS", envid="a=b c",
                                  require_tls=True)  # fmt: skip


@pytest.mark.parametrize("word", [b"BODY=BINARYMIME", b"AUTH=<>", b"REQUIRETLS"])
def test_what_is_not_offered_is_refused(word):
    """A parameter of an extension that this connection does not have is not quietly ignored."""
    assert refusal(grammar.mail, b"FROM:<nic@ferrier> " + word, NOTHING)[:2] in {"50", "55"}
    grammar.mail(b"FROM:<nic@ferrier> " + word, ALL)


@pytest.mark.parametrize("argument", [b"TO:<Postmaster>", b"TO:<postmaster>", b"to: <POSTMASTER>"])
def test_postmaster_needs_no_domain(argument):
    """RFC 5321 section 4.5.1."""
    assert grammar.rcpt(argument, utf8=False)[0].domain == ""


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (b"TO:<>", "501 5.1.3"),
        (b"TO:<new>", "501 5.1.3"),
        (b"TO:new@support", "501 5.1.3"),
        (b"FROM:<new@support>", "501 5.5.4"),
        ("TO:<ñ@support>".encode(), "553 5.6.7"),
        (b"TO:<\xff@support>", "553 5.6.7"),
        (b"TO:<new@support> SIZE=1", "555 5.5.4"),
        (b"TO:<new@support> NOTIFY=NEVER,DELAY", "501 5.5.4"),
        (b"TO:<new@support> NOTIFY=DELAY,DELAY", "501 5.5.4"),
        (b"TO:<new@support> NOTIFY=", "501 5.5.4"),
        (b"TO:<new@support> ORCPT=rfc822", "501 5.5.4"),
        (b"TO:<new@support> ORCPT=rfc822;a+0", "501 5.5.4"),
    ],
)
def test_bad_recipients(argument, says):
    """What is wrong with RCPT is told with the code that the RFC has for it."""
    assert refusal(grammar.rcpt, argument, utf8=False) == says


def test_wishes():
    """NOTIFY and ORCPT are kept (RFC 3461)."""
    argument = b"TO:<new@support> NOTIFY=success,DELAY ORCPT=rfc822;Bob+40a.example"
    assert grammar.rcpt(argument, utf8=False) == (
        Mailbox("new", "support"),
        Wishes(frozenset({"SUCCESS", "DELAY"}), "rfc822;Bob@a.example"),
    )
    assert grammar.rcpt("TO:<new@s> ORCPT=utf-8;ñ@s".encode(), utf8=True)[1].orcpt == "utf-8;ñ@s"


@pytest.mark.parametrize("name", [b"vm", b"user_pc", b"mx.example.", b"[192.0.2.1]",
                                  b"[IPv6:2001:db8::1]", b"192.0.2.1"])  # fmt: skip
def test_hello_names(name):
    """Bare names and address literals are ordinary."""
    assert grammar.hello(name) == name.decode()


@pytest.mark.parametrize("name", [b"", b"a b", b"\xff", b"<a>", b"a" * 256, b"a\tb"])
def test_bad_hello_names(name):
    """What is no name is refused, so that nothing of it reaches log or page."""
    assert refusal(grammar.hello, name) == "501 5.5.4"
