"""DMARC (RFC 7489): does From's domain stand behind the letter? Written over publicsuffixlist.

What was decided where the RFC leaves it open:
- Several domains in From are each judged, and the worst is told: nobody evades a policy by naming a
  second author. More than four of them are `permerror`.
- `pct` below 100, and `t=y` of its successor, make the policy one step milder for every letter:
  no letter's fate is thrown with dice.
- A signature under a key that is being tested (`t=y`) does not count (RFC 6376 section 3.6.1).
- Where a failure is only that the DNS did not answer, the result is `temperror`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from attrs import frozen
from publicsuffixlist import PublicSuffixList

from mailtickets.auth.keys import Texts
from mailtickets.auth.names import Unanswered
from mailtickets.mail.authentication import DKIM, DMARC, SPF, Result
from mailtickets.mail.mailbox import fold_domain
from mailtickets.mail.people import people
from mailtickets.mail.taglist import BadTags, tags

MOST_AUTHORS = 4
_VERSION = re.compile(r"v\s*=\s*DMARC1\s*(?:;|\Z)")
POLICIES = ("none", "quarantine", "reject")
_SEVERITY = (Result.FAIL, Result.PERMERROR, Result.TEMPERROR, Result.NONE, Result.PASS)


class Suffixes:
    """Which part of a domain is its owner's: the list of public suffixes, read when first asked."""

    @cached_property
    def _list(self) -> PublicSuffixList:
        return PublicSuffixList()

    def organization(self, domain: str) -> str:
        """The organizational domain (section 3.2): one label more than a public suffix has."""
        return self._list.privatesuffix(domain) or domain


@frozen
class Policy:
    """What a domain's owner asks for: `policy` as it counts for the domain that was asked about.

    `strict_dkim` and `strict_spf` want the very domain, not one of the same organization.
    """

    policy: str
    strict_dkim: bool = False
    strict_spf: bool = False
    note: str = ""


def policy_in(records: Sequence[str], *, inherited: bool) -> Policy | None:
    """The policy in TXT records; None when there is none, or more than one (section 6.6.3)."""
    found = [each for each in records if _VERSION.match(each)]
    if len(found) != 1:
        return None
    try:
        said = {name.lower(): value.lower() for name, value in tags(found[0]).items()}
    except BadTags:
        return None
    policy = said.get("p", "")
    if inherited:
        policy = said.get("sp", policy)
    if policy not in POLICIES:
        if "rua" not in said:
            return None
        policy = "none"
    note = ""
    percent = said.get("pct", "100")
    if (percent.isdecimal() and len(percent) < 4 and int(percent) < 100) or said.get("t") == "y":
        milder = POLICIES[max(0, POLICIES.index(policy) - 1)]
        note = f"a policy of {policy} that is not in full force" if milder != policy else ""
        policy = milder
    return Policy(policy, said.get("adkim") == "s", said.get("aspf") == "s", note)


def find_policy(
    names: Texts, suffixes: Suffixes, domain: str, until: float | None = None
) -> Policy | None:
    """The policy that counts for a domain: its own, or its organization's. Raises Unanswered."""
    own = policy_in(names.texts(f"_dmarc.{domain}", until), inherited=False)
    if own is not None:
        return own
    organization = suffixes.organization(domain)
    if organization == domain:
        return None
    return policy_in(names.texts(f"_dmarc.{organization}", until), inherited=True)


def authors(values: Sequence[bytes]) -> list[str]:
    """The domains in every From, each once, in order. `values` are the fields' own."""
    found: list[str] = []
    for each in values:
        found += [one.address for one in people(each.replace(b"\r\n", b""))]
    domains = [fold_domain(one.rpartition("@")[2]) for one in found if "@" in one]
    return list(dict.fromkeys([one for one in domains if one]))


def aligned(suffixes: Suffixes, mine: str, theirs: str, *, strict: bool) -> bool:
    """Whether two domains are in alignment (section 3.1)."""
    mine, theirs = fold_domain(mine).rstrip("."), fold_domain(theirs).rstrip(".")
    if not mine or not theirs:
        return False
    if mine == theirs or strict:
        return mine == theirs
    return suffixes.organization(mine) == suffixes.organization(theirs)


@frozen
class Found:
    """What is known of a letter before its policy is: the results of SPF and of the signatures."""

    spf: SPF | None
    dkim: tuple[DKIM, ...]


def decide(
    suffixes: Suffixes, domain: str, policy: Policy | Unanswered | None, found: Found
) -> DMARC:
    """The result for one domain of From. It looks nothing up."""
    known = policy if isinstance(policy, Policy) else Policy("none")
    spf_fits = found.spf is not None and aligned(
        suffixes, domain, found.spf.domain, strict=known.strict_spf
    )
    fitting = [
        one for one in found.dkim if aligned(suffixes, domain, one.domain, strict=known.strict_dkim)
    ]
    by = ""
    if any(one.result is Result.PASS and not one.testing for one in fitting):
        by = "dkim"
    elif spf_fits and found.spf is not None and found.spf.result is Result.PASS:
        by = "spf"
    if isinstance(policy, Unanswered):
        return DMARC(
            Result.TEMPERROR, domain, None, bool(by), by, "the DNS does not say the policy"
        )
    if policy is None:
        return DMARC(Result.NONE, domain, None, bool(by), by)
    if by:
        return DMARC(Result.PASS, domain, policy.policy, aligned=True, by=by, reason=policy.note)
    waiting = [one.result for one in fitting]
    if spf_fits and found.spf is not None:
        waiting.append(found.spf.result)
    if Result.TEMPERROR in waiting:
        why = "the DNS does not answer for what is in alignment"
        return DMARC(Result.TEMPERROR, domain, policy.policy, reason=why)
    return DMARC(Result.FAIL, domain, policy.policy, reason=policy.note)


def worst(each: Sequence[DMARC]) -> DMARC:
    """The result that counts where From has several domains: the one that proves least."""
    return min(
        each,
        key=lambda one: (_SEVERITY.index(one.result), -POLICIES.index(one.policy or "none")),
    )
