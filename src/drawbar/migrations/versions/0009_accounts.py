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

ACCOUNTS = """
ALTER TABLE users
  ADD COLUMN locale text NOT NULL DEFAULT '',
  ADD COLUMN time_zone text NOT NULL DEFAULT '',
  ADD COLUMN email_confirmed_at timestamptz;

ALTER TABLE sessions
  ADD COLUMN id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  ADD COLUMN address text NOT NULL DEFAULT '';

-- What somebody tried, to whom or to what, and from where: wrong passwords and codes, letters.
ALTER TABLE login_failures RENAME TO attempts;
ALTER TABLE attempts RENAME COLUMN email TO subject;
ALTER TABLE attempts
  ADD COLUMN what text NOT NULL,
  ADD COLUMN network text NOT NULL;
DROP INDEX login_failures_email_at_idx;
CREATE INDEX ON attempts (what, subject, at);
CREATE INDEX ON attempts (what, network, at);
CREATE INDEX ON attempts (at);

-- One-time links in letters; one that signs up belongs to nobody yet.
CREATE TABLE one_time_links (
  token_hash bytea PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('sign_up', 'reset', 'confirm')),
  user_id uuid REFERENCES users (id),
  email text NOT NULL,
  expires_at timestamptz NOT NULL,
  CHECK ((purpose = 'sign_up') = (user_id IS NULL))
);
CREATE INDEX ON one_time_links (user_id);
CREATE INDEX ON one_time_links (expires_at);
CALL reserve('one_time_links');

CREATE TABLE invitations (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  email text NOT NULL,
  hub_role text CHECK (hub_role IN ('owner', 'admin', 'developer', 'viewer')),
  asset_role text CHECK (asset_role IN
    ('admin', 'manager', 'inspector', 'technician', 'contractor', 'requester', 'auditor')),
  token_hash bytea NOT NULL UNIQUE,
  invited_by uuid NOT NULL REFERENCES users (id),
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX ON invitations (workspace_id, lower(email));
CALL protect('invitations');

-- The counter of the last accepted code makes each code work once (RFC 6238 section 5.2).
CREATE TABLE second_factors (
  user_id uuid PRIMARY KEY REFERENCES users (id),
  sealed_secret bytea NOT NULL,
  last_step bigint NOT NULL,
  created_at timestamptz NOT NULL
);
CALL reserve('second_factors');

CREATE TABLE recovery_codes (
  user_id uuid NOT NULL REFERENCES second_factors ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  PRIMARY KEY (user_id, code_hash)
);
CALL reserve('recovery_codes');

-- Who has given the right password and owes a code.
CREATE TABLE half_sessions (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  wrong_codes integer NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL
);
CREATE INDEX ON half_sessions (expires_at);
CALL reserve('half_sessions');
"""


def upgrade() -> None:
    run(LETTERS)
    run(ACCOUNTS)
