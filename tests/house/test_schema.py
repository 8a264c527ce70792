"""The revision by file name is the one Alembic's graph ends in."""

from drawbar import migrations
from drawbar.house.schema import newest_revision


def test_the_newest_revision_by_number_is_the_head_of_the_history() -> None:
    assert newest_revision() == migrations.newest_revision()
