"""HTML that is read without a parser has the text that the parser finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailtickets.mail import gaps, markup
from mailtickets.mail.regular import regular

_WORDS = st.sampled_from(
    [
        "x",
        "a b ",
        " ",
        "\n",
        "&lt;",
        "&nbsp;",
        " y",
        "<br>",
        "<hr>",
        "<img src=x>",
        "a > b",
        "ä\u2028",
        "<div>&nbsp;</div>",
        "</b>",
        "<i>",
        "&am",
        "< b",
        '<table style="display:none">x<tr>y<td>z</td></tr></table>',
        "<pre><table><tr><td>a</td>;</tr></table></pre>",
        "<ol><li>x</li></ol>",
        "<table><tr><td><p>x</p></td><td><p>y</p></td><td>z</td></tr></table>",
        "<td><div>x</div></td>",
        "</td><td>",
        "<p>x</p></td>\n<td>",
        "<img ALT='&#128077;'>",
        '<span "title="style\talt>y</span>',
        "<img alt=\U0001f44d>",
        '<div title="><i ">x</i></div>',
        "<b title='>x</b>",
        "<i\xa0class=moz-signature>x</i>",
        "'",
        "<b ",
        '<i title="a<b">x</i>',
        '<i title="a>b">x</i>',
    ]
)
_OPENING = st.sampled_from(
    [
        *("p", "div", "span", "b", "a href='x'", "table><tr><td", "ul><li", "ol><li", "h1", "pre"),
        *(
            "td",
            "font",
            "center",
            'div class="gmail_quote"',
            'p style="display:none"',
            "blockquote",
        ),
        *("body", "html", "blockquote type=cite", "SPAN Class=gmail_attr", 'i title="a>b"', "form"),
    ]
)


def _element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def made(opening: str, content: list[str]) -> str:
        names = [one.split()[0] for one in opening.split("><")]
        return f"<{opening}>" + "".join(content) + "".join(f"</{name}>" for name in names[::-1])

    return st.builds(made, _OPENING, st.lists(inside, max_size=3))


PAGES = st.lists(st.recursive(_WORDS, _element, max_leaves=12), max_size=4).map("".join)
_LOOSE = st.one_of(_WORDS, _OPENING.map("<{}>".format), _OPENING.map("</{}>".format))


def _shown(found: tuple[list[str], list[tuple[int, int, markup.Said]]]) -> object:
    pieces, marked = found
    marks = sorted(map(repr, markup._marks(pieces, marked)))
    return "".join(pieces).rstrip(), marks


def _parsed(html: str) -> object:
    root = LexborHTMLParser(html).root
    walked = markup._written(root) if root is not None else None
    return _shown(walked or ([], []))


@given(st.one_of(PAGES, st.lists(_LOOSE, max_size=12).map("".join)), st.booleans())
def test_the_quick_way_finds_what_the_parser_finds(body: str, page: bool) -> None:
    """Text and marks are the same, wherever no parser is asked."""
    head = "<!DOCTYPE html>\n<html><head><title>t</title><style>p {}</style></head>\n<body>"
    html = f"{head}{body}</body></html>" if page else body
    found = regular(html)
    if found is not None:
        assert _shown(found) == _parsed(html)


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><meta charset=utf-8></head><body><p>a</p><!-- x --><div>b</div></body></html>",
        '<div dir="ltr">Hello<br></div><div class="gmail_quote"><blockquote>x</blockquote></div>',
        "<table><tbody>\n<tr><td>a</td><td>b</td></tr>\n</tbody></table><ul><li>c</li></ul>",
        "<p><b>a<i>b</b>c</i></p><a>d<a>e</a></a><div>&nbsp;</div>f",
        "<div>a<span>&nbsp;</span></div><div><font>&nbsp;</font></div><div>b</div>x&am&nbsp;",
    ],
)
def test_what_programs_write_needs_no_parser(html: str) -> None:
    """The quick way is taken where tags are closed in order."""
    found = regular(html)
    assert found is not None
    assert _shown(found) == _parsed(html)


@pytest.mark.parametrize(
    "html",
    [
        *("<p>a<p>b", "<table>x<tr><td>y</td></tr></table>", "<span class=gmail_signature>x"),
        *("<!-- x", "<!--> x -->", "<p><div>x</div></p>", "<script>x</script>", "a<b", "x\0y"),
        *(
            "<head>text</head>",
            '<i title="a>b">x</i>',
            "<div>",
            "</div>",
            "<li>x</li>",
            "<![CDATA[x]]>",
        ),
    ],
)
def test_what_needs_a_guess_is_left_to_the_parser(html: str) -> None:
    """The quick way does not guess."""
    assert regular(html) is None


def test_what_is_kept_in_mind_changes_nothing() -> None:
    """A page has the same text when its gaps are known, and when all are forgotten on the way."""
    pages = [
        "".join(f"<p id={page}-{each}>a<b>b</b><br>\n<i>&nbsp;</i></p>c " for each in range(150))
        for page in range(40)
    ]
    first = [regular(page) for page in pages]
    begun = gaps._atlas
    assert [regular(page) for page in pages] == first
    assert gaps._atlas is not begun  # there were more gaps than are kept
    for page, found in zip(pages[:3], first, strict=False):
        assert found is not None
        assert _shown(found) == _parsed(page)


def test_what_is_kept_in_mind_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends ever new tags, or nests ever other elements, fills no memory."""
    for page in range(30):
        regular("".join(f"<b id={page}-{each}>x</b>" for each in range(200)))
    atlas = gaps._atlas
    kept = sum(len(one.steps) + len(one.beyond) for one in atlas._states.values())
    assert kept <= gaps._KEPT + 2 * 200
    assert len(atlas._states) <= gaps._KEPT + 2 * 200
    opened = gaps.Atlas()
    monkeypatch.setattr(gaps, "_atlas", opened)
    for page in range(gaps._KEPT // 300):
        names = [("div", "section")[page >> each % 8 & 1] for each in range(390)]
        regular("".join(f"<{name}>" for name in names))
    regular("<p>x</p>")
    assert gaps._atlas is not opened
