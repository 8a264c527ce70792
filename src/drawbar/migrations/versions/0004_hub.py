"""Connections, their secrets, sync runs, unified records and the changes feed."""

from drawbar.migrations import run

revision = "0004"
down_revision = "0003"

PARTITIONS = 8
"""Of records and changes, by connection: enough to spread vacuum and to move to other hosts."""

HUB = """
CREATE TABLE connections (
  id uuid NOT NULL,
  external_id text,
  created_at timestamptz NOT NULL,
  modified_at timestamptz NOT NULL,
  deleted_at timestamptz,
  version integer NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  system text NOT NULL,
  deployment text NOT NULL CHECK (deployment IN ('cloud', 'on_premises')),
  tier integer NOT NULL,
  credits integer NOT NULL,
  status text NOT NULL CHECK (status IN
    ('pending', 'synchronizing', 'active', 'inactive', 'disconnected')),
  health text NOT NULL CHECK (health IN ('online', 'offline', 'reauth_required', 'degraded')),
  customer_reference text NOT NULL,
  user_metadata jsonb NOT NULL,
  tags jsonb NOT NULL,
  settings jsonb NOT NULL,
  subscription_id text,
  sync_interval_seconds integer NOT NULL CHECK (sync_interval_seconds BETWEEN 60 AND 86400),
  next_sync_at timestamptz,
  connected_at timestamptz,
  last_synced_at timestamptz,
  workspace_id uuid NOT NULL REFERENCES workspaces,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX ON connections (workspace_id, external_id);
CREATE INDEX ON connections (next_sync_at) WHERE next_sync_at IS NOT NULL;
CALL protect('connections');

CREATE TABLE connection_secrets (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  connection_id uuid NOT NULL,
  sealed bytea NOT NULL,
  modified_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connection_id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections
);
CALL protect('connection_secrets');

CREATE TABLE sync_states (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  connection_id uuid NOT NULL,
  entity text NOT NULL,
  permitted boolean NOT NULL,
  watermark timestamptz,
  records_total bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, connection_id, entity),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections
);
CALL protect('sync_states');

CREATE TABLE sync_runs (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  entity text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('initial', 'incremental', 'full')),
  trigger text NOT NULL CHECK (trigger IN ('connect', 'schedule', 'manual', 'push')),
  status text NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  again boolean NOT NULL DEFAULT false,
  queued_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  since timestamptz,
  as_of timestamptz,
  checkpoint text,
  expected integer,
  pages integer NOT NULL DEFAULT 0,
  seen integer NOT NULL DEFAULT 0,
  created integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  deleted integer NOT NULL DEFAULT 0,
  attempt integer NOT NULL DEFAULT 0,
  error_code text,
  error_message text,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections
);
CREATE UNIQUE INDEX one_run_at_a_time ON sync_runs (workspace_id, connection_id, entity)
  WHERE status IN ('queued', 'running');
CREATE INDEX ON sync_runs (workspace_id, connection_id, entity, queued_at DESC);
CALL protect('sync_runs');

-- `body` is the exact JSON the API returns, `raw` the record as the source gave it.
CREATE TABLE records (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  entity text NOT NULL,
  id uuid NOT NULL,
  remote_id text NOT NULL,
  body json NOT NULL,
  raw json NOT NULL,
  content_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  modified_at timestamptz NOT NULL,
  remote_modified_at timestamptz,
  deleted_at timestamptz,
  synced_at timestamptz NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, entity, id)
) PARTITION BY HASH (connection_id);
CREATE INDEX ON records (workspace_id, connection_id, entity, modified_at, id);
CREATE INDEX ON records (workspace_id, connection_id, entity, created_at, id);
CALL protect('records');

CREATE TABLE changes (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  sequence bigint NOT NULL,
  entity text NOT NULL,
  record_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('created', 'updated', 'deleted')),
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, sequence)
) PARTITION BY HASH (connection_id);
CALL protect('changes');

-- Its row lock makes the sequence of changes the order of their commits, per connection.
CREATE TABLE change_feeds (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  last_sequence bigint NOT NULL,
  PRIMARY KEY (workspace_id, connection_id)
);
CALL protect('change_feeds');
"""


def upgrade() -> None:
    run(HUB)
    for table in ("records", "changes"):
        for part in range(PARTITIONS):
            run(
                f"CREATE TABLE {table}_{part} PARTITION OF {table} "
                f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part})"
            )
