"""Every kind of the platform, in the order a copy of it would be loaded."""

from typing import Any

from drawbar.assettracs.assets.kinds import ASSETS, CATEGORIES
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.places.kinds import LOCATIONS, SITES
from drawbar.assettracs.tags.kinds import TAG_SCANS, TAGS

KINDS: tuple[Kind[Any], ...] = (SITES, LOCATIONS, CATEGORIES, ASSETS, TAGS, TAG_SCANS)
