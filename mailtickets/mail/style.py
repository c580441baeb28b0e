"""How a queue's letters look: in whose name, in which language, in which dress."""

from __future__ import annotations

from attrs import frozen

from mailtickets.mail import clean
from mailtickets.mail.templates import Templates

AUTO = "auto"
AGENT, QUEUE = "agent", "queue"


@frozen
class Style:
    """How a queue's letters look.

    Without `templates` a letter is what the agent wrote, and nothing else. `language` is a tag of
    RFC 5646, or "auto": then it is the first that is known of the requester's and of the agent's
    words, else `fallback`. `from_name` is "agent", "queue", or the name itself; `name` is the
    queue's. `marked` adds the Message-ID to the text, for those who answer with a program that
    drops header fields. `quoted` is how many older letters are quoted.
    """

    templates: Templates | None = None
    language: str = AUTO
    fallback: str = "en"
    from_name: str = AGENT
    name: str = ""
    marked: bool = True
    quoted: int = 0

    def spoken(self, *candidates: str) -> str:
        """The language to write in, given what the reader may understand, the surest first.

        >>> Style().spoken("", "pt-BR"), Style(fallback="fr").spoken("ja")
        ('pt-BR', 'fr')
        """
        if self.language not in {"", AUTO}:
            return self.language
        known = (self.templates or Templates()).languages
        for one in candidates:
            if one.replace("_", "-").partition("-")[0].lower() in known:
                return one
        return self.fallback

    def author(self, agent: str) -> str:
        """The name before the ticket's address, for a letter that `agent` wrote.

        >>> Style(name="Support").author("Ana")
        'Ana (Support)'
        """
        if self.from_name == QUEUE:
            return self.name
        if self.from_name != AGENT:
            return self.from_name
        agent = clean.name(agent)
        if not agent or not self.name:
            return agent or self.name
        return f"{agent} ({self.name})"


PLAIN = Style()
