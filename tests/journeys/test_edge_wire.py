"""The edge on real sockets: TLS, AUTH, PROXY, LMTP on a UNIX socket, half-closed clients."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl

import pytest
from OpenSSL import SSL
from pytest_twisted import ensureDeferred
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet import reactor
from twisted.internet.endpoints import wrapServerTLS
from twisted.internet.threads import deferToThread
from twisted.mail import smtp
from zope.interface import implementer

from mailtickets.errors import SettingsError
from mailtickets.smtpd import Certificates, Delivery, Limits, wire
from tests.journeys.edge import Raw, front, in_thread, trusting_nobody
from tests.smtpd.doors import DOT, LETTER, MAIL, RCPT, START
from tests.smtpd.fakes import MemoryReception
from tests.smtpd.pems import write_pems


@ensureDeferred
async def test_nothing_survives_starttls(tmp_path):
    """What came with STARTTLS in one segment is never run, in the clear or under TLS."""

    def talk(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\n" + MAIL + RCPT + b"STARTTLS\r\nRSET\r\nNOOP\r\nNO")
        said = [raw.reply() for _ in range(5)]
        raw.start_tls(trusting_nobody())
        raw.send(b"NOOP\r\n" + RCPT + MAIL + b"EHLO vm\r\n" + START + LETTER + DOT + b"QUIT\r\n")
        said += [raw.reply() for _ in range(9)]
        raw.close()
        return " ".join(line[:3] for line in said)

    async with front(tmp_path) as door:
        said = await in_thread(talk, door.port)
        assert said == "220 250 250 250 220 250 503 503 250 250 250 354 250 221"
        assert door.letter == LETTER
        assert door.reception.letters[0].envelope.peer.tls.startswith("TLSv1.3 ")


@ensureDeferred
async def test_implicit_tls(tmp_path):
    """TLS from the first octet, by Twisted's own wrapper of endpoints."""

    def send(port):
        context = trusting_nobody()
        with smtplib.SMTP_SSL("127.0.0.1", port, context=context, timeout=20) as client:
            assert not client.has_extn("starttls")
            client.sendmail("nic@ferrier", ["new@support"], LETTER)

    def wrap(endpoint, certificates):
        return wrapServerTLS(certificates, endpoint, reactor)

    async with front(tmp_path, wrap=wrap) as door:
        await in_thread(send, door.port)
        assert door.reception.letters[0].envelope.peer.protocol == "ESMTPS"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@ensureDeferred
