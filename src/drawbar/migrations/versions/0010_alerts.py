"""Who is told of what by e-mail."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
