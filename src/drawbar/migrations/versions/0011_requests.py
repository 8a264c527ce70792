"""The request log, a partition a day."""

from drawbar.migrations import run

revision = "0011"
down_revision = "0010"

REQUESTS = """
CREATE TABLE request_logs (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id text NOT NULL,
  created_at timestamptz NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  query text NOT NULL,
  status integer NOT NULL,
  duration_ms double precision NOT NULL,
  actor_kind text NOT NULL,
  actor_id uuid,
  actor_label text NOT NULL,
  connection_id uuid,
  application_id uuid,
  client text NOT NULL,
  user_agent text NOT NULL,
  request_headers jsonb NOT NULL,
  request_body text,
  response_headers jsonb NOT NULL,
  response_body text,
  PRIMARY KEY (workspace_id, created_at, id)
) PARTITION BY RANGE (created_at);
CREATE INDEX ON request_logs (workspace_id, request_id);
CREATE INDEX ON request_logs (workspace_id, connection_id, created_at)
  WHERE connection_id IS NOT NULL;
CALL protect('request_logs');
REVOKE UPDATE, DELETE ON request_logs FROM drawbar_app, drawbar_system;
CREATE TABLE request_logs_default PARTITION OF request_logs DEFAULT;

-- The app role owns nothing, so what makes and drops days runs as the owner, for this table only.
-- ATTACH leaves writers alone; the time-out keeps a long reader from holding everybody up.
CREATE FUNCTION keep_request_logs(days integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '3s' SET timezone = 'UTC' AS $$
DECLARE
  today date := current_date;
  day date;
  name text;
BEGIN
  IF days < 1 THEN
    RAISE EXCEPTION 'days is at least 1';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('keep_request_logs', 0));
  FOR day IN SELECT today + n FROM generate_series(0, 2) n LOOP
    name := 'request_logs_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE request_logs INCLUDING ALL)', name);
    EXECUTE format(
      'WITH moved AS (DELETE FROM request_logs_default WHERE created_at >= %1$L '
      'AND created_at < %2$L RETURNING *) INSERT INTO %3$I SELECT * FROM moved',
      day::timestamptz, (day + 1)::timestamptz, name);
    EXECUTE format('ALTER TABLE request_logs ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   name, day::timestamptz, (day + 1)::timestamptz);
  END LOOP;
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'request_logs'::regclass AND c.relname ~ '^request_logs_[0-9]{8}$'
       AND right(c.relname, 8) < to_char(today - days, 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE %I', name);
  END LOOP;
  DELETE FROM request_logs_default WHERE created_at < (today - days)::timestamptz;
END $$;
REVOKE ALL ON FUNCTION keep_request_logs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_request_logs TO drawbar_app;
SELECT keep_request_logs(30);

CREATE INDEX ON audit_entries (workspace_id, at, id);
"""


def upgrade() -> None:
    run(REQUESTS)
