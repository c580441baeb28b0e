"""Files in a letter: their names, and those that lie within others."""

from __future__ import annotations

import base64
import struct

import pytest
import pytest_twisted

from mailtickets.mail.inside import files_in
from mailtickets.mail.message import read, read_stream
from mailtickets.mail.names import safe
from mailtickets.mail.octets import InMemory, Octets
from mailtickets.mail.opaque import signed_content
from mailtickets.mail.richtext import decompressed, rich_text
from mailtickets.mail.tnef import Attributes, Stretch
from tests.mail import hostile


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\nic\\a.txt", "a.txt"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("exe.\u202egpj", "exe.gpj"),
        (".htaccess", "htaccess"),
        ("con.txt", "_con.txt"),
        ("com¹.txt", "_com¹.txt"),
        ("C:evil", "evil"),
        ("C:D:evil", "evil"),
        ("x" * 199 + " " + "y" * 300, "x" * 199),
        ("Report 10:30.pdf", "Report 10:30.pdf"),
        (". .x", "x"),
        ("a.pdf. ", "a.pdf"),
        ("文" * 150 + ".pdf", "文" * 78 + ".pdf"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
        ("a\u0308.txt", "ä.txt"),
    ],
)
def test_a_name_is_made_safe(sent: str, shown: str) -> None:
    """A file's name has no path, no control and no direction character, and an end."""
    assert safe(sent) == shown


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("filename*=utf-8''a%20%C3%A4.txt", "a ä.txt"),
        ("filename*0*=utf-8''a%20; filename*1=b.txt", "a b.txt"),
        ('filename="=?utf-8?q?=C3=A4?=.txt"', "ä.txt"),
        ("filename=my file.txt", "my file.txt"),
        ('filename="unfinished.txt', "unfinished.txt"),
        ('filename="a\\"b.txt"', 'a"b.txt'),
        ("filename=", "part-1.bin"),
        ('filename="C:\\Users\\nic\\a.txt"', "a.txt"),
        ("filename=\\\\host\\share\\a.txt", "a.txt"),
    ],
)
def test_a_name_is_read_in_every_form(field: str, name: str) -> None:
    """RFC 2231, RFC 2047, and what is neither."""
    head = f"Content-Type: application/octet-stream\nContent-Disposition: attachment; {field}\n\nx"
    assert read(head.encode()).attachments[0].name == name


@pytest.mark.parametrize(
    ("fields", "name", "kind"),
    [
        ("Content-Type: application/pdf name=a.pdf", "a.pdf", "application/pdf"),
        ("Content-Type: application/pdf, name=a.pdf", "a.pdf", "application/pdf"),
        (
            "Content-Type: application/pdf\nContent-Disposition: filename=a.pdf; size=1",
            "a.pdf",
            None,
        ),
        ("Content-Type: text/csv\nContent-Disposition: attachment filename=a.csv", "a.csv", None),
        ('Content-Type: message/rfc822; name="Re: Hello"', "Re: Hello.eml", "message/rfc822"),
        ("Content-Type: message/rfc822; name=old.EML", "old.EML", "message/rfc822"),
    ],
)
def test_a_file_has_the_name_that_was_meant(fields: str, name: str, kind: str | None) -> None:
    """A semicolon that somebody forgot is seen, and a letter named by its subject can be opened."""
    letter = f"--b\n\nHi\n--b\n{fields}\n\nx\n--b--\n"
    (found,) = read(b"Content-Type: multipart/mixed; boundary=b\n\n" + letter.encode()).attachments
    assert found.name == name
    assert kind is None or found.type == kind


@pytest.mark.parametrize(
    "field", ["base64", "BASE64;", '"base64"', "base64 (MIME)", "base-64", "x-base64", "b64"]
)
def test_base64_has_many_names(field: str) -> None:
    """A Content-Transfer-Encoding that a script spells in its own way is undone."""
    octets = f"Subject: x\nContent-Transfer-Encoding: {field}\n\nSGVsbG8gdGhlcmU=\n".encode()
    assert read(octets).text == "Hello there"


