"""What AssetTracs is and has."""

from pathlib import Path

from drawbar.connectors.sdk.manifest import manifest_at

MANIFEST = manifest_at(Path(__file__).parent, available=True)
"""AssetTracs, Drawbar's own asset platform, reached like any other system: by its public API."""
