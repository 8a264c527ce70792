"""A sealed column the rotation of the master key does not know would be lost with the old key."""

import re
from pathlib import Path

from drawbar.house.sealed import REGISTRY

VERSIONS = Path(__file__).parents[2] / "src" / "drawbar" / "migrations" / "versions"
TABLE = re.compile(r"(?:CREATE|ALTER) TABLE (\w+)(.*?);", re.DOTALL)
SEALED = re.compile(r"\b(sealed\w*) bytea")


def sealed_columns() -> set[tuple[str, str]]:
    return {
        (table, column)
        for path in VERSIONS.glob("*.py")
        for table, body in TABLE.findall(path.read_text())
        for column in SEALED.findall(body)
    }


def test_every_sealed_column_is_listed_for_the_rotation_in_house_sealed() -> None:
    assert sealed_columns() == {(one.table, one.column) for one in REGISTRY}
