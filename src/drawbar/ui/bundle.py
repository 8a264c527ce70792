"""Addresses of the bundled scripts and styles, whose names carry a hash of their content."""

from functools import cache
from pathlib import Path

import msgspec

DIST = Path(__file__).parent / "static" / "dist"
STATIC_PATH = "/static"


class BundleMissingError(Exception):
    """The build hook has not run, or a template names a file that nothing bundles."""


@cache
def _manifest(dist: Path) -> dict[str, str]:
    try:
        text = (dist / "manifest.json").read_bytes()
    except FileNotFoundError as error:
        raise BundleMissingError(
            f"{dist} holds no bundle. Run `pip install -e .` in the project's folder."
        ) from error
    return msgspec.json.decode(text, type=dict[str, str])


def asset_url(name: str, dist: Path = DIST) -> str:
    """Return the address of `drawbar.js`, `drawbar.css` …; raise `BundleMissingError`."""
    hashed = _manifest(dist).get(name)
    if hashed is None:
        raise BundleMissingError(f"No bundle is called {name}.")
    return f"{STATIC_PATH}/{hashed}"
