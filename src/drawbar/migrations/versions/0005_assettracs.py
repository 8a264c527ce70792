"""The asset platform's own tables, in a schema of their own."""

from drawbar.migrations import run

revision = "0005"
down_revision = "0004"

ROW = """
  id uuid NOT NULL,
  external_id text,
  created_at timestamptz NOT NULL,
  modified_at timestamptz NOT NULL,
  deleted_at timestamptz,
  version integer NOT NULL,
"""
"""The columns every table of the platform begins with (drawbar.kit.tables.Row)."""

TABLES = {
    "sites": """
  name text NOT NULL,
  code text,
  description text,
  address text,
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  time_zone text,
  status text NOT NULL,
""",
    "locations": """
  site_id uuid,
  parent_id uuid,
  name text NOT NULL,
  code text,
  type text NOT NULL,
  description text,
  FOREIGN KEY (workspace_id, site_id) REFERENCES assettracs.sites,
  FOREIGN KEY (workspace_id, parent_id) REFERENCES assettracs.locations,
""",
    "categories": """
  name text NOT NULL,
  code_prefix text NOT NULL,
  parent_id uuid,
  FOREIGN KEY (workspace_id, parent_id) REFERENCES assettracs.categories,
""",
    "assets": """
  code text NOT NULL,
  name text NOT NULL,
  description text,
  category_id uuid,
  category text,
  make text,
  model text,
  serial_number text,
  criticality text NOT NULL,
  status text NOT NULL,
  site_id uuid,
  location_id uuid,
  parent_id uuid,
  activated_on date,
  warranty_ends_on date,
  custom_fields jsonb NOT NULL,
  tags jsonb NOT NULL,
  FOREIGN KEY (workspace_id, category_id) REFERENCES assettracs.categories,
  FOREIGN KEY (workspace_id, site_id) REFERENCES assettracs.sites,
  FOREIGN KEY (workspace_id, location_id) REFERENCES assettracs.locations,
  FOREIGN KEY (workspace_id, parent_id) REFERENCES assettracs.assets,
""",
    "tags": """
  asset_id uuid,
  kind text NOT NULL,
  payload text NOT NULL,
  state text NOT NULL,
  attached_at timestamptz,
  FOREIGN KEY (workspace_id, asset_id) REFERENCES assettracs.assets,
""",
    "tag_scans": """
  tag_id uuid,
  asset_id uuid,
  payload text NOT NULL,
  action text NOT NULL,
  scanned_at timestamptz NOT NULL,
  site_id uuid,
  location_id uuid,
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  scanned_by text,
  FOREIGN KEY (workspace_id, tag_id) REFERENCES assettracs.tags,
  FOREIGN KEY (workspace_id, asset_id) REFERENCES assettracs.assets,
  FOREIGN KEY (workspace_id, site_id) REFERENCES assettracs.sites,
  FOREIGN KEY (workspace_id, location_id) REFERENCES assettracs.locations,
""",
    "inspection_templates": """
  name text NOT NULL,
  template_version integer NOT NULL,
  questions jsonb NOT NULL,
  status text NOT NULL,
""",
    "requirements": """
  title text NOT NULL,
  regulation text,
  interval_months integer NOT NULL CHECK (interval_months BETWEEN 1 AND 600),
  template_id uuid NOT NULL,
  category_id uuid,
  FOREIGN KEY (workspace_id, template_id) REFERENCES assettracs.inspection_templates,
  FOREIGN KEY (workspace_id, category_id) REFERENCES assettracs.categories,
""",
    "inspections": """
  asset_id uuid NOT NULL,
  template_id uuid NOT NULL,
  template_name text NOT NULL,
  template_version integer NOT NULL,
  title text NOT NULL,
  status text NOT NULL,
  result text,
  score integer,
  inspector text,
  scheduled_at timestamptz,
  due_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  questions jsonb NOT NULL,
  answers jsonb NOT NULL,
  certificate_id uuid,
  FOREIGN KEY (workspace_id, asset_id) REFERENCES assettracs.assets,
  FOREIGN KEY (workspace_id, template_id) REFERENCES assettracs.inspection_templates,
""",
    "maintenance_plans": """
  title text NOT NULL,
  description text,
  asset_id uuid NOT NULL,
  rrule text NOT NULL,
  starts_at timestamptz NOT NULL,
  time_zone text NOT NULL,
  lead_days integer NOT NULL CHECK (lead_days BETWEEN 0 AND 365),
  status text NOT NULL,
  next_due_at timestamptz,
  tasks jsonb NOT NULL,
  FOREIGN KEY (workspace_id, asset_id) REFERENCES assettracs.assets,
""",
    "work_orders": """
  number text NOT NULL,
  asset_id uuid,
  site_id uuid,
  location_id uuid,
  plan_id uuid,
  defect_id uuid,
  title text NOT NULL,
  description text,
  type text NOT NULL,
  priority text NOT NULL,
  status text NOT NULL,
  assignee text,
  due_at timestamptz,
  scheduled_start_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  estimated_hours double precision,
  actual_hours double precision,
  tasks jsonb NOT NULL,
  completion_notes text,
  FOREIGN KEY (workspace_id, asset_id) REFERENCES assettracs.assets,
  FOREIGN KEY (workspace_id, site_id) REFERENCES assettracs.sites,
  FOREIGN KEY (workspace_id, location_id) REFERENCES assettracs.locations,
  FOREIGN KEY (workspace_id, plan_id) REFERENCES assettracs.maintenance_plans,
""",
    "defects": """
  asset_id uuid NOT NULL,
  inspection_id uuid,
  title text NOT NULL,
  severity text NOT NULL,
  status text NOT NULL,
  due_at timestamptz,
  work_order_id uuid,
  FOREIGN KEY (workspace_id, asset_id) REFERENCES assettracs.assets,
  FOREIGN KEY (workspace_id, inspection_id) REFERENCES assettracs.inspections,
  FOREIGN KEY (workspace_id, work_order_id) REFERENCES assettracs.work_orders,
""",
    "certificates": """
  number text NOT NULL,
  asset_id uuid NOT NULL,
  requirement_id uuid NOT NULL,
  inspection_id uuid NOT NULL,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  status text NOT NULL,
  revoked_at timestamptz,
  FOREIGN KEY (workspace_id, asset_id) REFERENCES assettracs.assets,
  FOREIGN KEY (workspace_id, requirement_id) REFERENCES assettracs.requirements,
  FOREIGN KEY (workspace_id, inspection_id) REFERENCES assettracs.inspections,
""",
}

