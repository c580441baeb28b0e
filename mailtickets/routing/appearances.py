"""What in a letter's head deceives: names that pretend, letters that look like others, text turned.

Nothing is hidden and nothing is mended: it is shown as what it is, in a sentence for the agents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

import idna

from mailtickets.mail.mailbox import fold_domain
from mailtickets.mail.message import Message
from mailtickets.routing.proofs import folded
from mailtickets.tickets.values import Person

MOST = 10
_SHOWN = 120
_LABELS = 20
_LOOKED_AT = 500  # characters of a name: a run of marks is sorted by pairs
_ADDRESS = re.compile(r"(?<![^\s<>()\",;:@])[^\s<>()\",;:@]++@[^\s<>()\",;:@]+\.?[^\s<>()\",;:@]*")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\ufeff]"
)
_DOUBLES = re.compile("[\u0400-\u04ff\u0370-\u03ff\u0530-\u058f\u13a0-\u13ff]")  # look like Latin


def visible(text: str) -> str:
    """`text` with what cannot be seen written out, so that it cannot turn what follows round.

    >>> visible("gnp" + chr(0x202e) + "exe")
    'gnp[U+202E]exe'
    """
    shown = _UNSEEN.sub(_named, unturned(text))
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "..."


def unturned(text: str) -> str:
    """`text` with the signs that turn the direction of writing written out."""
    return _TURNING.sub(_named, text)


def _named(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def scripts(text: str) -> frozenset[str]:
    """The scripts that the letters of `text` are of, by their names in Unicode.

    >>> sorted(scripts("p" + chr(0x430) + "ypal"))
    ['CYRILLIC', 'LATIN']
    """
    return frozenset(
        unicodedata.name(sign, "?").split()[0] for sign in text[:500] if sign.isalpha()
    )


def mixed(word: str) -> bool:
    """Whether a word mixes Latin letters with letters of others that look like them."""
    found = scripts(word)
    return "LATIN" in found and _DOUBLES.search(word) is not None and len(found) > 1


def warnings(message: Message, author: Person, is_ours: Callable[[str], bool]) -> tuple[str, ...]:
    """What the agents should know of a letter's head, a sentence each.

    `is_ours` tells of an address whether it is an agent's or of a domain that is served here.
    """
    found = [*_listed(message), *_name(author, is_ours), *_address(author.address)]
    for what, text in (("the name", author.name), ("the subject", message.subject)):
        found += _signs(what, text)
    for one in message.attachments:
        found += _signs("a file's name", one.name)
    return tuple(dict.fromkeys(found))[:MOST]


def _listed(message: Message) -> Iterable[str]:
    if message.written_by is not None:
        yield (
            f"It came by the list {visible(message.author.address)}, which says who wrote it; "
            "nothing proves it."
        )


def _name(author: Person, is_ours: Callable[[str], bool]) -> Iterable[str]:
    named = _ADDRESS.search(
        unicodedata.normalize("NFKC", _UNSEEN.sub("", author.name[:_LOOKED_AT]))
    )
    if named is not None and folded(named[0]) != folded(author.address):
        whose = ", which is ours" if is_ours(named[0]) else ""
        yield (
            f"The name says {visible(named[0])}{whose}, but the letter is from "
            f"{visible(author.address) or 'nobody'}."
        )


def _address(address: str) -> Iterable[str]:
    local, _, domain = address.rpartition("@")
    plain = fold_domain(domain)
    if plain != domain.lower().removesuffix("."):
        kinds = ", ".join(sorted(one.capitalize() for one in scripts(domain)))
        odd = " It mixes scripts, as an imitation does." if _odd(domain) else ""
        yield f"The domain {visible(domain)} is written with {kinds}; in ASCII it is {plain}.{odd}"
    elif _odd(meant := _unicode(plain)):
        yield (
            f"The domain {plain} reads {visible(meant)} where it is not shown in ASCII. It mixes "
            "scripts, as an imitation does."
        )
    if not local.isascii() and mixed(local):
        yield f"The address {visible(address)} mixes scripts, as an imitation does."
    if _TURNING.search(address) or _UNSEEN.search(address):
        yield f"The address holds signs that are not seen: {visible(address)}."


def _unicode(domain: str) -> str:
    """A domain as programs show it that decode it; nothing where no label is encoded."""
    labels = domain.lower().split(".")[:_LABELS]
    if not any(one.startswith("xn--") for one in labels):
        return ""
    return ".".join(_decoded(one) for one in labels)


def _decoded(label: str) -> str:
    try:
        return idna.ulabel(label)
    except UnicodeError:  # idna's own errors are its children
        return label


def _odd(domain: str) -> bool:
    return any(mixed(label) or _one_kind_of_double(label) for label in domain.split("."))


def _one_kind_of_double(label: str) -> bool:
    """A label all of whose letters are of another script and look like Latin ones."""
    letters = [sign for sign in label if sign.isalpha()]
    return bool(letters) and all(sign in _CYRILLIC_DOUBLES for sign in letters)


_CYRILLIC_DOUBLES = frozenset("аеорсухіјѕԁһӏвкмнтгьп")


def _signs(what: str, text: str) -> Iterable[str]:
    if _TURNING.search(text):
        yield f"Signs in {what} turn the direction of writing: {visible(text)}"
    elif _UNSEEN.search(text.replace("\u200d", "").replace("\u200c", "")):
        yield f"Signs in {what} are not seen: {visible(text)}"
    if any(mixed(word) for word in text.split()[:100]):
        yield f"Words in {what} mix scripts, as imitations do: {visible(text)}"
