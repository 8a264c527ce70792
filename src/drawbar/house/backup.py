"""A copy of the whole database in one file, in PostgreSQL's custom format."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from drawbar.house.addresses import Addresses
from drawbar.house.mendable import Mendable
from drawbar.kit.embedded import EmbeddedPostgres


class BackupError(Mendable):
    """No complete copy was made; the text says why and what to do."""


def dump(addresses: Addresses, target: Path, postgres: EmbeddedPostgres | None) -> int:
    """Write every row of every workspace to `target`; return its size in bytes.

    A draft is renamed at the end, so that a file of that name is always complete. pg_dump runs as
    the owner role with row-level security on: its own policy shows it all rows, although the
    tables force their policies on it too.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    command = [
        _pg_dump(postgres),
        *("--format=custom", "--enable-row-security", "--no-password"),
        f"--file={draft}",
        f"--dbname={without_password(addresses.owner)}",
    ]
    try:
        draft.touch(mode=0o600)
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, our arguments
            command,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.defpath, "PGPASSWORD": password_in(addresses.owner), "LC_ALL": "C"},
        )
        if done.returncode != 0:
            raise BackupError(
                f"{command[0]} failed: {done.stderr.strip()}. "
                "It must be of the server's version or a newer one."
            )
        draft.replace(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror}).") from error
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def without_password(url: str) -> str:
    """Return the address fit for a command line, which every user of the machine can read."""
    parts = urlsplit(url)
    name, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{name.partition(':')[0]}@{host}" if name else host).geturl()


def password_in(url: str) -> str:
    """Return the password of an address, or nothing."""
    return unquote(urlsplit(url).password or "")


def _pg_dump(postgres: EmbeddedPostgres | None) -> str:
    if postgres is not None:
        return str(postgres.program("pg_dump"))
    found = shutil.which("pg_dump")
    if found is None:
        raise BackupError(
            "pg_dump is not installed. Install PostgreSQL's client programs of your server's "
            "version (Debian: apt install postgresql-client), or back up on the server itself."
        )
    return found
