"""Connection health, breakers and source budgets, renewed grants, the level of a low pool."""

from drawbar.migrations import run

revision = "0008"
down_revision = "0007"

LIFE = """
ALTER TABLE connections
  ADD COLUMN health_message text NOT NULL DEFAULT '',
  ADD COLUMN health_changed_at timestamptz,
  ADD COLUMN last_checked_at timestamptz,
  ADD COLUMN next_check_at timestamptz,
  ADD COLUMN failed_checks integer NOT NULL DEFAULT 0,
  ADD COLUMN records_erased_at timestamptz;
CREATE INDEX ON connections (next_check_at) WHERE next_check_at IS NOT NULL;

-- What all processes must know before they call a source: breaker, pause, budget, who renews.
CREATE TABLE source_gates (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  connection_id uuid NOT NULL,
  open_since timestamptz,
  probe_at timestamptz,
  times_opened integer NOT NULL DEFAULT 0,
  not_before timestamptz,
  tokens double precision,
  filled_at timestamptz,
  renewing_by uuid,
  renewing_until timestamptz,
  PRIMARY KEY (workspace_id, connection_id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES connections
) WITH (fillfactor = 50);
CALL protect('source_gates');

ALTER TABLE workspaces
  ADD COLUMN credits_low_at integer CHECK (credits_low_at >= 0),
  ADD COLUMN told_credits_low boolean NOT NULL DEFAULT false;
CREATE INDEX ON credit_entries (workspace_id, connection_id) WHERE connection_id IS NOT NULL;
"""


def upgrade() -> None:
    run(LIFE)
