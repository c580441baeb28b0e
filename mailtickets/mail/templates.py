"""The templates of our letters (Jinja2): a text, and what goes with it, for people to change.

A template is found by name and language: `answer.de.txt` before `answer.txt`, the queue's own
before ours. It sees `text`, `html`, `ticket`, `subject`, `agent`, `requester`, `mark`, `history`
and `say`, the sentences of the language. Templates run in Jinja2's sandbox, and what ends in
.html escapes every value but the agent's own HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2
from attrs import field, frozen
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailtickets.errors import SettingsError, Temporary
from mailtickets.mail.phrases import ENGLISH, Phrases

_FOOT = """
--{{ " " }}
{{ say.ticket.format(ticket=ticket) }}
{%- if mark %}
[{{ mark }}]
{%- endif %}
"""
_QUOTED = """
{%- for each in history %}

{{ say.wrote.format(name=each.name, date=each.date) }}
{{ each.text | quoted }}
{%- endfor %}
"""
_HTML = """<!DOCTYPE html>
<html lang="{{ say.language }}"><body>
<div>{{ html }}</div>
<p style="color:#666;font-size:smaller">{{ say.ticket.format(ticket=ticket) }}</p>
{%- if mark %}
<div style="display:none;max-height:0;overflow:hidden" aria-hidden="true">[{{ mark }}]</div>
{%- endif %}
{%- for each in history %}
<p>{{ say.wrote.format(name=each.name, date=each.date) }}</p>
<blockquote type="cite">{{ each.text | broken }}</blockquote>
{%- endfor %}
</body></html>
"""

OURS: Mapping[str, str] = {
    "answer.txt": "{{ text }}\n" + _FOOT + _QUOTED,
    "answer.html": _HTML,
    "opened.txt": "{{ say.opened.format(ticket=ticket) }}\n" + _FOOT,
}
LIMIT = 2_000_000
"""A longer letter is not written: a template went wrong."""


@frozen
class Entry:
    """An older letter, to be quoted. `date` is for people."""

    name: str
    date: str
    text: str


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def _broken(text: str) -> Markup:
    return Markup("<br>\n").join(text.strip().split("\n"))


def _environment(sources: Mapping[str, str]) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.DictLoader(dict(OURS) | dict(sources)),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {"quoted": _quoted, "broken": _broken}
    return environment


@frozen
class Templates:
    """A queue's templates: `sources` has their texts by file name, ours stand behind them."""

    sources: Mapping[str, str] = field(factory=dict, eq=False)
    _environment: jinja2.Environment = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_environment", _environment(self.sources))

    def check(self) -> None:
        """Try every template once. Raises SettingsError that names the broken one."""
        values = sample()
        for name in self.sources:
            try:
                self._environment.get_template(name).render(say=ENGLISH, **values)
            except Exception as why:
                where = getattr(why, "lineno", None)
                line = f" (line {where})" if where else ""
                raise SettingsError(f"template {name}{line}", str(why)[:200]) from why

    def render(self, name: str, kind: str, say: Phrases, values: Mapping[str, Any]) -> str:
        """A template's text. Raises Temporary 3.5 when it is broken: somebody has to mend it."""
        wanted = [f"{name}.{say.language}.{kind}", f"{name}.{kind}"]
        try:
            made = self._environment.select_template(wanted).render(say=say, **values)
        except Exception as why:  # whatever a template does
            raise Temporary("3.5", f"The template {wanted[-1]} is broken", loud=True) from why
        if len(made) > LIMIT:
            raise Temporary("3.5", f"The template {wanted[-1]} writes without end", loud=True)
        return made


def sample() -> dict[str, Any]:
    """Values such as every template is given, for trying one."""
    return {
        "text": "Hello",
        "html": Markup("<p>Hello</p>"),
        "ticket": "SUPPORT-1",
        "subject": "RE: Hello",
        "agent": "Ann",
        "requester": "Nic",
        "mark": "SUPPORT-1.abc@support-ticket.com",
        "history": [Entry("Nic", "1 January 2026", "Hi")],
    }
