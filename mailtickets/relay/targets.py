"""Where a letter is to be handed to, and on which conditions; how long each step may take."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from mailtickets.errors import SettingsError

_PASSWORD_OCTETS = 4096


class Tls(StrEnum):
    """Whether the connection is to be encrypted."""

    NEVER = "never"
    OPPORTUNISTIC = "opportunistic"
    REQUIRED = "required"
    WRAPPED = "wrapped"  # from the first octet on (RFC 8314 section 3.3)


@frozen
class Target:
    """A next hop. `host` is its name, for people and for its certificate.

    `address` is what to connect to, where that is known already. `verify` asks for a certificate
    that is valid for `host`, signed by one of `ca_file` where that is given.
    """

    host: str
    port: int
    address: str = ""
    tls: Tls = Tls.OPPORTUNISTIC
    verify: bool = False
    ca_file: str | None = None
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@frozen
class Limits:
    """Seconds for each step (RFC 5321 section 4.5.3.2), and bounds on connections.

    `per_host` is how many connections to one next hop there may be, `idle` how many seconds one is
    kept without a letter, `letters` how many go over one.
    """

    connect: float = 30.0
    greeting: float = 300.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    handshake: float = 60.0
    per_host: int = 20
    idle: float = 30.0
    letters: int = 500


def limits_of(settings: Mapping[str, Any]) -> Limits:
    """The bounds that the settings give. Raises SettingsError."""
    return Limits(
        per_host=int(_number(settings, "concurrency", Limits().per_host, 1, 1000)),
        idle=_number(settings, "idle", Limits().idle, 0, 3600),
        letters=int(_number(settings, "letters", Limits().letters, 1, 1_000_000)),
    )


def _number(
    settings: Mapping[str, Any], key: str, default: float, least: float, most: float
) -> float:
    value = settings.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise SettingsError(key, f"a number from {least} to {most}")
    return float(value)


def flag(settings: Mapping[str, Any], key: str, *, default: bool) -> bool:
    """A setting that is true or false. Raises SettingsError."""
    value = settings.get(key, default)
    if not isinstance(value, bool):
        raise SettingsError(key, "true or false")
    return value


def target_of(settings: Mapping[str, Any]) -> Target:
    """The smart host that the settings name. Raises SettingsError.

    >>> str(target_of({"url": "smtp://127.0.0.1:2525"}))
    '127.0.0.1:2525'
    """
    url = str(settings.get("url", ""))
    cure = "smtp://HOST:PORT, smtps://HOST:PORT, mx or hold"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(f"relay {url}", cure) from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
        raise SettingsError(f"relay {_without_password(url)}", cure)
    wrapped = parts.scheme == "smtps"
    user = str(settings.get("user", unquote(parts.username or "")))
    password = _password(settings, unquote(parts.password or ""))
    tls = Tls.WRAPPED if wrapped else _tls(settings, user=user, host=parts.hostname)
    verify = flag(settings, "verify", default=tls in {Tls.REQUIRED, Tls.WRAPPED})
    return Target(
        host=parts.hostname,
        port=port or (465 if wrapped else 25),
        tls=tls,
        verify=verify,
        ca_file=_readable(settings, "ca_file"),
        user=user,
        password=password,
    )


def _tls(settings: Mapping[str, Any], *, user: str, host: str) -> Tls:
    """A password goes over no open line, unless that ends on this machine."""
    near = host in {"127.0.0.1", "::1", "localhost"}
    given = settings.get("tls", "required" if user and not near else "opportunistic")
    if given not in {"never", "opportunistic", "required"}:
        raise SettingsError("tls", '"never", "opportunistic" or "required"')
    if user and not near and given != "required":
        raise SettingsError("tls", '"required": a password would go over an open line')
    return Tls(given)


def _password(settings: Mapping[str, Any], default: str) -> str:
    if "password_file" not in settings:
        return str(settings.get("password", default))
    path = Path(str(settings["password_file"]))
    try:
        return path.read_text(encoding="utf-8")[:_PASSWORD_OCTETS].strip("\r\n")
    except (OSError, ValueError):
        raise SettingsError("password_file", f"{path} cannot be read") from None


def _readable(settings: Mapping[str, Any], key: str) -> str | None:
    if key not in settings:
        return None
    path = Path(str(settings[key]))
    if not path.is_file():
        raise SettingsError(key, f"{path} is not a file")
    return str(path)


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"[:100]
