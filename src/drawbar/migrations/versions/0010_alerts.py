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

ALERTS = """
-- How each member wants to be told; without a row their role decides. `since` says from when on
-- a kind is theirs: what happened before is not told again in another way.
CREATE TABLE alert_choices (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  user_id uuid NOT NULL REFERENCES users (id),
  kinds jsonb NOT NULL,
  digest_every text NOT NULL CHECK (digest_every IN ('hour', 'day')),
  digest_hour integer NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
  time_zone text NOT NULL,
  since jsonb NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);
CALL protect('alert_choices');

-- Up to when facts became notices; whoever makes them holds the row.
CREATE TABLE alert_cursors (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  until timestamptz NOT NULL
);
CALL protect('alert_cursors');

-- `id` follows from the fact, so that one found again is not told again. `sequence` goes up in
-- the order of commits, for the cursor's row lock lets one writer at a time into a workspace.
CREATE TABLE alert_notices (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN
    ('reauthorization', 'syncs_failing', 'webhooks_failed', 'credits_low', 'recovered')),
  subject_id uuid,
  at timestamptz NOT NULL,
  facts jsonb NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ON alert_notices (workspace_id, sequence);
CREATE INDEX ON alert_notices (workspace_id, subject_id, at);
CREATE INDEX ON alert_notices (at);
CALL protect('alert_notices');

-- What a member was told at once, by kind and thing (the workspace, where there is none).
CREATE TABLE alert_told (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  user_id uuid NOT NULL REFERENCES users (id),
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, user_id, kind, subject_id)
);
CALL protect('alert_told');

CREATE TABLE alert_digests (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  user_id uuid NOT NULL REFERENCES users (id),
  sequence bigint NOT NULL,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);
CALL protect('alert_digests');
"""


def upgrade() -> None:
    run(SIGNING)
    run(ALERTS)
