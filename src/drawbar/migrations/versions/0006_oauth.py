"""Authorization codes, refresh tokens, what Link needs to know of an application."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing yet."""
