"""Which letters a machine may answer, and to whom."""

import pytest

from mailtickets.mail.authentication import DMARC, SPF, Authentication, Result
from mailtickets.mail.envelope import Wishes
from mailtickets.mail.fields import fields_of
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Nature
from mailtickets.routing.answering import Kind, acknowledgement_key, addressee, silence, wants

NIC = Mailbox("nic", "ferrier")
ACK, FAILURE = Kind.ACKNOWLEDGEMENT, Kind.FAILURE


def why(head=b"", sender=NIC, kind=ACK, found=None, nature=Nature.HUMAN):
    """Why nothing answers a letter."""
    return silence(kind, sender, fields_of(head), found, nature)


def test_a_person_is_answered():
    """A plain letter of a person may be answered, by whatever kind of letter."""
    head = b"From: nic@ferrier\r\nSubject: Hi\r\nAuto-Submitted: no\r\nPrecedence: normal\r\n"
    assert why(head) == why(head, kind=FAILURE) == ""


@pytest.mark.parametrize(
    "head",
    [
        b"Auto-Submitted: auto-replied\r\n",
        b"Auto-Submitted: auto-generated; owner-email=x@example.org\r\n",
        b"auto-submitted:\r\n Auto-Notified\r\n",
        b"List-Id: <all.example.org>\r\n",
        b"List-Unsubscribe: <mailto:x@example.org>\r\n",
        b"Precedence: bulk\r\n",
        b"Precedence: JUNK\r\n",
        b"Precedence: list\r\n",
        b"Precedence: auto_reply\r\n",
        b"X-Auto-Response-Suppress: All\r\n",
    ],
)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_machine_is_not(head, kind):
    """What says that a machine sent it, or that none may answer it, is answered by none."""
    assert why(head, kind=kind)


def test_what_is_suppressed_is_told_apart():
    """Who wants no automatic answers still hears that a letter failed, and the other way round."""
    oof, ndr = b"X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n", b"X-Auto-Response-Suppress: NDR"
    assert why(oof)
    assert why(ndr, kind=FAILURE)
    assert not why(ndr)


@pytest.mark.parametrize(
    "sender",
    [
        None,
        Mailbox("MAILER-DAEMON", "x"),
        Mailbox("postmaster", "x"),
        Mailbox("ne-pas-repondre", "x"),
    ],
)
@pytest.mark.parametrize("kind", list(Kind))
def test_nobody_is_not(sender, kind):
    """The null sender, daemons, and addresses that nobody reads."""
    assert why(sender=sender, kind=kind)


@pytest.mark.parametrize("nature", [one for one in Nature if one is not Nature.HUMAN])
def test_only_a_persons_letter(nature):
    """Whatever reading found to be no person's letter."""
    assert why(nature=nature)


def test_a_forged_letter_is_not_answered():
    """DMARC that failed, or SPF that did and nothing makes good: somebody else would get it."""
    failed = Authentication(dmarc=DMARC(Result.FAIL, "ferrier"))
    spf = Authentication(spf=SPF(Result.FAIL, "ferrier"))
    aligned = Authentication(
        spf=SPF(Result.FAIL, "ferrier"), dmarc=DMARC(Result.PASS, "ferrier", "none", aligned=True)
    )
    assert why(found=failed)
    assert why(found=spf, kind=FAILURE)
    assert not why(found=aligned)
    assert not why(found=Authentication(dmarc=DMARC(Result.NONE)))
    assert not why(found=Authentication(spf=SPF(Result.SOFTFAIL)))


def test_to_whom_it_goes():
    """To where a bounce would go, if the letter's author is the same; to From if that is proved."""
    proved = Authentication(dmarc=DMARC(Result.PASS, "ferrier", "reject", aligned=True))
    assert addressee(NIC, "Nic@Ferrier", None) == NIC
    assert addressee(Mailbox("nic+shop", "ferrier"), "nic@ferrier", None) == Mailbox(
        "nic+shop", "ferrier"
    )
    assert addressee(Mailbox("evil", "example"), "nic@ferrier", None) is None
    assert addressee(Mailbox("b-1", "esp.example"), "nic@ferrier", proved) == NIC
    assert addressee(NIC, "not an address", proved) is None


def test_who_asked_not_to_be_told():
    """NOTIFY=NEVER is kept to, as is one that asks for other things."""
    assert wants(Wishes())
    assert wants(Wishes(notify=frozenset({"FAILURE", "DELAY"})))
    assert not wants(Wishes(notify=frozenset({"NEVER"})))
    assert not wants(Wishes(notify=frozenset({"SUCCESS"})))


def test_a_ticket_has_one_acknowledgement():
    """The key names the desk and the ticket, and nothing else."""
    assert acknowledgement_key("a", "T-1") == acknowledgement_key("a", "T-1")
    assert (
        len({acknowledgement_key(*one) for one in (("a", "T-1"), ("a", "T-2"), ("b", "T-1"))}) == 3
    )
