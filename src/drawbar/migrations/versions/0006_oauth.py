"""Authorization codes, refresh tokens, what Link needs to know of an application."""

from drawbar.migrations import run

revision = "0006"
down_revision = "0005"

OAUTH = """
-- A public client (an app in a browser or on a phone) can keep no secret and has none.
ALTER TABLE applications
  ALTER COLUMN secret_hash DROP NOT NULL,
  ADD COLUMN former_secret_hash bytea,
  ADD COLUMN former_secret_ends_at timestamptz,
  ADD COLUMN is_public boolean NOT NULL DEFAULT false,
  ADD COLUMN redirect_uris text[] NOT NULL DEFAULT '{}' CHECK (cardinality(redirect_uris) <= 20),
  ADD COLUMN colour text NOT NULL DEFAULT '' CHECK (colour ~ '^(#[0-9a-f]{6})?$'),
  ADD COLUMN logo bytea CHECK (octet_length(logo) <= 100000),
  ADD COLUMN logo_type text NOT NULL DEFAULT '',
  ADD COLUMN asks_for_webhook boolean NOT NULL DEFAULT false,
  ADD CHECK (is_public = (secret_hash IS NULL)),
  ADD CHECK ((former_secret_hash IS NULL) = (former_secret_ends_at IS NULL)),
  ADD CHECK ((logo IS NULL) = (logo_type = ''));

-- What a customer agreed to in Link: its code, and the family of tokens the code was exchanged for.
CREATE TABLE authorization_grants (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  application_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  code_hash bytea NOT NULL UNIQUE,
  redirect_uri text NOT NULL,
  code_challenge text,
  created_at timestamptz NOT NULL,
  code_expires_at timestamptz NOT NULL,
  exchanged_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, application_id) REFERENCES applications
);
CREATE INDEX ON authorization_grants (workspace_id, connection_id) WHERE ended_at IS NULL;
CALL protect('authorization_grants');

CREATE TABLE refresh_tokens (
  token_hash bytea PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces,
  grant_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  FOREIGN KEY (workspace_id, grant_id) REFERENCES authorization_grants ON DELETE CASCADE
);
CREATE INDEX ON refresh_tokens (workspace_id, grant_id);
CALL protect('refresh_tokens');

ALTER TABLE access_tokens ADD COLUMN grant_id uuid;
CREATE INDEX ON access_tokens (workspace_id, grant_id) WHERE grant_id IS NOT NULL;
"""


def upgrade() -> None:
    run(OAUTH)
