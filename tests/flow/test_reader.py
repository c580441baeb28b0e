"""Reads letters: small ones here and now, large ones aside, and never whole in memory."""

import threading

import pytest
import pytest_twisted

from mailtickets.flow import reader
from mailtickets.mail.envelope import Envelope, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Nature
from mailtickets.mail.octets import InMemory, whole

HEAD = (
    b"From: nic@ferrier\r\nSubject: A file\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n'
    b"Content-Type: application/octet-stream\r\n"
    b'Content-Disposition: attachment; filename="a.bin"\r\n\r\n'
)


@pytest.mark.parametrize("size", [10, reader.AT_ONCE, reader.IN_MEMORY, 3 * 1024 * 1024])
@pytest_twisted.ensureDeferred
async def test_letters_of_every_size(household, size):
    """However large a letter is, it reads the same: its text, and its file octet for octet."""
    file = (b"0123456789abcdef" * 4 + b"\r\n") * (size // 66 + 1)
    letter = Letter(Envelope(None, (), 0.0, "id"), InMemory(HEAD + file + b"\r\n--b--\r\n"))
    message = await household.reader.message(letter)
    assert (message.subject, message.text.strip()) == ("A file", "Hello")
    (attachment,) = message.attachments
    assert attachment.name == "a.bin"
    assert await whole(attachment.octets, 10**8) == file


@pytest_twisted.ensureDeferred
async def test_what_takes_long_is_read_aside(household, monkeypatch):
    """A letter that takes long is not read in the reactor's thread: others are not kept waiting."""
    threads = []

    def read(octets, path):
        assert path == ""
        threads.append(threading.current_thread())
        return reader.Message()

    monkeypatch.setattr(reader, "read", read)
    for size in (10, reader.AT_ONCE + 1):
        letter = Letter(Envelope(None, (), 0.0, "id"), InMemory(b"x" * size))
        await household.reader.message(letter)
    assert threads[0] is threading.current_thread()
    assert threads[1] is not threading.current_thread()


@pytest.mark.parametrize("filler", [b"", b"x" * (reader.IN_MEMORY + 1)], ids=["small", "large"])
@pytest_twisted.ensureDeferred
async def test_the_reverse_path_tells_a_machine(household, filler):
    """Of a letter with a vacation program's subject, the envelope tells whether one wrote it.

    The letter need not say so itself, and its own Return-Path is another's word.
    """
    octets = (
        b"Return-Path: <old@example.com>\r\nFrom: Kim <kim@example.com>\r\nTo: new@desk.example\r\n"
        b"Subject: Mimo kancel\xc3\xa1\xc5\x99: dovolen\xc3\xa1\r\n\r\nHello\r\n" + filler
    )
    kinds = []
    for sender in (None, Mailbox.parse("kim@example.com")):
        letter = Letter(Envelope(sender, (), 0.0, "id"), InMemory(octets))
        kinds.append((await household.reader.message(letter)).nature)
    assert kinds == [Nature.AUTO_REPLY, Nature.HUMAN]
