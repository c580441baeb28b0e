"""Which parts of a letter hold what was written, and which are kept as attachments."""

from __future__ import annotations

import re

from attrs import define, field

from mailtickets.mail.charsets import declared_in, text_of
from mailtickets.mail.choosing import (
    beside,
    choices,
    loses,
    may_be_placeholder,
    may_be_poor,
    typed_below,
)
from mailtickets.mail.fields import Declared, declared
from mailtickets.mail.flowed import unflowed
from mailtickets.mail.markup import MAX_HTML, MAX_NODES, html_text, without_data
from mailtickets.mail.message import Mark
from mailtickets.mail.names import sent_name
from mailtickets.mail.structure import Node
from mailtickets.mail.transfer import text_octets, transferred

MAX_TEXT = 1024 * 1024
"""How many characters of text are shown; a longer text is kept whole as an attachment."""

MAX_TEXTS = 100

_MOST = 4 * MAX_TEXT  # octets of a part

_DISPOSITION = b"content-disposition"
# Other forms of a text that is there, or of a head that is read from the notice around it.
_OTHER_FORMS = frozenset(
    {"text/enriched", "text/richtext", "text/rfc822-headers", "text/watch-html", "text/x-amp-html"}
)
_RICH = frozenset({"text/enriched", "text/richtext"})
_WITH_FORMS = frozenset({"multipart/alternative", "multipart/related", "multipart/report"})
_HOLDERS = frozenset(
    {
        *("application/ms-tnef", "application/vnd.ms-tnef", "application/pkcs7-mime"),
        *("application/x-pkcs7-mime", "application/rtf", "text/rtf", "text/calendar"),
        *("message/rfc822", "message/delivery-status", "message/disposition-notification"),
    }
)
_FILES = frozenset({"text/csv", "text/directory", "text/vcard", "text/x-vcard", "text/xml"})
_SMALL = 4096
_BETWEEN = b"\n\f\n"  # what stands around parts is decoded together, and told apart again
_RULED = re.compile(rb"\s*(?:[_=*-]{10,}|-- ?\r?\n)")  # with what programs' footers begin
_LONE_CR = re.compile(rb"\r(?!\n)")
_WORD = re.compile(r"\w+")
# Delimiters and fields that stand where nobody looks for them.
_NO_WORDS = re.compile(r"^(?:--\S+|content-[a-z-]{1,40}:.*)[ \t]*$", re.IGNORECASE | re.MULTILINE)


@define
class Texts:
    """What was found: the text and its marks, the HTML, and the parts that are attachments.

    `first` is how many characters of `text` the first text part gave, `charset` what the texts say
    they are written in. `begins` is whether a file may stand in the lines of one of them, `cut`
    whether HTML is not in the text for its length.
    """

    text: str = ""
    first: int = 0
    begins: bool = False
    cut: bool = False
    html: str | None = None
    charset: str = ""
    marks: tuple[Mark, ...] = ()
    attachments: list[Node] = field(factory=list)
    parts: list[Node] = field(factory=list)  # those that gave the text
    remarks: list[str] = field(factory=list)


@define
class _Found:
    """The leaves of a letter, sorted into what may be its body and what may not."""

    plain: list[Node] = field(factory=list)
    html: list[Node] = field(factory=list)
    attached: list[Node] = field(factory=list)
    order: list[Node] = field(factory=list)


