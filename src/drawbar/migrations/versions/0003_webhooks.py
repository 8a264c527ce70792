"""The outbox: events, who wants them, deliveries and their attempts."""

from drawbar.migrations import run

revision = "0003"
down_revision = "0002"

WEBHOOKS = """
CREATE TABLE webhook_endpoints (
  id uuid NOT NULL,
  external_id text,
  created_at timestamptz NOT NULL,
  modified_at timestamptz NOT NULL,
  deleted_at timestamptz,
  version integer NOT NULL,
  url text NOT NULL,
  event_types jsonb NOT NULL,
  connection_id uuid,
  description text NOT NULL,
  sealed_headers bytea NOT NULL,
  sealed_secret bytea NOT NULL,
  enabled boolean NOT NULL,
  workspace_id uuid NOT NULL REFERENCES workspaces,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX ON webhook_endpoints (workspace_id, external_id);
CALL protect('webhook_endpoints');

CREATE TABLE webhook_events (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  type text NOT NULL,
  connection_id uuid,
  payload bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ON webhook_events (workspace_id, created_at, id);
CREATE INDEX ON webhook_events (workspace_id, connection_id, created_at);
CALL protect('webhook_events');
REVOKE UPDATE ON webhook_events FROM drawbar_app, drawbar_system;

CREATE TABLE webhook_deliveries (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
  generation integer NOT NULL DEFAULT 1,
  attempts integer NOT NULL DEFAULT 0,
  first_at timestamptz,
  due_at timestamptz,
  lease_until timestamptz,
  claim_token uuid,
  last_status integer,
  last_error text,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, endpoint_id) REFERENCES webhook_endpoints,
  FOREIGN KEY (workspace_id, event_id) REFERENCES webhook_events
);
CREATE INDEX ON webhook_deliveries (endpoint_id, due_at) WHERE status = 'pending';
CREATE INDEX ON webhook_deliveries (workspace_id, created_at, id);
CREATE INDEX ON webhook_deliveries (workspace_id, finished_at) WHERE status = 'failed';
CREATE INDEX ON webhook_deliveries (workspace_id, event_id);
CALL protect('webhook_deliveries');

CREATE TABLE webhook_attempts (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  generation integer NOT NULL,
  number integer NOT NULL,
  at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  status integer,
  error text,
  response text NOT NULL,
  late boolean NOT NULL DEFAULT false,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ON webhook_attempts (workspace_id, delivery_id, at);
CALL protect('webhook_attempts');
"""


def upgrade() -> None:
    run(WEBHOOKS)
