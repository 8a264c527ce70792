"""Link sessions and magic links."""

from drawbar.migrations import run

revision = "0007"
down_revision = "0006"

LINK = """
-- A link for one connection: pending until its customer finishes it, or to log in anew.
CREATE TABLE magic_links (
  id uuid NOT NULL,
  external_id text,
  created_at timestamptz NOT NULL,
  modified_at timestamptz NOT NULL,
  deleted_at timestamptz,
  version integer NOT NULL,
  connection_id uuid NOT NULL,
  application_id uuid,
  system text NOT NULL,
  reconnects boolean NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  opened_at timestamptz,
  finished_at timestamptz,
  revoked_at timestamptz,
  workspace_id uuid NOT NULL REFERENCES workspaces,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections,
  FOREIGN KEY (workspace_id, application_id) REFERENCES applications
);
CREATE UNIQUE INDEX ON magic_links (workspace_id, external_id);
CREATE INDEX ON magic_links (workspace_id, created_at, id);
CREATE INDEX ON magic_links (workspace_id, connection_id);
CALL protect('magic_links');

-- One visit of one browser, known by the token in its address: it has no cookie in a frame.
CREATE TABLE link_sessions (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  client_id text,
  magic_link_id uuid,
  redirect_uri text,
  response_mode text NOT NULL,
  state text NOT NULL,
  code_challenge text,
  locale text NOT NULL,
  fixed_system text NOT NULL,
  system text NOT NULL,
  denied text[] NOT NULL,
  sealed_entry bytea,
  is_checked boolean NOT NULL,
  consent_hash bytea UNIQUE,
  connection_id uuid,
  claimed_at timestamptz,
  finished_at timestamptz,
  delivered_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, magic_link_id) REFERENCES magic_links,
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections
);
CREATE INDEX ON link_sessions (expires_at);
CALL protect('link_sessions');
"""


def upgrade() -> None:
    run(LINK)
