import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawbar.kit.crypto import (
    MasterKeyError,
    SealError,
    Vault,
    fingerprint,
    new_secret,
    same,
)
from drawbar.kit.keyring import master_key

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_was_sealed_opens_in_the_same_context(plaintext: bytes, context: bytes) -> None:
    vault = Vault(KEY)

    assert vault.open(vault.seal(plaintext, context=context), context=context) == plaintext


def test_sealing_twice_gives_different_bytes_that_do_not_show_the_secret() -> None:
    vault = Vault(KEY)

    first = vault.seal(b"pump-password", context=b"a")
    second = vault.seal(b"pump-password", context=b"a")

    assert first != second
    assert b"pump" not in first


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_anywhere_is_noticed(position: int, change: int) -> None:
    vault = Vault(KEY)
    sealed = bytearray(vault.seal(b"pump-password", context=b"a"))
    sealed[position % len(sealed)] ^= change

    with pytest.raises(SealError):
        vault.open(bytes(sealed), context=b"a")


@given(st.binary(max_size=200))
def test_bytes_from_elsewhere_are_refused_without_breaking(sealed: bytes) -> None:
    with pytest.raises(SealError):
        Vault(KEY).open(sealed, context=b"a")


def test_a_secret_moved_to_another_row_does_not_open() -> None:
    vault = Vault(KEY)
    sealed = vault.seal(b"pump-password", context=b"connection:alice")

    with pytest.raises(SealError):
        vault.open(sealed, context=b"connection:mallory")


def test_the_header_of_one_secret_does_not_open_the_body_of_another() -> None:
    vault = Vault(KEY)
    first = vault.seal(b"first-secret", context=b"a")
    second = vault.seal(b"other-secret", context=b"a")

    with pytest.raises(SealError):
        vault.open(first[:69] + second[69:], context=b"a")


def test_another_master_key_is_named_in_the_error() -> None:
    sealed = Vault(KEY).seal(b"pump-password", context=b"a")

    with pytest.raises(SealError, match="Put the old key back"):
        Vault(OTHER_KEY).open(sealed, context=b"a")


def test_a_rotated_master_key_opens_old_secrets_and_rewraps_them() -> None:
    sealed = Vault(KEY).seal(b"pump-password", context=b"a")
    rotating = Vault(OTHER_KEY, retired=[KEY])

    rewrapped = rotating.rewrap(sealed, context=b"a")

    assert rotating.open(sealed, context=b"a") == b"pump-password"
    assert Vault(OTHER_KEY).open(rewrapped, context=b"a") == b"pump-password"
    assert (rotating.is_current(sealed), rotating.is_current(rewrapped)) == (False, True)


def test_a_vault_does_not_show_its_key() -> None:
    assert KEY.hex() not in repr(Vault(KEY))
    assert str(KEY) not in repr(Vault(KEY))


def test_subkeys_differ_by_purpose_and_by_master_key_and_stay_the_same() -> None:
    vault = Vault(KEY)

    assert vault.subkey("cursors") == Vault(KEY).subkey("cursors")
    assert (
        len(
            {
                vault.subkey("cursors"),
                vault.subkey("links"),
                Vault(OTHER_KEY).subkey("cursors"),
                KEY,
            }
        )
        == 4
    )


def test_the_master_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    first = master_key(tmp_path / "new", None)
    second = master_key(tmp_path / "new", None)

    assert first == second
    assert len(first) == 32
    assert stat.S_IMODE((tmp_path / "new" / "master.key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["master.key"]


def test_processes_that_start_together_agree_on_one_master_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as starters:
        keys = set(starters.map(lambda _: master_key(tmp_path, None), range(64)))

    assert len(keys) == 1


def test_a_configured_master_key_wins_and_no_file_is_written(tmp_path: Path) -> None:
    assert master_key(tmp_path, base64.b64encode(KEY).decode()) == KEY
    assert list(tmp_path.iterdir()) == []


def test_the_content_of_the_file_can_be_moved_to_the_environment(tmp_path: Path) -> None:
    key = master_key(tmp_path, None)

    assert master_key(tmp_path, (tmp_path / "master.key").read_text()) == key


@pytest.mark.parametrize(
    "configured", ["short", "AAAA", "*" * 44, base64.b64encode(KEY + b"x").decode()]
)
def test_a_malformed_master_key_is_told_with_the_remedy(tmp_path: Path, configured: str) -> None:
    with pytest.raises(MasterKeyError, match="Restore your copy"):
        master_key(tmp_path, configured)


def test_an_error_about_the_master_key_does_not_repeat_it(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError) as error:
        master_key(tmp_path, "almost-a-key")

    assert "almost-a-key" not in str(error.value)


def test_an_empty_master_key_file_is_told_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "master.key").touch(mode=0o600)

    with pytest.raises(MasterKeyError, match=r"master\.key"):
        master_key(tmp_path, None)


@pytest.mark.skipif(os.name != "posix", reason="file modes mean nothing there")
def test_a_master_key_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    master_key(tmp_path, None)
    (tmp_path / "master.key").chmod(0o640)

    with pytest.raises(MasterKeyError, match="chmod 600"):
        master_key(tmp_path, None)


def test_a_vault_refuses_a_key_of_another_length() -> None:
    with pytest.raises(MasterKeyError):
        Vault(b"short")


def test_a_new_secret_keeps_its_prefix_and_is_long_and_fresh() -> None:
    first, second = new_secret("dbk_"), new_secret("dbk_")

    assert first != second
    assert first.startswith("dbk_")
    assert len(first) >= len("dbk_") + 32


def test_a_fingerprint_is_the_sha256_of_the_token() -> None:
    assert fingerprint("abc").hex().startswith("ba7816bf8f01cfea")


def test_same_compares_text_bytes_and_what_is_no_ascii() -> None:
    assert same("schlüssel", "schlüssel".encode())
    assert not same("schlüssel", "schlussel")
    assert not same("\ud800", "a")
