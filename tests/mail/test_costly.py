"""HTML that a parser would take for ever to parse, and HTML that only looks like it."""

from __future__ import annotations

import pytest

from mailtickets.mail.costly import costly

ORDINARY = {
    "fonts in cells": "<table>"
    + "<tr><td><font size=2>a</td><td><b>b</td></tr>" * 1000
    + "</table>",
    "cells without an end": "<table>" + "<tr><th><font size=2>a<td><span>b" * 1000 + "</table>",
    "spans in paragraphs": "<p><span>x</p>" * 1000,
    "spans in items": "<ul>" + "<li><span>x</li>" * 1000 + "</ul>",
    "items without an end": "<ul>" + "<li>x y z" * 2000 + "</ul>",
    "lists in lists": "<dl><dt>a<dd>b<ul><li>c<li>d</ul></dl>" * 400,
    "Word's paragraphs": "<p>x<o:p></p>" * 1000,
    "links without an end": "<a href=x>y" * 2000,
    "fonts without an end": "<font color=red>x<br>" * 300 + "<p>x</p>" * 1000,
    "tables in tables": ("<table><tr><td>" * 10 + "x" + "</td></tr></table>" * 10) * 50,
    "comments for Outlook": (
        "<!--[if mso]><table><tr><td><![endif]--><div>x</div>"
        "<!--[if mso]></td></tr></table><![endif]-->"
    )
    * 500,
    "forms in rows": "<table><tr><form><td>x</td></form></tr></table>" * 400,
    "a picture written in it": '<img src="data:image/png;base64,' + "A" * 20_000 + '">',
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_html_is_parsed_however_long_it_is(name: str) -> None:
    """What programs and people leave open is no reason to show a letter as bare text."""
    assert len(ORDINARY[name]) > 12_000
    assert not costly(ORDINARY[name])


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 3000,
        "<div></x>" * 2000,
        "<span><div></span>" * 1000,
        "<table>" + "x<br>" * 4000,
        "<select>" + "<option>x</option>" * 3000,
        "".join(f"<b id={each}>" for each in range(300)) + "<p>x" * 3000,
        "<p " + "a " * 7000 + ">",
        "<li><table><tr><td>" + "<div>" * 390 + "<li></li>" * 5000,
        "<b><table><tr><td>" + "<div>" * 390 + "</b>" * 5000,
    ],
)
def test_html_that_costs_too_much_is_known_before(html: str) -> None:
    """Nesting, tables without cells, bold text that is open for ever, options, attributes."""
    assert costly(html)
