"""What the demo is reached by: `demo.json` in the data folder, readable by its owner only."""

import secrets
from pathlib import Path

import msgspec

from drawbar.house.mendable import Mendable
from drawbar.kit.crypto import new_secret
from drawbar.kit.keyring import write_secret

EMAIL = "demo@drawbar.local"
SECOND_EMAIL = "rosa@drawbar.local"


class BrokenRecordError(Mendable):
    """The demo's record was changed so that it says nothing any more."""


class Admin(msgspec.Struct, frozen=True):
    """The vendor's application, for `POST /oauth/token`."""

    client_id: str
    client_secret: str


class Connected(msgspec.Struct, frozen=True):
    """Delta's connection and its token, for the unified API."""

    id: str
    token: str


class Platform(msgspec.Struct, frozen=True):
    """Where AssetTracs answers (its API is below `/assettracs/api/v1`), and Delta's admin key."""

    url: str
    api_key: str


class SecondPerson(msgspec.Struct, frozen=True):
    """Another account, for what needs four eyes."""

    email: str
    password: str


class DemoRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a client of the demo needs; without a connection it is a draft."""

    url: str
    email: str
    password: str
    admin: Admin
    connection: Connected | None = None
    assettracs: Platform
    people: tuple[SecondPerson, ...] = ()


def record_path(data: Path) -> Path:
    """Return where the finished record stands."""
    return data / "demo.json"


def read_record(data: Path) -> DemoRecord | None:
    """Return the finished record, or the draft of a demo that was interrupted, or None."""
    for path in (record_path(data), _draft_path(data)):
        if path.exists():
            return _decoded(path)
    return None


def _decoded(path: Path) -> DemoRecord:
    try:
        return msgspec.json.decode(path.read_bytes(), type=DemoRecord)
    except msgspec.DecodeError as error:
        raise BrokenRecordError(
            f"{path} cannot be read ({error}). Put back what was changed in it, or stop the demo "
            f"and remove {path.parent} to begin a new one."
        ) from error


def new_record(address: str) -> DemoRecord:
    """Invent password, client and key for a demo at this address."""
    return DemoRecord(
        url=address,
        email=EMAIL,
        password=secrets.token_urlsafe(12),
        admin=Admin(new_secret("dbi_")[:20], new_secret("dbs_")),
        assettracs=Platform(address, new_secret("dbk_")),
        people=(SecondPerson(SECOND_EMAIL, secrets.token_urlsafe(12)),),
    )


def at_address(record: DemoRecord, address: str) -> DemoRecord:
    """Return the record for a demo that now answers at another address."""
    platform = msgspec.structs.replace(record.assettracs, url=address)
    return msgspec.structs.replace(record, url=address, assettracs=platform)


def write_record(data: Path, record: DemoRecord) -> None:
    """Save the record before what it opens is made, so that no secret is ever lost.

    Only a record with its connection becomes `demo.json`.
    """
    finished = record.connection is not None
    text = msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"
    write_secret(record_path(data) if finished else _draft_path(data), text)
    if finished:
        _draft_path(data).unlink(missing_ok=True)


def _draft_path(data: Path) -> Path:
    return data / "demo.draft.json"
