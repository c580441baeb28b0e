"""What a server offers: its answer to EHLO (RFC 5321 section 4.1.1.1)."""

from __future__ import annotations

from functools import cached_property

from attrs import define

from mailtickets.smtp.limits import Limits
from mailtickets.smtp.parameters import Offered
from mailtickets.smtp.replies import Reply


@define(frozen=True, slots=False)
class Offer:
    """Who we are and what may be asked of us, as things stand on one connection.

    `tls`: STARTTLS is possible. `encrypted`: the connection is. `mechanisms`: AUTH's, upper case.
    `binary`: the letters' taker takes octets that are not lines. `lmtp`: RFC 2033 is spoken.
    """

    hostname: str = "localhost"
    limits: Limits = Limits()
    lmtp: bool = False
    tls: bool = False
    encrypted: bool = False
    mechanisms: tuple[str, ...] = ()
    auth_in_clear: bool = False
    binary: bool = False

    @property
    def auth(self) -> bool:
        """Whether AUTH may be used now: under TLS alone, unless told otherwise (RFC 4954 4)."""
        return bool(self.mechanisms) and (self.encrypted or self.auth_in_clear)

    @cached_property
    def parameters(self) -> Offered:
        """Which parameters of MAIL are known."""
        return Offered(
            binary=self.binary,
            auth=self.auth,
            require_tls=self.encrypted,
            message_size=self.limits.message_size,
        )

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        """The lines of the answer to EHLO, after the first."""
        limits = self.limits
        words = [
            "PIPELINING",  # RFC 2920
            f"SIZE {limits.message_size}",  # RFC 1870
            "8BITMIME",  # RFC 6152
            "SMTPUTF8",  # RFC 6531
            "ENHANCEDSTATUSCODES",  # RFC 2034
            "CHUNKING",  # RFC 3030
            "DSN",  # RFC 3461
            f"LIMITS MAILMAX={limits.messages} RCPTMAX={limits.recipients}",  # RFC 9422
            "HELP",
        ]
        if self.binary:
            words.append("BINARYMIME")  # RFC 3030 section 3
        if self.tls and not self.encrypted:
            words.append("STARTTLS")  # RFC 3207
        if self.auth:
            words.append("AUTH " + " ".join(self.mechanisms))  # RFC 4954
        if self.encrypted:
            words.append("REQUIRETLS")  # RFC 8689 section 2: under TLS alone
        return tuple(words)

    @cached_property
    def ehlo(self) -> Reply:
        """The answer to EHLO and LHLO. It has no enhanced status (RFC 2034 section 4)."""
        return Reply(250, "", "\n".join((self.hostname, *self.keywords)))

    @cached_property
    def helo(self) -> Reply:
        """The answer to HELO."""
        return Reply(250, "", self.hostname)

    @cached_property
    def greeting(self) -> Reply:
        """The first words (RFC 5321 section 4.2)."""
        return Reply(220, "", f"{self.hostname} {'LMTP' if self.lmtp else 'ESMTP'} mailtickets")