def texts_of(root: Node) -> Texts:
    """The body of the letter with these parts. Never raises."""
    found = _sorted(root)
    texts = Texts(attachments=found.attached)
    labels = [node.type.word("charset") for node in found.plain + found.html]
    texts.charset = next((label for label in labels if label), "")
    texts.parts = found.plain[:MAX_TEXTS]
    plain = [(node, _plain_text(node)) for node in found.plain[:MAX_TEXTS]]
    texts.begins = any("begin" in text or node.partial for node, text in plain)
    html = [_decoded(node) for node in found.html[:MAX_TEXTS]]
    written = [(node, text) for node, text in plain if text.strip()]
    if html:
        texts.html = "\n".join(html)
    poor = bool(html and written) and may_be_poor(*written[0], found.html[0], html[0])
    below = bool(html and written) and typed_below(*written[0], found.html[0], html[0])
    if html and (not written or poor or below or may_be_placeholder(written[0][1])):
        shown, marks = html_text(html[0])
        if not written or below or loses(written[0][1], shown, poor=poor):
            texts.text, texts.marks, texts.first = shown, marks, len(shown)
            written = [(node, text) for node, text in written if not beside(node, found.html[0])]
            _append(texts, [text for _, text in written])
            _append(texts, _shown(texts, html[1:]))
            return _bounded(texts, found)
    if written:
        texts.text = written[0][1]
        texts.first = len(texts.text)
        _append(texts, [text for _, text in written[1:]])
        _append(texts, _unpaired(texts, found, html))
    return _bounded(texts, found)


def _sorted(root: Node) -> _Found:  # noqa: C901, PLR0912 - one walk, a case a kind
    found = _Found()
    named: list[Node] = []
    texts: list[Node] = []  # said to be attachments
    forms: list[Node] = []  # other forms of a text that is there
    leaves = list(root.leaves())
    for node in leaves:
        kind = node.type.value
        if node.late:  # no program shows it, and a signature does not count it in: it is a file
            if not any(_is_copy(node, one) for one in leaves):
                found.attached.append(node)
            continue
        disposition = declared(node.fields.raw(_DISPOSITION))
        if node.overflow and not node.too_deep and kind.startswith("multipart/"):
            kind = "text/plain"  # nobody can tell where its parts begin: shown as it stands
        if kind not in {"text/plain", "text/html"}:
            if _dropped(node, disposition):
                forms.append(node)
            elif node is root and _is_a_text(kind):  # RFC 2046 section 4.1.4
                (found.html if kind.endswith("xml") else found.plain).append(node)
            else:
                found.attached.append(node)
            continue
        if disposition.value == "attachment":
            found.attached.append(node)
            texts.append(node)
        elif sent_name(node, disposition):
            named.append(node)
            found.attached.append(node)
        elif kind == "text/html":
            found.html.append(node)
        else:
            found.plain.append(node)
    if len(texts) == 1 and not (found.plain or found.html or named) and not _elsewhere(found):
        named = texts  # some programs say so of the letter itself
    if named and not found.html and (not found.plain or _only_below(root, named[0], found.plain)):
        first = named[0]  # shown, and kept under its name as well
        (found.html if first.type.value == "text/html" else found.plain).insert(0, first)
    if not (found.plain or found.html or named):  # of none: shown as it stands
        found.plain += forms or [one for one in found.attached if _is_rich(one)][:1]
        found.attached = [one for one in found.attached if one not in found.plain]
    return found


def _is_copy(node: Node, other: Node) -> bool:
    """Whether a late part is one again that stands in its place: some write all parts twice."""
    if other.late or node.partial or other.partial:  # of a part that is not whole nobody can tell
        return False
    return (node.type.value, node.body) == (other.type.value, other.body)


def _is_rich(node: Node) -> bool:
    """Whether it is a text with marks in it that are easily overlooked."""
    return node.type.value in _RICH and not sent_name(node, declared(node.fields.raw(_DISPOSITION)))


def _is_a_text(kind: str) -> bool:
    """Whether a letter of this kind says something itself, though nobody knows how it is meant."""
    if kind == "application/xhtml+xml":
        return True
    return kind.startswith("text/") and kind not in _HOLDERS | _FILES


def _elsewhere(found: _Found) -> bool:
    """Whether the words may lie within a part that is no text."""
    return any(node.type.value in _HOLDERS for node in found.attached)


def _only_below(root: Node, named: Node, plain: list[Node]) -> bool:
    """Whether a named text begins the letter and a list or a scanner put the others below it.

    Whoever attaches a text before he writes draws no ruling above his words.
    """
    if next(root.leaves()) is not named or named.type.value != "text/plain" or len(plain) > 3:
        return False
    return all(
        len(node.body) <= _SMALL and _RULED.match(octets_of(node)) is not None for node in plain
    )


