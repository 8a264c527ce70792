"""What every table stands on: tenancy, the watermark, audit, background jobs."""

from drawbar.kit.jobs import schema_sql
from drawbar.migrations import run

revision = "0001"
down_revision = None

GROUND = """
GRANT USAGE ON SCHEMA public TO drawbar_app, drawbar_system;
GRANT SELECT ON alembic_version TO drawbar_app;

-- Advisory locks have two integer keys: the workspace, and the second its writer began in.
CREATE FUNCTION workspace_lock(workspace uuid) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended(workspace::text, 0)::bit(32)::integer;

CREATE FUNCTION enter_reading(workspace uuid, held_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('drawbar.workspace', workspace::text, true);
  RETURN coalesce(held_at, clock_timestamp());
END $$;

-- The lock is taken before the clock is read: whoever finds no lock older than T afterwards
-- knows that every writer with a `now` up to T has committed.
CREATE FUNCTION enter_writing(workspace uuid, held_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('drawbar.workspace', workspace::text, true);
  PERFORM pg_advisory_xact_lock_shared(
    workspace_lock(workspace),
    floor(extract(epoch FROM coalesce(held_at, clock_timestamp())))::integer);
  RETURN coalesce(held_at, clock_timestamp());
END $$;

-- Rows of a tenant table belong to one workspace; the app role sees the one its transaction named.
CREATE PROCEDURE protect(relation regclass)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
  EXECUTE format('CREATE POLICY tenant ON %s TO drawbar_app USING '
    '(workspace_id = nullif(current_setting(''drawbar.workspace'', true), '''')::uuid)', relation);
  EXECUTE format('CREATE POLICY owner ON %s TO drawbar_owner USING (true)', relation);
  EXECUTE format('CREATE POLICY system ON %s TO drawbar_system USING (true)', relation);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO drawbar_app, drawbar_system',
                 relation);
END $$;

-- Rows of no workspace, such as users: only the system role sees them.
CREATE PROCEDURE reserve(relation regclass)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
  EXECUTE format('CREATE POLICY owner ON %s TO drawbar_owner USING (true)', relation);
  EXECUTE format('CREATE POLICY system ON %s TO drawbar_system USING (true)', relation);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO drawbar_system', relation);
END $$;

CREATE TABLE audit_entries (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_id uuid,
  actor_label text NOT NULL,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid,
  before jsonb,
  after jsonb,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ON audit_entries (workspace_id, subject_id, at);
CALL protect('audit_entries');
REVOKE UPDATE, DELETE ON audit_entries FROM drawbar_app, drawbar_system;

-- Human numbers (WO-10042) without gaps between transactions that race.
CREATE TABLE counters (
  workspace_id uuid NOT NULL,
  name text NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (workspace_id, name)
);
CALL protect('counters');
"""


JOBS_ARE_FOR_ALL = """
GRANT SELECT, INSERT, UPDATE, DELETE
   ON pgqueuer, pgqueuer_log, pgqueuer_statistics, pgqueuer_schedules
   TO drawbar_app, drawbar_system;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO drawbar_app, drawbar_system;
"""
"""Jobs carry ids only, and a worker has to see the jobs of every workspace."""


def upgrade() -> None:
    run(GROUND)
    run(schema_sql())
    run(JOBS_ARE_FOR_ALL)
