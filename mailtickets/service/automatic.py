"""The settings of automatic mail, `[automatic]`, and what is made of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from attrs import evolve, field, fields, frozen
from twisted.logger import Logger

from mailtickets.auth.dmarc import Suffixes
from mailtickets.buckets import Allotment, Allotments
from mailtickets.db.database import Database
from mailtickets.errors import SettingsError
from mailtickets.flow.acknowledging import Acknowledging
from mailtickets.flow.automatic import Automatic
from mailtickets.flow.bounce import Bounces
from mailtickets.flow.reader import Reader
from mailtickets.interfaces import ILedger, IMeter
from mailtickets.mail.style import PLAIN, Style
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.keyring import KeyRing
from mailtickets.routing.loops import OwnMail, Refused
from mailtickets.routing.machines import NEVER_OPEN, Machines, Means
from mailtickets.service.keys import Keys
from mailtickets.service.toml import Table
from mailtickets.store.allowance import Allowance

_BUCKETS = ("ticket", "address", "domain", "total")
_KINDS = tuple(one.name for one in fields(Machines))
KEYS = frozenset(
    [
        *(f"{name}_{part}" for name in _BUCKETS for part in ("burst", "hourly")),
        *_KINDS,
        "separators",
        "own_addresses",
        "unserved",
    ]
)
MOST = 1_000_000
Word = TypeVar("Word", bound=StrEnum)


class Unserved(StrEnum):
    """What becomes of an answer that no letter can be made of."""

    NOTE = "note"
    """Its ticket says so, once, in an internal comment."""
    LOG = "log"


@frozen
class AutomaticSettings:
    """`[automatic]`: how much goes out, what becomes of machines' letters, and who is not us."""

    allotments: Allotments = field(factory=Allotments)
    machines: Machines = field(factory=Machines)
    own_addresses: Refused = Refused.ADDRESSES
    unserved: Unserved = Unserved.NOTE


def automatic_settings(table: Table) -> AutomaticSettings:
    """What `[automatic]` says. Raises SettingsError."""
    table.only(KEYS)
    standard = Allotments()
    buckets: dict[str, Any] = {
        name: _allotment(table, name, getattr(standard, name)) for name in _BUCKETS
    }
    kinds = {name: _means(table, name) for name in _KINDS}
    return AutomaticSettings(
        allotments=evolve(standard, separators=_separators(table), **buckets),
        machines=Machines(**kinds),
        own_addresses=_word(table, "own_addresses", Refused, Refused.ADDRESSES),
        unserved=_word(table, "unserved", Unserved, Unserved.NOTE),
    )


def _allotment(table: Table, name: str, standard: Allotment) -> Allotment:
    burst = table.number(f"{name}_burst", standard.burst)
    hourly = table.number(f"{name}_hourly", standard.hourly)
    if not 1 <= burst <= MOST or burst != int(burst):
        raise SettingsError(table.where(f"{name}_burst"), f"a whole number from 1 to {MOST}")
    if not 0.01 <= hourly <= MOST:
        raise SettingsError(table.where(f"{name}_hourly"), f"a number from 0.01 to {MOST}")
    return Allotment(int(burst), hourly)


def _separators(table: Table) -> str:
    text = table.text("separators", Allotments().separators)
    if len(text) > 8 or not all(one in "+-.=_#" for one in text):
        raise SettingsError(table.where("separators"), "some of the characters + - . = _ #")
    return text


def _means(table: Table, kind: str) -> Means:
    means: Means = _word(table, kind, Means, getattr(Machines(), kind))
    if means is Means.OPEN and kind in NEVER_OPEN:
        raise SettingsError(table.where(kind), "say comment or discard: it opens no ticket")
    return means


def _word(table: Table, key: str, kind: type[Word], standard: Word) -> Word:
    text = table.text(key, standard.value)
    try:
        return kind(text)
    except ValueError:
        words = " or ".join(one.value for one in kind)
        raise SettingsError(table.where(key), f"say {words}") from None


def own_mail(settings: AutomaticSettings, book: AddressBook, keys: KeyRing | Keys) -> OwnMail:
    """What knows our own letters again."""
    return OwnMail(
        book,
        keys.secrets("loop mark"),
        settings.own_addresses,
        wrote=lambda message_id: book.ticket_named(message_id) is not None,
    )


@frozen
class OwnLetters:
    """Who writes letters by themselves, and who knows them again."""

    own: OwnMail
    bounces: Bounces
    acknowledging: Acknowledging


def own_letters(
    settings: AutomaticSettings,
    *,
    database: Database,
    book: AddressBook,
    ledger: ILedger,
    reader: Reader,
    keys: KeyRing | Keys,
    meter: IMeter,
    hostname: str,
    hold: bool,
    styles: Mapping[str, Style],
    log: Logger,
) -> OwnLetters:
    """All of them, drawing from the buckets in `database`."""
    own = own_mail(settings, book, keys)
    allotments = evolve(settings.allotments, organisation=Suffixes().organization)
    automatic = Automatic(
        allowance=Allowance(database, allotments),
        own=own,
        meter=meter,
        log=log,
        now=time.time,
        hold=hold,
    )
    return OwnLetters(
        own,
        Bounces(book=book, hostname=hostname, automatic=automatic, reader=reader),
        Acknowledging(
            automatic=automatic,
            book=book,
            ledger=ledger,
            reader=reader,
            log=log,
            style_of=lambda queue: styles.get(queue.name, PLAIN),
        ),
    )
