"""Every connector of this Drawbar, by its slug."""

from collections.abc import Mapping

from drawbar.connectors.assettracs.client import AssetTracs
from drawbar.connectors.sdk.connector import Connector

_CONNECTORS: tuple[Connector, ...] = (AssetTracs(),)

CATALOGUE: Mapping[str, Connector] = {one.manifest.slug: one for one in _CONNECTORS}
"""Slug to connector; add a system by adding it to the list above."""
