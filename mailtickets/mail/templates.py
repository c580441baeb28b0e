"""The templates of our letters (Jinja2): a text, and what goes with it, for people to change.

A template is found by name and language: `answer.pt-BR.txt` before `answer.pt.txt` before
`answer.txt`, the queue's own before ours. It sees `text`, `html`, `ticket`, `subject`, `agent`,
`requester`, `mark`, `history`, `unsubscribe` and `say`, the sentences of the language. Templates
run in Jinja2's sandbox, and what ends in .html escapes every value but the agent's own HTML, which
has been sanitised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import jinja2
from attrs import field, frozen
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailtickets.errors import SettingsError, Temporary
from mailtickets.mail.agents import paragraphs
from mailtickets.mail.phrases import LANGUAGES, phrases

# No "-- " before the foot: programs that quote drop what stands below it, and so the mark.
_FOOT = """
{{ say.ticket.format(ticket=ticket) }}
{%- if unsubscribe %}
{{ say.unsubscribe }}: {{ unsubscribe }}
{%- endif %}
"""
_MARK = """
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
<html lang="{{ say.language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ subject }}</title></head>
<body style="margin:0;padding:16px;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;\
font-size:15px;line-height:1.5">
<div dir="auto">{{ html }}</div>
<p style="margin:24px 0 0;padding:8px 0 0;border-top:1px solid #ccc;color:#666;font-size:13px">
{{- say.ticket.format(ticket=ticket) }}
{%- if unsubscribe %}<br><a href="{{ unsubscribe }}" style="color:#666">{{ say.unsubscribe }}</a>
{%- endif %}</p>
{%- if mark %}
<div style="display:none;mso-hide:all;max-height:0;overflow:hidden" aria-hidden="true">\
[{{ mark }}]</div>
{%- endif %}
{%- for each in history %}
<p dir="auto" style="margin:24px 0 4px;color:#666;font-size:13px">
{{- say.wrote.format(name=each.name, date=each.date) }}</p>
<blockquote type="cite" dir="auto" style="margin:0;padding:0 0 0 12px;border-left:2px solid #ccc;\
color:#555">{{ each.text | paragraphs }}</blockquote>
{%- endfor %}
</body></html>
"""

OURS: Mapping[str, str] = {
    "answer.txt": "{{ text }}\n" + _FOOT.rstrip() + _MARK + _QUOTED,
    "answer.html": _HTML,
    "opened.txt": "{{ say.opened.format(ticket=ticket) }}\n" + _MARK,
}
LETTERS = ("answer", "opened")
"""The letters that have templates. Of the latter's values there are `ticket`, `requester`, `mark`:
it repeats nothing that somebody else may have written."""
LIMIT = 2_000_000
"""A longer letter is not written: a template went wrong."""
_TAG = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}"  # RFC 5646, as far as files need it
NAME = re.compile(
    rf"(?:{'|'.join(LETTERS)})(?:\.(?P<language>{_TAG}))?\.(?:txt|html)|_[\w-]+\.(?:txt|html)"
)
"""What a template's file is called. One that begins with _ is for others to include."""


@frozen
class Entry:
    """An older letter, to be quoted. `date` is for people."""

    name: str
    date: str
    text: str


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def _environment(sources: Mapping[str, str], where: str) -> jinja2.Environment:
    found = dict(OURS) | dict(sources)

    def load(name: str) -> tuple[str, str, None] | None:
        # With a file's name, what goes wrong in a template can be told by file and line.
        return (found[name], f"{where}/{name}", None) if name in found else None

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(load),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {"quoted": _quoted, "paragraphs": paragraphs}
    return environment


@frozen
class Templates:
    """A queue's templates: `sources` has their texts by file name, ours stand behind them.

    `where` is their directory, for whoever has to mend one.
    """

    sources: Mapping[str, str] = field(factory=dict, eq=False)
    where: str = "template"
    languages: frozenset[str] = field(init=False, eq=False)
    _environment: jinja2.Environment = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_environment", _environment(self.sources, self.where))
        named = (NAME.fullmatch(name) for name in self.sources)
        own = {
            one["language"].partition("-")[0].lower() for one in named if one and one["language"]
        }
        object.__setattr__(self, "languages", frozenset(own | LANGUAGES.keys()))

    def check(self) -> None:
        """Try every template once. Raises SettingsError that names the broken one and its line."""
        for name in self.sources:
            for values in samples(name):
                found = NAME.fullmatch(name)
                language = (found and found["language"]) or "en"
                try:
                    template = self._environment.get_template(name)
                    if name[0] != "_":  # what is included has been given what it needs
                        template.render(say=phrases(language), **values)
                except Exception as why:
                    line = self._line(why)
                    place = f"{self.where}/{name}"
                    told = f"{place}, line {line}" if line else place
                    raise SettingsError(told, " ".join(str(why).split())[:200]) from why

    def _line(self, why: BaseException) -> int | None:
        """The line of a template at which something went wrong."""
        if isinstance(why, jinja2.TemplateSyntaxError):
            return why.lineno
        trace: TracebackType | None = why.__traceback__
        line = None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.startswith(f"{self.where}/"):
                line = trace.tb_lineno
            trace = trace.tb_next
        return line

    def render(self, name: str, kind: str, language: str, values: Mapping[str, Any]) -> str:
        """A template's text. Raises Temporary 3.5 when it is broken: somebody has to mend it."""
        say, wanted = phrases(language), []
        tag = language.replace("_", "-")
        while tag:
            wanted.append(f"{name}.{tag}.{kind}")
            tag = tag.rpartition("-")[0]
        wanted.append(f"{name}.{kind}")
        try:
            made = self._environment.select_template(wanted).render(say=say, **values)
        except Exception as why:  # whatever a template does
            raise Temporary("3.5", f"The template {wanted[-1]} is broken", loud=True) from why
        if len(made) > LIMIT:
            raise Temporary("3.5", f"The template {wanted[-1]} writes without end", loud=True)
        return made


def samples(name: str) -> list[dict[str, Any]]:
    """Values such as the template of this name is given, for trying it."""
    opened = {"ticket": "SUPPORT-1", "requester": "Nic", "mark": "SUPPORT-1.abc@example.org"}
    if name.partition(".")[0] == "opened":
        return [opened, opened | {"mark": None}]
    answer = opened | {
        "text": "Hello",
        "html": Markup("<p>Hello</p>"),
        "subject": "RE: Hello",
        "agent": "Ann",
        "unsubscribe": "https://example.org/unsubscribe/abc",
        "history": [Entry("Nic", "2026-01-01 12:00", "Hi")],
    }
    return [answer, answer | {"mark": None, "history": [], "unsubscribe": "", "agent": ""}]
