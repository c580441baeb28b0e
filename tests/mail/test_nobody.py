"""Addresses that nobody reads."""

import pytest

from mailtickets.mail.nobody import UNREAD, nobody_reads

UNREAD_ONES = """
MAILER-DAEMON mailer_daemon Mail-Daemon postmaster Postmaster bounce bounces+1234 bounces-77=x.org
no-reply noreply NoReply no_reply no.reply no-reply-42 calendar-noreply accounts.no-reply
do-not-reply donotreply do_not_reply dont-reply please-do-not-reply noreply+abc123 not-monitored
nicht-antworten bitte.nicht.antworten keine-antwort ne-pas-repondre nepasrepondre ne_pas_répondre
no-responder noresponda no.contestar nao-responda não-responder non-rispondere geen-antwoord
niet-beantwoorden svar-ikke ikke-svar svara-ej älä-vastaa ala-vastaa nie-odpowiadac neodpovidat
ne-valaszoljon nu-raspunde yanitlamayin не-отвечать неотвечайте jangan-balas khong-tra-loi
noresponse shop-noreply-2 owner-announce announce-request announce-owner list-bounces SRS0=ab=cd
majordomo LISTSERV nobody 请勿回复 返信不要 회신금지
"""
READ_ONES = """
nic reply casino.reply domino-replies norbert antwort help support sales info mail admin
dona.treply relay postmasters-office bounce.house.party.fun.ltd noor.eply marie.ne.pas
nora.plyer root abuse hostmaster team-reply
"""


@pytest.mark.parametrize("local", UNREAD_ONES.split())
def test_nobody_reads_it(local):
    """What says in whatever language that it wants no answer gets none."""
    assert nobody_reads(local)


@pytest.mark.parametrize("local", READ_ONES.split())
def test_somebody_reads_it(local):
    """A person's address, or a desk's, is not taken for one that nobody reads."""
    assert not nobody_reads(local)


def test_every_form_is_known_in_one_word():
    """Each form of the table works as it stands there."""
    assert all(nobody_reads(form) for form in UNREAD)


def test_anything_can_be_asked():
    """Odd local parts have an answer, and soon."""
    assert not nobody_reads("")
    assert not nobody_reads("\ud800\0")
    assert not nobody_reads("a-" * 5000)
