"""Every system that Drawbar knows, and those among them that it can speak to."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from drawbar.connectors.assettracs.client import AssetTracs
from drawbar.connectors.sandbox.client import Sandbox
from drawbar.connectors.sandbox.server import SandboxServer
from drawbar.connectors.sandbox_oauth.client import OAuthSandbox
from drawbar.connectors.sdk.connector import Connector
from drawbar.connectors.sdk.manifest import Manifest, manifest_at

SANDBOX = SandboxServer()
"""The made-up system that answers inside this process."""

_CONNECTORS: tuple[Connector, ...] = (
    AssetTracs(),
    Sandbox(SANDBOX),
    OAuthSandbox(SANDBOX),
)

CATALOGUE: Mapping[str, Connector] = MappingProxyType(
    {one.manifest.slug: one for one in _CONNECTORS}
)
"""Slug to connector of what can be connected; add one by adding it to the list above."""


def _systems() -> dict[str, Manifest]:
    folders = (path.parent for path in Path(__file__).parent.glob("*/manifest.toml"))
    known = {slug: one.manifest for slug, one in CATALOGUE.items()}
    for folder in folders:
        if folder.name.replace("_", "-") not in known:
            planned = manifest_at(folder)
            known[planned.slug] = planned
    return dict(sorted(known.items(), key=lambda item: (not item[1].available, item[1].name)))


SYSTEMS: Mapping[str, Manifest] = MappingProxyType(_systems())
"""Slug to manifest of every system, those that can be connected first, then by name.

A system without a connector is a folder with a manifest only; it shows what is planned.
"""