@pytest.mark.parametrize("field", ["quoted/printable", "quoted_printable", "Quoted Printable"])
def test_quoted_printable_has_many_names(field: str) -> None:
    """So is this one."""
    octets = (
        f"Subject: x\nContent-Transfer-Encoding: {field}\n\nGr=C3=BC=C3=9Fe=\n there\n".encode()
    )
    assert read(octets).text == "Grüße there"


def _named(name: str, written: str, label: str) -> bytes:
    text = f"Content-Type: text/plain; charset={label}\n\nHello.\n" if label else "\nHello.\n"
    return (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{text}--b\nContent-Type: image/png\n"
        f'Content-Disposition: attachment; filename="{name}"\n\nx\n--b--\n'
    ).encode(written)


@pytest.mark.parametrize(
    ("name", "written", "label"),
    [
        ("로그.txt", "euc-kr", "euc-kr"),
        ("로그.txt", "utf-8", "euc-kr"),
        ("счёт.pdf", "koi8-r", "koi8-r"),
        ("收據.pdf", "big5", "big5"),
        ("größe.txt", "latin-1", "iso-8859-1"),
        ("größe.txt", "latin-1", "utf-8"),
        ("größe.txt", "latin-1", "utf-16"),
        ("é.txt", "latin-1", "euc-kr"),
        ("größe.txt", "latin-1", ""),
    ],
)
def test_a_raw_name_is_in_the_charset_of_the_text(name: str, written: str, label: str) -> None:
    """Raw octets of a name are UTF-8, or what the text is in if they can be, or are guessed."""
    (found,) = read(_named(name, written, label)).attachments
    assert found.name == name


def test_a_yenc_file_is_unpacked() -> None:
    """A yEnc file in a text, its escapes undone, its checksum looked at."""
    lines = b"=ybegin line=128 size=3 name=a b.bin\r\n\x8b=}\x8d\r\n=yend size=3\r\n"
    (found,) = files_in(b"text\r\n" + lines)
    assert (found.name, found.octets, found.sound) == (b"a b.bin", b"a\x13c", True)
    (broken,) = files_in(lines.replace(b"=yend size=3", b"=yend size=3 crc32=00000001"))
    assert not broken.sound


def test_what_begins_like_a_file_is_text() -> None:
    """A sentence that begins with the word is no file."""
    assert files_in(b"begin 644 of them\nwent home, and the end\nend\n") == []


def _attribute(level: int, identity: int, data: bytes) -> bytes:
    return (
        struct.pack("<BII", level, identity, len(data))
        + data
        + struct.pack("<H", sum(data) % 65536)
    )


def _tnef() -> bytes:
    name = "Größe.txt".encode("utf-16-le") + b"\x00\x00"
    padded = name + b"\x00" * (-len(name) % 4)
    props = struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(name)) + padded
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + _attribute(1, 0x0002800C, b"What was written\r\n\x00")
        + _attribute(2, 0x00069002, b"\x00" * 14)
        + _attribute(2, 0x00018010, b"GROSSE~1.TXT\x00")
        + _attribute(2, 0x0006800F, b"hello")
        + _attribute(2, 0x00069005, props)
    )


def test_a_winmail_dat_is_unpacked_and_kept() -> None:
    """Outlook's files are attachments, its text the letter's; the winmail.dat is there as well."""
    head = b"Content-Type: application/ms-tnef; name=winmail.dat\n\n"
    message = read(head + _tnef())
    assert message.text == "What was written"
    names = [(one.name, one.type, one.octets.size) for one in message.attachments]
    assert names[1:] == [("Größe.txt", "text/plain", 5)]
    assert (names[0][0], message.unpacked) == ("winmail.dat", 1)


