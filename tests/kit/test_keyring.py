"""The files of the master key: exchanged step by step, noticed by whoever runs."""

import base64
import stat
from pathlib import Path
from uuid import UUID

import pytest

from drawbar.kit.crypto import MasterKeyError, SealError, Vault
from drawbar.kit.keyring import KeyFiles, master_key, open_vault
from drawbar.kit.listing import Cursors, Position
from drawbar.kit.settings import settings_from
from tests.support.clock import FakeClock

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_a_running_vault_seals_under_the_new_key_and_opens_both(tmp_path: Path) -> None:
    running = open_vault(tmp_path, None)
    before = running.seal(b"pump", context=b"a")

    keys = KeyFiles(tmp_path).begin()
    after = running.seal(b"pump", context=b"a")

    assert Vault(keys.current).open(after, context=b"a") == b"pump"
    assert running.open(before, context=b"a") == b"pump"
    assert keys.retired != ()


def test_a_vault_that_has_not_looked_since_opens_what_others_sealed(tmp_path: Path) -> None:
    late, early = open_vault(tmp_path, None), open_vault(tmp_path, None)
    KeyFiles(tmp_path).begin()

    sealed = early.seal(b"pump", context=b"a")

    assert late.open(sealed, context=b"a") == b"pump"


def test_a_running_vault_opens_what_it_holds_after_the_old_key_is_gone(tmp_path: Path) -> None:
    running = open_vault(tmp_path, None)
    held = running.seal(b"pump", context=b"a")
    files = KeyFiles(tmp_path)
    files.begin()
    files.finish(keep_retired=False)

    assert running.open(held, context=b"a") == b"pump"
    with pytest.raises(SealError, match="Put the old key back"):
        open_vault(tmp_path, None).open(held, context=b"a")


def test_beginning_again_goes_on_with_the_same_key(tmp_path: Path) -> None:
    first = master_key(tmp_path, None)

    once, twice = KeyFiles(tmp_path).begin(), KeyFiles(tmp_path).begin()

    assert once == twice
    assert once.retired == (first,)


def test_a_rotation_that_died_before_the_exchange_still_makes_it(tmp_path: Path) -> None:
    first = master_key(tmp_path, None)
    rotating = tmp_path / "master.key.rotating"
    rotating.write_text(text(OTHER))
    rotating.chmod(0o600)

    keys = KeyFiles(tmp_path).begin()

    assert (keys.current, keys.retired) == (OTHER, (first,))


def test_every_key_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    master_key(tmp_path, None)
    KeyFiles(tmp_path).begin()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    names = ("master.key", "master.key.retired", "master.key.rotating")
    assert modes == dict.fromkeys(names, 0o600)


def test_keeping_the_retired_key_keeps_its_file_and_ends_the_rotation(tmp_path: Path) -> None:
    first = master_key(tmp_path, None)
    files = KeyFiles(tmp_path)
    files.begin()

    files.finish(keep_retired=True)

    assert not files.rotating
    assert files.read().retired == (first,)
    assert set(KeyFiles(tmp_path).begin().retired) > {first}


def test_a_running_vault_goes_on_when_the_file_becomes_unreadable(tmp_path: Path) -> None:
    running = open_vault(tmp_path, None)
    (tmp_path / "master.key").write_text("torn")

    assert running.open(running.seal(b"pump", context=b"a"), context=b"a") == b"pump"


def test_retired_keys_of_the_environment_open_and_do_not_seal(tmp_path: Path) -> None:
    settings = settings_from(
        {
            "DRAWBAR_MASTER_KEY": text(KEY),
            "DRAWBAR_RETIRED_MASTER_KEYS": text(OTHER),
            "DRAWBAR_DATA": str(tmp_path),
        }
    )
    vault = open_vault(settings.data, settings.master_key, settings.retired_master_keys)

    assert vault.open(Vault(OTHER).seal(b"pump", context=b"a"), context=b"a") == b"pump"
    assert vault.current_id == Vault(KEY).current_id
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_retired_key_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match="DRAWBAR_RETIRED_MASTER_KEYS"):
        open_vault(tmp_path, text(KEY), ["short"])


def test_a_cursor_from_before_a_rotation_stays_valid(tmp_path: Path, clock: FakeClock) -> None:
    running = open_vault(tmp_path, None)
    cursors = Cursors(source=lambda: running.subkeys("cursors"))
    position = Position(clock.now, UUID(bytes=KEY[:16]), None)
    before = cursors.seal(position, b"list")
    KeyFiles(tmp_path).begin()

    after = cursors.seal(position, b"list")

    assert before != after
    assert cursors.open(before, b"list", Position) == cursors.open(after, b"list", Position)
