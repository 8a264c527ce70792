"""Invitations, password resets, second factors, letters."""

from drawbar.migrations import run

revision = "0009"
down_revision = "0008"

LETTERS = """
-- Sealed, because a letter may hold a one-time link; whoever queues one cannot read any.
CREATE TABLE letters (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  sealed_letter bytea NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX ON letters (created_at);
CALL reserve('letters');
GRANT INSERT ON letters TO drawbar_app;
CREATE POLICY queue ON letters FOR INSERT TO drawbar_app WITH CHECK (true);
"""


def upgrade() -> None:
    run(LETTERS)