INDEXES = """
CREATE UNIQUE INDEX one_asset_per_code ON assettracs.assets (workspace_id, code)
  WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX one_tag_per_payload ON assettracs.tags (workspace_id, payload)
  WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX one_order_per_number ON assettracs.work_orders (workspace_id, number);
CREATE UNIQUE INDEX one_certificate_per_number ON assettracs.certificates (workspace_id, number);
CREATE INDEX ON assettracs.locations (workspace_id, site_id);
CREATE INDEX ON assettracs.assets (workspace_id, site_id);
CREATE INDEX ON assettracs.assets (workspace_id, location_id);
CREATE INDEX ON assettracs.tags (workspace_id, asset_id);
CREATE INDEX ON assettracs.tag_scans (workspace_id, asset_id, scanned_at);
CREATE INDEX ON assettracs.inspections (workspace_id, asset_id);
CREATE INDEX ON assettracs.work_orders (workspace_id, asset_id);
CREATE INDEX ON assettracs.work_orders (workspace_id, plan_id);
CREATE INDEX ON assettracs.maintenance_plans (workspace_id, asset_id);
CREATE INDEX ON assettracs.maintenance_plans (next_due_at)
  WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX ON assettracs.defects (workspace_id, asset_id);
CREATE INDEX ON assettracs.certificates (workspace_id, asset_id, requirement_id, issued_at);
CREATE INDEX ON assettracs.certificates (expires_at)
  WHERE status = 'valid' AND deleted_at IS NULL;
-- Checked at the commit, when the former certificate is superseded already.
ALTER TABLE assettracs.certificates ADD CONSTRAINT one_valid_certificate
  EXCLUDE USING btree (workspace_id WITH =, asset_id WITH =, requirement_id WITH =)
  WHERE (status = 'valid' AND deleted_at IS NULL) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON assettracs.requirements (workspace_id, template_id);
CREATE INDEX ON assettracs.work_orders (workspace_id, defect_id);
"""

ORDER_WORKERS = """
-- Who took an order up or finished it, for the rule of four eyes; the assignee is only a name.
CREATE TABLE assettracs.order_workers (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  work_order_id uuid NOT NULL,
  user_id uuid NOT NULL REFERENCES users (id),
  PRIMARY KEY (workspace_id, work_order_id, user_id),
  FOREIGN KEY (workspace_id, work_order_id) REFERENCES assettracs.work_orders
);
CALL protect('assettracs.order_workers');
"""


def upgrade() -> None:
    run(
        "CREATE SCHEMA assettracs; GRANT USAGE ON SCHEMA assettracs TO drawbar_app, drawbar_system;"
    )
    for name, columns in TABLES.items():
        run(f"""
            CREATE TABLE assettracs.{name} ({ROW}{columns}
              workspace_id uuid NOT NULL REFERENCES workspaces,
              PRIMARY KEY (workspace_id, id)
            );
            CREATE UNIQUE INDEX ON assettracs.{name} (workspace_id, external_id);
            CREATE INDEX ON assettracs.{name} (workspace_id, modified_at, id);
            CREATE INDEX ON assettracs.{name} (workspace_id, created_at, id);
            CALL protect('assettracs.{name}');
        """)
    run(INDEXES)
    run(ORDER_WORKERS)
