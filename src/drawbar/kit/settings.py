"""Settings: one frozen struct, read once from `DRAWBAR_*` environment variables."""

from collections.abc import Mapping
from email.headerregistry import Address
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, get_type_hints

import msgspec

from drawbar.kit.smtp import sender_parts, smtp_server

LISTS = frozenset({"allow_networks", "retired_master_keys", "trusted_proxies"})
"""Settings that are written with commas between their values."""


class SettingsError(Exception):
    """A variable has a value Drawbar cannot run with; the text names it and the remedy."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the operator chooses. Field `public_url` is read from `DRAWBAR_PUBLIC_URL`."""

    data: Path = Path("var")
    """Folder of the embedded database, the master key and `demo.json`."""
    host: str = "127.0.0.1"
    port: int = 8900
    public_url: str = ""
    """Address people and receivers use, for links and QR codes; default from host and port."""
    database_url: str = ""
    """PostgreSQL 16 or later as the app role; empty means the embedded server."""
    owner_database_url: str = ""
    """The same database as the role that owns the tables; migrations only."""
    direct_database_url: str = ""
    """The same database past a transaction-mode pooler, for LISTEN."""
    master_key: str = ""
    """Base64 of 32 bytes; empty means `$DRAWBAR_DATA/master.key`."""
    retired_master_keys: tuple[str, ...] = ()
    """Former master keys that still open what they sealed, each base64, comma-separated."""
    allow_networks: tuple[str, ...] = ()
    """CIDR ranges outgoing requests may reach although private, comma-separated."""
    smtp_url: str = ""
    """Mail server letters are handed to; empty means `$DRAWBAR_DATA/mailbox`."""
    mail_from: str = ""
    """Whom letters are from, `Drawbar <drawbar@example.com>`; default from the public URL."""
    sign_up: Literal["closed", "open"] = "closed"
    """Whether anybody may make a workspace of their own; otherwise people are invited."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """CIDR ranges whose `X-Forwarded-For` is believed, comma-separated."""
    requests_per_minute: int = 600
    """Requests an application, a connection or an API key may make a minute."""
    web_processes: int = 1
    """How many `drawbar web` run; each grants its share of every limit."""
    request_log_days: int = 30
    """Days requests to the APIs are kept in the request log; 0 logs none."""
    support_email: str = ""
    """Whom people write to for help; questions from the help page go there."""
    support_url: str = ""
    """Page of whoever runs this Drawbar, shown where help is offered."""
    log_level: str = "info"

    @property
    def embedded(self) -> bool:
        """Whether Drawbar runs its own PostgreSQL."""
        return not self.database_url

    @property
    def address(self) -> str:
        """The public URL without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raise `SettingsError` for a value or a name Drawbar does not know."""
    types = get_type_hints(Settings)
    given = {
        name.removeprefix("DRAWBAR_").lower(): (name, text)
        for name, text in environment.items()
        if name.startswith("DRAWBAR_") and text
    }
    values: dict[str, object] = {}
    for field, (name, text) in given.items():
        if field not in types:
            known = ", ".join(f"DRAWBAR_{known.upper()}" for known in types)
            raise SettingsError(f"{name} is not a setting of Drawbar. Known are {known}.")
        raw = [part.strip() for part in text.split(",")] if field in LISTS else text
        try:
            values[field] = msgspec.convert(raw, types[field], strict=False, dec_hook=_path)
        except msgspec.ValidationError as error:
            raise SettingsError(f"{name}={text!r} cannot be used: {error}.") from error
    settings = Settings(**values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _path(kind: type, value: object) -> Path:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def _check(settings: Settings) -> None:
    for name in ("allow_networks", "trusted_proxies"):
        for network in getattr(settings, name):
            _check_network(f"DRAWBAR_{name.upper()}", network)
    for name in ("requests_per_minute", "web_processes"):
        if getattr(settings, name) < 1:
            raise SettingsError(f"DRAWBAR_{name.upper()} is at least 1.")
    if settings.request_log_days < 0:
        raise SettingsError("DRAWBAR_REQUEST_LOG_DAYS is 0 (log no requests) or a number of days.")
    if settings.database_url and not settings.owner_database_url:
        raise SettingsError(
            "DRAWBAR_DATABASE_URL is set, so DRAWBAR_OWNER_DATABASE_URL is needed too: "
            "migrations run as the role that owns the tables."
        )
    _check_mail(settings)
    _check_support(settings)
    if not 0 < settings.port < 65536:  # noqa: PLR2004 - TCP's own range
        raise SettingsError(f"DRAWBAR_PORT={settings.port} is no port; choose 1 to 65535.")


def _check_support(settings: Settings) -> None:
    try:
        if settings.support_email:
            Address(addr_spec=settings.support_email)
    except (ValueError, IndexError) as error:
        raise SettingsError(
            f"DRAWBAR_SUPPORT_EMAIL={settings.support_email!r} is no address; "
            "write support@example.com."
        ) from error
    if settings.support_url and not settings.support_url.startswith(("https://", "http://")):
        raise SettingsError(
            f"DRAWBAR_SUPPORT_URL={settings.support_url!r} is no address of a page; "
            "write https://example.com/help."
        )


def _check_mail(settings: Settings) -> None:
    try:
        if settings.smtp_url:
            smtp_server(settings.smtp_url)
    except ValueError as error:
        raise SettingsError(f"DRAWBAR_SMTP_URL: {error}.") from None
    try:
        if settings.mail_from:
            Address(addr_spec=sender_parts(settings.mail_from)[1])
    except (ValueError, IndexError) as error:
        raise SettingsError(
            f"DRAWBAR_MAIL_FROM={settings.mail_from!r} is no sender; write an address, "
            "or Drawbar <drawbar@example.com>."
        ) from error


def _check_network(name: str, network: str) -> None:
    try:
        ip_network(network)
    except ValueError as error:
        raise SettingsError(
            f"{name}: {network!r} is no network; write 10.0.0.0/8 or ::1/128."
        ) from error
