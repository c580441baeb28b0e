"""The table of who may write into a ticket."""

from itertools import product

from mailtickets.routing.policy import DEFAULTS, Admission, Answer, Signature, cell


def test_every_case_has_a_cell():
    """Whatever is known of a letter, the table has an answer for it, and no cell is never asked."""
    names = {
        cell(signature, aligned=aligned, participant=participant)
        for signature, aligned, participant in product(Signature, (True, False), (True, False))
    }
    assert names == set(DEFAULTS)


def test_the_defaults_refuse_at_rcpt_alone():
    """Without a setting nothing that was accepted at RCPT is refused later."""
    assert not Admission().refuses
    assert Admission().answer(Signature.INVALID, aligned=True, participant=True) is Answer.REFUSE
    assert Admission(matrix=DEFAULTS | {"none_aligned_stranger": Answer.REFUSE}).refuses


def test_agents_are_named_by_address_or_domain():
    """A domain names all of its addresses, and no other's that ends alike."""
    admission = Admission(agents=("@example.org", "Agnes@x.example"))
    assert admission.agent("bob@EXAMPLE.ORG")
    assert admission.agent("agnes@X.example")
    assert not admission.agent("bob@notexample.org")
    assert not admission.agent("bob@sub.example.org")
    assert not admission.agent("")
