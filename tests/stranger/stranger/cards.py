"""A desk that keeps its tickets in a JSON file: a ticketing system, if a modest one."""

import json

from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.interfaces import IDesk, ILooksUp
from mailtickets.tickets.intents import OpenTicket
from mailtickets.tickets.values import Person, Receipt, Ticket


@implementer(IDesk, ILooksUp)
class CardIndex:
    """A card a ticket, numbered from 1; what a key brought is kept beside it."""

    def __init__(self, path):
        self.path = path

    def _cards(self):
        if self.path.exists():
            return json.loads(self.path.read_text("utf-8"))
        return {"tickets": [], "answered": {}}

    async def submit(self, intent, key):
        """Once per key: the second time gives the first receipt."""
        cards = self._cards()
        if key not in cards["answered"]:
            if isinstance(intent, OpenTicket):
                number = len(cards["tickets"]) + 1
                cards["tickets"].append(
                    {
                        "subject": intent.subject,
                        "requester": [intent.requester.name, intent.requester.address],
                        "texts": [intent.text],
                    }
                )
            else:
                number = int(intent.ticket)
                if not 1 <= number <= len(cards["tickets"]):
                    raise Permanent("1.1", "There is no such card")
                cards["tickets"][number - 1]["texts"].append(intent.text)
            cards["answered"][key] = str(number)
            beside = self.path.with_suffix(".new")
            beside.write_text(json.dumps(cards), "utf-8")
            beside.replace(self.path)
        return Receipt(cards["answered"][key])

    async def find(self, key):
        """The card of this number."""
        tickets = self._cards()["tickets"]
        if not key.isdecimal() or not 1 <= int(key) <= len(tickets):
            return None
        card = tickets[int(key) - 1]
        return Ticket(key, card["subject"], Person(*card["requester"]))


def make(settings, needs):
    """`file` is relative to the state directory unless it is absolute."""
    return CardIndex(needs.state / settings["file"])
