"""Workspaces, people, keys, tokens and credits."""

from drawbar.migrations import run

revision = "0002"
down_revision = "0001"

IDENTITY = """
CREATE TABLE workspaces (
  workspace_id uuid PRIMARY KEY,
  name text NOT NULL,
  plan text NOT NULL CHECK (plan IN ('trial', 'paid')),
  products text[] NOT NULL,
  created_at timestamptz NOT NULL
);
CALL protect('workspaces');

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz
);
CREATE UNIQUE INDEX ON users (lower(email));
CALL reserve('users');

CREATE TABLE memberships (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  user_id uuid NOT NULL REFERENCES users (id),
  hub_role text CHECK (hub_role IN ('owner', 'admin', 'developer', 'viewer')),
  asset_role text CHECK (asset_role IN
    ('admin', 'manager', 'inspector', 'technician', 'contractor', 'requester', 'auditor')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX ON memberships (user_id);
CALL protect('memberships');

CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  workspace_id uuid NOT NULL REFERENCES workspaces,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  user_agent text NOT NULL
);
CREATE INDEX ON sessions (user_id);
CALL reserve('sessions');

CREATE TABLE login_failures (
  email text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX ON login_failures (email, at);
CALL reserve('login_failures');

-- A one-time link for what nobody can log in for yet: the first owner.
CREATE TABLE setup_links (
  token_hash bytea PRIMARY KEY,
  created_at timestamptz NOT NULL
);
CALL reserve('setup_links');

CREATE TABLE api_keys (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  hint text NOT NULL,
  key_hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CALL protect('api_keys');

CREATE TABLE applications (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  client_id text NOT NULL UNIQUE,
  secret_hash bytea NOT NULL,
  environment text NOT NULL CHECK (environment IN ('development', 'production')),
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CALL protect('applications');

CREATE TABLE access_tokens (
  token_hash bytea PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces,
  kind text NOT NULL CHECK (kind IN ('admin', 'connection')),
  application_id uuid,
  connection_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CHECK ((kind = 'connection') = (connection_id IS NOT NULL))
);
CREATE INDEX ON access_tokens (workspace_id, connection_id);
CALL protect('access_tokens');

-- Double entry in one row: an amount moves from one account to another; the pool is a sum of it.
CREATE TABLE credit_entries (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('grant', 'consume', 'release', 'overage')),
  from_account text NOT NULL CHECK (from_account IN ('issued', 'available', 'used', 'overage')),
  to_account text NOT NULL CHECK (to_account IN ('issued', 'available', 'used', 'overage')),
  amount integer NOT NULL CHECK (amount > 0),
  connection_id uuid,
  note text NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CHECK (from_account <> to_account)
);
CREATE INDEX ON credit_entries (workspace_id, at);
CALL protect('credit_entries');
REVOKE UPDATE, DELETE ON credit_entries FROM drawbar_app, drawbar_system;
"""


def upgrade() -> None:
    run(IDENTITY)
