"""An agent that writes a line for each letter into a file: the smallest there is."""

import json

from zope.interface import implementer

from mailtickets.interfaces import IAgent
from mailtickets.mail.octets import whole
from mailtickets.outcomes import Delivered


@implementer(IAgent)
class Notebook:
    """Appends to `path`, one JSON object a letter."""

    def __init__(self, path):
        self.path = path

    async def deliver(self, item):
        """Everything is delivered; a repeat after a crash would be a second line."""
        octets = await whole(item.letter.octets, 1024 * 1024)
        line = {
            "key": item.key,
            "from": str(item.letter.envelope.sender),
            "to": [str(recipient) for recipient in item.recipients],
            "letter": octets.decode("utf-8", "replace"),
        }
        self._note(json.dumps(line) + "\n")
        return dict.fromkeys(item.recipients, Delivered())

    def _note(self, line):
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)


def make(settings, needs):
    """`file` is relative to the state directory unless it is absolute."""
    return Notebook(needs.state / settings["file"])
