"""Signing keys of former master keys, and who is told of what by e-mail."""

from drawbar.migrations import run

revision = "0010"
down_revision = "0009"

SIGNING = """
CREATE TABLE former_signing_keys (
  key_id bytea NOT NULL,
  purpose text NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (key_id, purpose)
);
CALL reserve('former_signing_keys');
"""


def upgrade() -> None:
    run(SIGNING)