def test_a_winmail_dat_that_is_cut_off_is_kept() -> None:
    """However much of it came, there is a message and the file."""
    head = b"Content-Type: application/ms-tnef; name=winmail.dat\n\n"
    whole = _tnef()
    for end in range(len(whole)):
        message = read(head + whole[:end])
        first = message.attachments[0].octets
        assert isinstance(first, InMemory)
        assert first.data == whole[:end]
        assert not any("letter could not" in remark for remark in message.remarks)


def _der(tag: int, *content: bytes) -> bytes:
    inner = b"".join(content)
    size = len(inner)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + inner


SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
WRITTEN = b"Content-Type: text/plain\r\n\r\nSigned words.\r\n"


@pytest.mark.parametrize("pieces", [False, True])
def test_what_an_opaque_signature_holds_is_shown(pieces: bool) -> None:
    """The text of an opaque-signed letter is read, and the letter says it was not checked."""
    string = _der(0x04, WRITTEN)
    if pieces:
        string = b"\x24\x80" + _der(0x04, WRITTEN[:9]) + _der(0x04, WRITTEN[9:]) + b"\x00\x00"
    signed = _der(0x30, b"\x02\x01\x01", b"\x31\x00", _der(0x30, DATA, _der(0xA0, string)))
    octets = _der(0x30, SIGNED, _der(0xA0, signed))
    assert signed_content(octets) == WRITTEN
    message = read(b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\n" + octets)
    assert message.text == "Signed words."
    assert message.attachments[0].name == "smime-1.p7m"
    assert "not checked" in message.remarks[0]


@pytest.mark.parametrize(
    "octets", [b"", b"\x30\x80" * 50_000, b"\x30\x84\xff\xff\xff\xff", b"\x30"]
)
def test_what_is_no_signature_is_none(octets: bytes) -> None:
    """Damaged and hostile ones have no content."""
    assert signed_content(octets) is None


RICH = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\uc1 Hello\par Gr\'fc\'dfe \u8364? "
    rb"{\*\generator x;}\{b\}\par}"
)
WRAPPED = (
    rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hello {\*\htmltag84 <b>}"
    rb"\htmlrtf {\b \htmlrtf0 you\htmlrtf }\htmlrtf0 {\*\htmltag92 </b>}\htmlrtf\par}\htmlrtf0"
    rb" {\*\htmltag72 </p>}}"
)
# [MS-OXRTFCP] section 3.1.1: a run of literals and references, and where it ends.
COMPRESSED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


@pytest.mark.parametrize(("rich", "text"), [(RICH, "Hello\nGrüße € {b}"), (WRAPPED, "Hello you")])
def test_a_letter_in_rich_text_is_put_into_words(rich: bytes, text: str) -> None:
    """A winmail.dat without any other text, or a part, says in words what was written."""
    packed = struct.pack("<IIII", len(rich) + 12, len(rich), 0x414C454D, 0) + rich
    props = struct.pack("<IHHII", 1, 0x102, 0x1009, 1, len(packed)) + packed
    props += b"\x00" * (-len(packed) % 4)
    tnef = struct.pack("<IH", 0x223E9F78, 1) + _attribute(1, 0x00069003, props)
    message = read(b"Content-Type: application/ms-tnef; name=winmail.dat\n\n" + tnef)
    assert message.text == text
    assert [one.name for one in message.attachments] == ["winmail.dat"]
    assert read(b"Content-Type: text/rtf\n\n" + rich).text == text


def test_compressed_rich_text_is_unpacked() -> None:
    """The specification's own example comes out; what is cut off, as far as it goes."""
    whole = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompressed(COMPRESSED) == whole
    for end in range(len(COMPRESSED)):
        assert whole.startswith(decompressed(COMPRESSED[:end]))


@pytest.mark.parametrize(
    "rich",
    [b"{" * 500_000, b"{}" * 250_000, b"\\" * 500_000, b"\\u1 " * 125_000, b"\\bin9 x" * 70_000],
)
def test_hostile_rich_text_takes_no_longer(rich: bytes) -> None:
    """Reading rich text takes time in proportion to it."""
    packed = struct.pack("<IIII", len(rich), 10**9, 0x75465A4C, 0) + rich
    assert hostile.spent(lambda: (rich_text(rich), decompressed(packed)), 1) < 1


