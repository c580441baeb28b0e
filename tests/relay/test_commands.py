"""Commands hold what they should, and nothing that a peer of ours put there."""

import pytest

from mailtickets.errors import Permanent
from mailtickets.mail.envelope import Envelope, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.relay.commands import Features, Load, mail, obstacle, rcpt, xtext

NIC = Mailbox("nic", "ferrier")
ALL = Features(
    dict.fromkeys(["SIZE", "8BITMIME", "SMTPUTF8", "DSN", "REQUIRETLS", "PIPELINING"], "")
)
NONE = Features()


def envelope(sender=NIC, **more):
    """An envelope with what matters here."""
    return Envelope(sender, (NIC,), 0.0, "t", **more)


def test_only_what_is_offered():
    """Parameters are sent to those who offered them, and to nobody else."""
    full = envelope(ret="HDRS", envid="a+b", require_tls=True)
    load = Load(10, eight_bit=True)
    assert mail(full, load, NONE, utf8=False) == b"MAIL FROM:<nic@ferrier>\r\n"
    assert mail(full, load, ALL, utf8=True) == (
        b"MAIL FROM:<nic@ferrier> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb"
        b" REQUIRETLS\r\n"
    )
    assert mail(envelope(None), Load(1, eight_bit=False), NONE, utf8=False) == b"MAIL FROM:<>\r\n"
    wishes = Wishes(frozenset({"FAILURE", "DELAY", "X\r\nDATA"}), "rfc822;nic=x@y")
    assert rcpt(NIC, wishes, NONE, utf8=False) == b"RCPT TO:<nic@ferrier>\r\n"
    assert rcpt(NIC, wishes, ALL, utf8=False) == (
        b"RCPT TO:<nic@ferrier> NOTIFY=DELAY,FAILURE ORCPT=rfc822;nic+3Dx@y\r\n"
    )


@pytest.mark.parametrize(
    "mailbox",
    [
        Mailbox("a\r\nDATA", "x"),
        Mailbox("a", "x>\r\nDATA"),
        Mailbox("a", "x> SIZE=1"),
        Mailbox("a\0", "x"),
        Mailbox("a\u2028", "x"),
    ],
)
def test_no_second_command(mailbox):
    """An address that would end the command is refused, not mended."""
    with pytest.raises(Permanent):
        rcpt(mailbox, None, ALL, utf8=True)
    with pytest.raises(Permanent):
        mail(envelope(mailbox), Load(1, eight_bit=False), ALL, utf8=True)


def test_xtext_is_one_word():
    """A parameter's value holds no blank and no control character."""
    assert xtext("a b\r\nDATA=+é") == "a+20b+0D+0ADATA+3D+2B?"


def test_odd_addresses():
    """A quoted local part stays one; a domain goes in ASCII where SMTPUTF8 is not used."""
    assert rcpt(Mailbox("a b", "x"), None, NONE, utf8=False) == b'RCPT TO:<"a b"@x>\r\n'
    there = Mailbox("nic", "bücher.example")
    assert rcpt(there, None, NONE, utf8=False) == b"RCPT TO:<nic@xn--bcher-kva.example>\r\n"


@pytest.mark.parametrize(
    ("offered", "more", "load", "trusted", "status"),
    [
        ({"SIZE": "100"}, {}, Load(101, eight_bit=False), False, "3.4"),
        ({"SIZE": "100"}, {}, Load(100, eight_bit=False), False, None),
        ({}, {"utf8": True}, Load(1, eight_bit=True), False, "6.7"),
        ({}, {"utf8": True}, Load(1, eight_bit=False), False, None),
        ({}, {"sender": Mailbox("jörg", "x")}, Load(1, eight_bit=False), False, "6.7"),
        ({"SMTPUTF8": ""}, {"sender": Mailbox("jörg", "x")}, Load(1, eight_bit=True), False, None),
        ({"REQUIRETLS": ""}, {"require_tls": True}, Load(1, eight_bit=False), False, "7.30"),
        ({}, {"require_tls": True}, Load(1, eight_bit=False), True, "7.30"),
        ({"REQUIRETLS": ""}, {"require_tls": True}, Load(1, eight_bit=False), True, None),
    ],
)
def test_obstacles(offered, more, load, trusted, status):
    """What the next hop cannot do for a letter is said at once, and clearly."""
    found = obstacle(envelope(**more), (NIC,), load, Features(offered), "mx", trusted_tls=trusted)
    assert (found.status if found else None) == status
