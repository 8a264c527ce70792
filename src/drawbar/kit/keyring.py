"""Where master keys are kept, how they are exchanged, and how running processes notice.

A master key is 32 random bytes, from DRAWBAR_MASTER_KEY (base64) or from `master.key` in the data
folder. **Whoever loses it loses every stored credential**: connections must be authorised again
and webhook secrets rotated; everything else in the database stays readable. Keep a copy apart
from the database backup (docs/howto/keep-the-master-key.md).

Files of the data folder, each readable by its owner only and replaced as a whole:
`master.key` seals; `master.key.retired`, a key a line, still opens; `master.key.rotating` holds
the key a rotation under way leads to, so that it is taken up again after a crash.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from drawbar.kit import logs
from drawbar.kit.crypto import KEY_BYTES, Keys, MasterKeyError, Vault

log = logs.logger(__name__)

NAME = "master.key"
_OTHERS_MAY_READ = 0o077
Stamp = tuple[tuple[int, int, int] | None, ...]


def open_vault(data: Path, configured: str | None, retired: Sequence[str] = ()) -> Vault:
    """Open the vault with the configured keys, or those of the folder, made at the first start.

    Keys of the folder are looked at again whenever the files change. Raises MasterKeyError.
    """
    others = tuple(decoded(text, "DRAWBAR_RETIRED_MASTER_KEYS") for text in retired)
    if configured:
        return Vault(decoded(configured, "DRAWBAR_MASTER_KEY"), retired=others)
    files = KeyFiles(data, others)
    keys = files.read()
    return Vault(keys.current, retired=keys.retired, source=files)


def master_key(data: Path, configured: str | None) -> bytes:
    """Return the master key: `configured` (base64 of 32 bytes), else `data/master.key`.

    The file is created on first use, once even when several processes start together, readable
    by its owner only. Raises MasterKeyError with the remedy. A lost key cannot be recomputed:
    put the copy back, or reconnect every connection.
    """
    if configured:
        return decoded(configured, "DRAWBAR_MASTER_KEY")
    path = data / NAME
    if not path.exists():
        _create(path)
    return decoded(_private_text(path), str(path))


class KeyFiles:
    """The master keys of a data folder, and the steps of a rotation; each may be repeated."""

    def __init__(self, data: Path, others: tuple[bytes, ...] = ()) -> None:
        self._current = data / NAME
        self._retired = data / f"{NAME}.retired"
        self._rotating = data / f"{NAME}.rotating"
        self._data = data
        self._others = others
        self._seen: Stamp | None = None

    def read(self) -> Keys:
        """Return the keys as the files have them now; raise MasterKeyError with the remedy."""
        # The stamp first: a change while the files are read is then noticed the next time.
        self._seen = self._stamp()
        current = master_key(self._data, None)
        retired = (*self._others, *self._retired_keys())
        return Keys(current, tuple(key for key in dict.fromkeys(retired) if key != current))

    def changed(self) -> Keys | None:
        """Return the keys when a file was replaced since they were read last."""
        if self._stamp() == self._seen:
            return None
        try:
            return self.read()
        except (MasterKeyError, OSError) as error:
            # Whoever runs goes on with the keys it has; whoever starts is told.
            log.warning("keyring.unreadable", error=str(error))
            return None

    @property
    def rotating(self) -> bool:
        """Whether a rotation was begun and not finished."""
        return self._rotating.exists()

    def begin(self) -> Keys:
        """Make a new key the current one and keep the old; go on with a rotation once begun.

        The order matters: a process may read the files between any two of these steps.
        """
        old = master_key(self._data, None)
        if not self.rotating:
            write_secret(self._rotating, encoded(secrets.token_bytes(KEY_BYTES)))
        new = decoded(_private_text(self._rotating), str(self._rotating))
        if old != new:
            kept = dict.fromkeys((*self._retired_keys(), old))
            write_secret(self._retired, "".join(encoded(key) for key in kept))
            write_secret(self._current, encoded(new))
        return self.read()

    def finish(self, *, keep_retired: bool) -> None:
        """Forget the retired keys, unless they are to be kept, and that there was a rotation."""
        if not keep_retired:
            self._retired.unlink(missing_ok=True)
        self._rotating.unlink(missing_ok=True)

    def _retired_keys(self) -> list[bytes]:
        try:
            lines = _private_text(self._retired).split()
        except FileNotFoundError:
            return []
        return [decoded(line, str(self._retired)) for line in lines]

    def _stamp(self) -> Stamp:
        return tuple(_stamp_of(path) for path in (self._current, self._retired))


def write_secret(path: Path, text: str) -> None:
    """Put a whole new file in place, readable by its owner only, and safe from a power cut."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def encoded(key: bytes) -> str:
    """Write a master key as its file has it."""
    return base64.b64encode(key).decode() + "\n"


def decoded(text: str, source: str) -> bytes:
    """Read a master key; raise MasterKeyError that names the source and the remedy."""
    remedy = (
        f"{source} must be base64 of {KEY_BYTES} bytes. Restore your copy; only on a new "
        "installation make one: python -c 'import os,base64;"
        f"print(base64.b64encode(os.urandom({KEY_BYTES})).decode())'"
    )
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MasterKeyError(remedy) from error
    if len(key) != KEY_BYTES:
        raise MasterKeyError(remedy)
    return key


def _private_text(path: Path) -> str:
    if os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
        raise MasterKeyError(f"Other users can read {path}. Run: chmod 600 {path}")
    return path.read_text("ascii", errors="replace")


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _sync_folder(folder: Path) -> None:
    """Make the new name last too, where the system can (POSIX)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - the mode must be right from the first byte on
            file.write(encoded(secrets.token_bytes(KEY_BYTES)).encode())
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, does not replace: of two starting processes one key wins,
        # whole, and both go on to read that one.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError as error:
        raise MasterKeyError(
            f"{path} could not be written ({error.strerror}). Make the folder writable, "
            "or set DRAWBAR_MASTER_KEY."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