def _wrapped(head: str, octets: bytes) -> bytes:
    return head.encode() + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(octets)


async def _content(octets: Octets) -> bytes:
    return b"".join([piece async for piece in octets.chunks()])


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/octet-stream"])
@pytest_twisted.ensureDeferred
async def test_a_large_winmail_dat_is_unpacked_where_it_lies(kind: str) -> None:
    """A streamed letter's winmail.dat has its words and files, whatever size the files have."""
    photo = bytes(range(256)) * 24_000
    packed = (
        _tnef()
        + _attribute(2, 0x00069002, b"\x00" * 14)
        + _attribute(2, 0x00018010, b"photo.jpg\x00")
        + _attribute(2, 0x0006800F, photo)
    )
    head = f"From: a@b\nContent-Type: {kind}; name=winmail.dat\n"
    message = await read_stream(InMemory(_wrapped(head, packed)))
    assert message.text == "What was written"
    assert [(one.name, one.octets.size) for one in message.attachments] == [
        ("winmail.dat", len(packed)),
        ("Größe.txt", 5),
        ("photo.jpg", len(photo)),
    ]
    assert not isinstance(message.attachments[2].octets, InMemory)
    assert await _content(message.attachments[2].octets) == photo
    assert await _content(message.attachments[0].octets) == packed


@pytest_twisted.ensureDeferred
async def test_a_large_winmail_dat_that_is_none_is_kept() -> None:
    """Octets under its name are a file like another, and a remark says so."""
    head = "From: a@b\nContent-Type: application/ms-tnef; name=winmail.dat\n"
    message = await read_stream(InMemory(_wrapped(head, b"x" * 3_000_000)))
    (kept,) = message.attachments
    assert kept.octets.size == 3_000_000
    assert any("could not be opened" in remark for remark in message.remarks)


@pytest.mark.parametrize("cut", [1, 2, 5, 9, 1000, 1_000_000])
def test_a_winmail_dat_in_pieces_is_the_same(cut: int) -> None:
    """However its octets arrive, its attributes are the same."""
    octets = _tnef() + _attribute(2, 0x0006800F, b"x" * 5000)
    whole, pieces = Attributes(1000), Attributes(1000)
    whole.feed(octets)
    for at in range(0, len(octets), cut):
        pieces.feed(octets[at : at + cut])
    assert pieces.close() == whole.close()
    place = whole.close()[-1][1]
    assert isinstance(place, Stretch)
    assert octets[place.start : place.start + place.size] == b"x" * 5000


@pytest.mark.parametrize("pieces", [False, True])
@pytest_twisted.ensureDeferred
async def test_a_large_opaque_signature_shows_its_words(pieces: bool) -> None:
    """What was written stands at its beginning; the files stay in it, and a remark says so."""
    text = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSigned words.\n--b\n"
    written = text + b"Content-Type: image/png\n\n" + b"x" * 6_000_000 + b"\n--b--\n"
    string = b"\x04\x84" + len(written).to_bytes(4, "big") + written
    if pieces:
        cut = [written[at : at + 1000] for at in range(0, len(written), 1000)]
        string = b"\x24\x80" + b"".join(_der(0x04, one) for one in cut) + b"\x00\x00"
    inner = b"\x30\x80" + DATA + b"\xa0\x80" + string + b"\x00" * 4
    octets = b"\x30\x80" + SIGNED + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + inner + b"\x00" * 6
    head = "From: a@b\nContent-Type: application/pkcs7-mime; smime-type=signed-data\n"
    message = await read_stream(InMemory(_wrapped(head, octets)))
    assert message.text == "Signed words."
    assert [one.octets.size for one in message.attachments] == [len(octets)]
    assert any("is large" in remark for remark in message.remarks)