async def test_old_tls(tmp_path, version):
    """TLS before 1.2 is not spoken."""

    def talk(port):
        context = trusting_nobody()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        raw = Raw(port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        assert [raw.reply()[:3] for _ in range(3)] == ["220", "250", "220"]
        with pytest.raises(ssl.SSLError):
            raw.start_tls(context)
        raw.close()

    async with front(tmp_path) as door:
        await in_thread(talk, door.port)


@pytest.mark.parametrize("ciphers", ["aNULL:@SECLEVEL=0", "eNULL:@SECLEVEL=0"])
@ensureDeferred
async def test_ciphers_that_prove_or_hide_nothing(tmp_path, ciphers):
    """A client that has only anonymous or null ciphers gets no TLS."""

    def talk(port):
        context = trusting_nobody()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ciphers)
        raw = Raw(port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        assert [raw.reply()[:3] for _ in range(3)] == ["220", "250", "220"]
        with pytest.raises((ssl.SSLError, ConnectionError)):
            raw.start_tls(context)
        raw.close()

    async with front(tmp_path) as door:
        await in_thread(talk, door.port)


@ensureDeferred
async def test_no_renegotiation(tmp_path):
    """A client that wants to agree anew, under TLS 1.2, is not served."""

    def agree_anew(connection):
        while connection.renegotiate_pending():
            connection.do_handshake()
            connection.sendall(b"NOOP\r\n")
            connection.recv(4096)

    def talk(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        assert [raw.reply()[:3] for _ in range(3)] == ["220", "250", "220"]
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
        raw.socket.settimeout(None)
        connection = SSL.Connection(context, raw.socket)
        connection.set_connect_state()
        connection.do_handshake()
        connection.sendall(b"EHLO vm\r\n")
        assert connection.recv(4).startswith(b"250")
        while b"REQUIRETLS" not in connection.recv(4096):
            pass
        connection.renegotiate()
        with pytest.raises(SSL.Error):
            agree_anew(connection)
        raw.close()

    async with front(tmp_path) as door:
        await in_thread(talk, door.port)


@ensureDeferred
async def test_a_handshake_that_never_ends(tmp_path, monkeypatch):
    """Who begins a TLS handshake and says no more is hung up on, also where there is no room."""

    def implicit(endpoint, certificates):
        return wrapServerTLS(certificates, endpoint, reactor)

    def talk(port, *first):
        raw = Raw(port)
        for octets in first:
            raw.send(octets)
            assert [raw.reply()[:3] for _ in range(3)] == ["220", "250", "220"]
        raw.send(b"\x16\x03\x01\x02\x00")
        try:
            while raw.socket.recv(4096):
                pass
        except ConnectionError:
            pass
        raw.close()

    monkeypatch.setattr(wire, "ABORT_AFTER", 1.0)
    soon = Limits(command_timeout=5)
    (tmp_path / "other").mkdir()
    (tmp_path / "third").mkdir()
    async with (
        front(tmp_path, limits=soon) as clear,
        front(tmp_path / "other", wrap=implicit, limits=soon) as door,
        front(tmp_path / "third", wrap=implicit, limits=Limits(connections=0)) as full,
    ):
        first = deferToThread(talk, clear.port, b"EHLO vm\r\nSTARTTLS\r\n")
        second = deferToThread(talk, door.port)
        third = deferToThread(talk, full.port)
        for each in (first, second, third):
            await each


@ensureDeferred
async def test_certificates_are_read_again(tmp_path):
    """A new certificate is served after a reload, and those who are here stay."""

    def certificate(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        for _ in range(3):
            raw.reply()
        raw.start_tls(trusting_nobody())
        return raw, raw.socket.getpeercert(binary_form=True)

    def still_there(raw):
        raw.send(b"NOOP\r\n")
        said = raw.reply()
        raw.close()
        return said[:3]

    async with front(tmp_path) as door:
        first, before = await in_thread(certificate, door.port)
        write_pems(tmp_path)
        door.certificates.reload()
        second, after = await in_thread(certificate, door.port)
        assert before != after
        assert await in_thread(still_there, first) == "250"
        assert await in_thread(still_there, second) == "250"
        (tmp_path / "key.pem").write_text("nothing")
        with pytest.raises(SettingsError):
            door.certificates.reload()
        third, kept = await in_thread(certificate, door.port)
        assert kept == after
        await in_thread(still_there, third)


def test_files_that_are_no_certificates(tmp_path):
    """A file that cannot be used is named, at the start."""
    certificate, key = write_pems(tmp_path)
    with pytest.raises(SettingsError, match=r"missing\.pem"):
        Certificates(tmp_path / "missing.pem", key)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(SettingsError, match=r"key\.pem"):
        Certificates(certificate, write_pems(other)[1])


@implementer(IRealm)
class Realm:
    """Everybody who is known may write, to a reception of their own."""

    def __init__(self):
        self.reception = MemoryReception()
        self.gone = []

    def requestAvatar(self, avatar, mind, *interfaces):
        """A delivery."""
        return smtp.IMessageDelivery, Delivery(self.reception), lambda: self.gone.append(avatar)


@ensureDeferred
async def test_auth(tmp_path):
    """PLAIN and LOGIN by twisted.cred; who authenticated stands on the envelope."""
    realm = Realm()
    checker = InMemoryUsernamePasswordDatabaseDontUse(nic=b"secret")

    def send(port, mechanism):
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.ehlo()
            assert not client.has_extn("auth")
            client.starttls()
            client.ehlo()
            client.user, client.password = "nic", "secret"
            client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
            client.sendmail("nic@ferrier", ["new@support"], LETTER)

    def login(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        for _ in range(3):
            raw.reply()
        raw.start_tls(trusting_nobody())
        raw.send(b"EHLO vm\r\nAUTH LOGIN\r\n")
        raw.reply()
        asked = []
        for word in (b"nic", b"secret"):
            asked.append(base64.b64decode(raw.reply()[4:]))  # some clients look for these words
            raw.send(base64.b64encode(word) + b"\r\n")
        asked.append(raw.reply()[:3].encode())
        raw.close()
        return asked

    def guess(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        for _ in range(3):
            raw.reply()
        raw.start_tls(trusting_nobody())
        wrong = base64.b64encode(b"\0nic\0wrong")
        raw.send(b"EHLO vm\r\nAUTH PLAIN " + wrong + b"\r\nAUTH LOGIN\r\n*\r\nAUTH PLAIN AAAA\r\n")
        said = [raw.reply()[:3] for _ in range(5)]
        raw.close()
        return said

    async with front(tmp_path, portal=Portal(realm, [checker])) as door:
        await in_thread(send, door.port, "PLAIN")
        await in_thread(send, door.port, "LOGIN")
        peers = [kept.envelope.peer for kept in realm.reception.letters]
        assert [(peer.user, peer.protocol) for peer in peers] == [("nic", "ESMTPSA")] * 2
        assert await in_thread(login, door.port) == [b"Username:", b"Password:", b"235"]
        assert await in_thread(guess, door.port) == ["250", "535", "334", "501", "501"]
        assert not any("secret" in str(event.get("line")) for event in door.events)


V2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\7\x7f\0\0\1\x10\xe1\0\x19"


@pytest.mark.parametrize(
    ("header", "peer"),
    [
        (b"PROXY TCP4 192.0.2.7 127.0.0.1 4321 25\r\n", ("192.0.2.7", 4321)),
        (b"PROXY TCP6 2001:db8::7 ::1 4321 25\r\n", ("2001:db8::7", 4321)),
        (V2, ("192.0.2.7", 4321)),
    ],
)
@pytest.mark.parametrize("cut", [0, 3, 14])
@ensureDeferred
async def test_behind_a_proxy(tmp_path, header, peer, cut):
    """PROXY v1 and v2, whole or in pieces: the greeting waits, the envelope has the real peer."""

    def talk(port):
        raw = Raw(port)
        raw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            raw.reply()
        raw.socket.settimeout(20)
        for piece in (header[:cut], header[cut:]):
            if piece:
                raw.send(piece)
        greeting = raw.reply()
        raw.send(b"EHLO vm\r\n" + START + LETTER + DOT + b"QUIT\r\n")
        said = [greeting, *[raw.reply() for _ in range(6)]]
        raw.close()
        return " ".join(line[:3] for line in said)

    async with front(tmp_path, "haproxy:tcp:0:interface=127.0.0.1") as door:
        assert await in_thread(talk, door.port) == "220 250 250 250 354 250 221"
        found = door.reception.letters[0].envelope.peer
        assert (found.address, found.port) == peer


@ensureDeferred
async def test_proxy_and_starttls(tmp_path):
    """STARTTLS works behind a proxy too."""

    def talk(port):
        raw = Raw(port)
        raw.send(b"PROXY TCP4 192.0.2.7 127.0.0.1 4321 25\r\nEHLO vm\r\nSTARTTLS\r\n")
        for _ in range(3):
            raw.reply()
        raw.start_tls(trusting_nobody())
        raw.send(b"EHLO vm\r\n" + START + LETTER + DOT)
        said = [raw.reply() for _ in range(5)]
        raw.close()
        return said[-1][:3]

    async with front(tmp_path, "haproxy:tcp:0:interface=127.0.0.1") as door:
        assert await in_thread(talk, door.port) == "250"
        peer = door.reception.letters[0].envelope.peer
        assert (peer.address, peer.protocol) == ("192.0.2.7", "ESMTPS")


@ensureDeferred
async def test_not_a_proxy(tmp_path):
    """Who does not speak PROXY to such a door is not served."""

    def talk(port):
        raw = Raw(port)
        raw.send(b"EHLO somebody.example\r\n")
        said = raw.reply()
        raw.close()
        return said

    async with front(tmp_path, "haproxy:tcp:0:interface=127.0.0.1") as door:
        assert await in_thread(talk, door.port) == ""
        assert len(door.factory.door.table) == 0


@ensureDeferred
async def test_lmtp_on_a_unix_socket(tmp_path):
    """Python's LMTP client, over a socket in the file system."""
    path = tmp_path / "lmtp"

    def send():
        with smtplib.LMTP(str(path)) as client:
            return client.sendmail("nic@ferrier", ["new@support", "nobody@support"], LETTER)

    async with front(tmp_path, f"unix:{path}", lmtp=True, tls=False) as door:
        refused = await in_thread(send)
        assert refused["nobody@support"][0] == 550
        peer = door.reception.letters[0].envelope.peer
        assert (peer.address, peer.protocol) == (str(path), "LMTP")


@ensureDeferred
async def test_a_client_that_half_closes(tmp_path):
    """Everything in one segment, then the end of the client's side: it still gets every answer."""

    def talk(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\n" + START + LETTER + DOT)
        raw.socket.shutdown(socket.SHUT_WR)
        said = []
        while reply := raw.reply():
            said.append(reply[:3])
        return " ".join(said)

    async with front(tmp_path) as door:
        assert await in_thread(talk, door.port) == "220 250 250 250 354 250"
        assert door.letter == LETTER


@ensureDeferred
async def test_last_words_are_heard(tmp_path):
    """Who is thrown out while it still sends reads why, and no reset instead."""

    def talk(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\n" + b"FOO\r\n" * 3000)
        said = []
        while reply := raw.reply():
            said.append(reply[:3])
        return said

    async with front(tmp_path) as door:
        assert (await in_thread(talk, door.port))[-1] == "421"


@ensureDeferred
async def test_ipv6(tmp_path):
    """The envelope of a letter that came by IPv6 has its address."""

    def send(port):
        with smtplib.SMTP("::1", port, timeout=20) as client:
            client.sendmail("nic@ferrier", ["new@support"], LETTER)

    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    async with front(tmp_path, r"tcp6:0:interface=\:\:1") as door:
        await in_thread(send, door.port)
        assert door.reception.letters[0].envelope.peer.address == "::1"


@ensureDeferred
async def test_a_large_letter(tmp_path):
    """Twenty megabytes arrive as they were sent, dots and all."""
    line = b"." + b"x" * 97 + b"\r\n"
    octets = b"Subject: large\r\n\r\n" + line * 200_000

    def send(port):
        with smtplib.SMTP("127.0.0.1", port, timeout=50) as client:
            client.sendmail("nic@ferrier", ["new@support"], octets)

    async with front(tmp_path) as door:
        await in_thread(send, door.port)
        assert door.letter == octets


@ensureDeferred
async def test_a_client_that_half_closes_behind_a_proxy(tmp_path):
    """The proxy passes its end on, and it still gets every answer."""

    def talk(port):
        raw = Raw(port)
        raw.send(b"PROXY TCP4 192.0.2.7 127.0.0.1 4321 25\r\nEHLO vm\r\n" + START + LETTER + DOT)
        raw.socket.shutdown(socket.SHUT_WR)
        said = []
        while reply := raw.reply():
            said.append(reply[:3])
        return " ".join(said)

    async with front(tmp_path, "haproxy:tcp:0:interface=127.0.0.1") as door:
        assert await in_thread(talk, door.port) == "220 250 250 250 354 250"
        assert door.letter == LETTER


@ensureDeferred
async def test_tls_stands_in_the_log_of_who_says_nothing_in_it(tmp_path):
    """A connection's line tells its TLS though no EHLO came after the handshake."""

    def talk(port):
        raw = Raw(port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        for _ in range(3):
            raw.reply()
        raw.start_tls(trusting_nobody())
        raw.send(b"QUIT\r\n")
        raw.reply()
        raw.close()

    async with front(tmp_path) as door:
        await in_thread(talk, door.port)
        await door.factory.door.table.when_empty(10)
        (line,) = [one for one in door.events if one.get("line", "").startswith("smtp connection")]
        assert line["tls"].startswith("TLSv1.3 ")
