"""A PostgreSQL server of Drawbar's own, run from the binaries in a Python wheel."""

from drawbar.kit.embedded.cluster import SUPERUSER, EmbeddedPostgresError
from drawbar.kit.embedded.server import EmbeddedPostgres

__all__ = ["SUPERUSER", "EmbeddedPostgres", "EmbeddedPostgresError"]