def _dropped(node: Node, disposition: Declared) -> bool:
    """Whether an unnamed part is only another form of the text: enriched, AMP, a watch's.

    It stands among the alternatives then, or the head of a letter in the report on it.
    """
    kind = node.type.value
    if kind not in _OTHER_FORMS or disposition.value == "attachment":
        return False
    if node.parent is not None and node.parent.type.value not in _WITH_FORMS:
        return False
    return not sent_name(node, disposition)


def octets_of(node: Node) -> bytes:
    """A kept part's octets, decoded."""
    return transferred(node.body, node.encoding)


def _decoded(node: Node) -> str:
    body = node.body
    if b"\r" in body and node.encoding != "base64" and not _LONE_CR.search(body):
        body = body.replace(b"\r", b"")  # now, while they are octets, it costs the least
    charset = node.type.word("charset")
    octets = text_octets(body, node.encoding, charset)
    html = node.type.value == "text/html"
    if len(octets) > _MOST:
        octets = (without_data(octets) if html else octets)[:_MOST]
    if html and (not charset or charset == "us-ascii"):
        charset = declared_in(octets) or charset
    text = text_of(octets, charset, html=html).removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            text = text.replace("\r", "\n")
    return text


def words_outside(root: Node) -> str:
    """What stands around the parts of a letter in which nothing else is said. Never raises.

    Nobody should write there, and a program says there that the letter has parts (RFC 2046 section
    5.1.1).
    """
    around = []
    for node in root.all():
        if node.children:
            around += [node.body, node.epilogue.body if node.epilogue is not None else b""]
    text = text_of(_BETWEEN.join(one.strip() for one in around)[:_MOST])
    text = _NO_WORDS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    said = [one.strip() for one in text.split(_BETWEEN.decode())]
    said = [one for one in said if _WORD.search(one) and not may_be_placeholder(one)]
    return "\n\n".join(said)[:MAX_TEXT]


def _plain_text(node: Node) -> str:
    text = _decoded(node)
    if node.type.word("format") == "flowed":
        text = unflowed(text, delete_space=node.type.word("delsp") == "yes")
    return text.strip("\n")


def _unpaired(texts: Texts, found: _Found, html: list[str]) -> list[str]:
    """The texts of the HTML parts that no text part is the alternative of."""
    paired = set().union(*map(choices, found.plain))
    return _shown(
        texts,
        [
            source
            for node, source in zip(found.html, html, strict=False)
            if paired.isdisjoint(choices(node))
        ],
    )


def _shown(texts: Texts, html: list[str]) -> list[str]:
    """The texts of several HTML parts, of as much as is shown of one."""
    left, tags = MAX_HTML, MAX_NODES
    shown = []
    for source in html:
        if left > 0 and tags > 0:
            shown.append(html_text(source[:left])[0])
        texts.cut = texts.cut or left < len(source) or tags <= 0
        left -= len(source)
        tags -= source.count("<")
    return shown


def _append(texts: Texts, more: list[str]) -> None:
    for text in more:
        if text.strip():
            texts.text = f"{texts.text.rstrip()}\n\n{text.strip()}" if texts.text else text


def _bounded(texts: Texts, found: _Found) -> Texts:
    """Cut what is too long to be shown, and attach whole whatever was cut or not looked at."""
    whole = found.plain[MAX_TEXTS:] + found.html[MAX_TEXTS:]
    if len(texts.text) > MAX_TEXT or any(node.partial for node in found.plain):
        whole += found.plain[:MAX_TEXTS] or found.html[:MAX_TEXTS]
        texts.text = texts.text[:MAX_TEXT]
        texts.first = min(texts.first, MAX_TEXT)
    html = texts.html or ""
    if (
        len(html) > MAX_HTML
        or texts.cut
        or any(node.partial or len(node.body) > _MOST for node in found.html[:MAX_TEXTS])
    ):
        whole += [node for node in found.html[:MAX_TEXTS] if node not in whole]
        texts.html = without_data(html)[:MAX_HTML] if len(html) > MAX_HTML else html
    if whole:
        texts.remarks.append("The text is longer than is shown; it is attached whole.")
        texts.attachments = whole + texts.attachments
    return texts
