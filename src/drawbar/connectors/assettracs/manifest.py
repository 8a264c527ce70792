"""What AssetTracs is and has."""

from drawbar.connectors.sdk.manifest import Coverage, Credential, Manifest

_GUIDE = """\
1. Sign in to AssetTracs as an administrator and open **Settings → API keys**.
2. Create a key with read access to everything that should be seen here. To be told of changes at \
once, give it write access to webhook endpoints too.
3. Copy the key, it is shown once, and paste it here with the address you use in the browser.
"""


# The API tells an exact watermark and lists deleted rows among the changed ones: no overlap needed.
def _master(entity: str) -> Coverage:
    return Coverage(entity=entity, deletes="flag", overlap_seconds=0)


def _transactional(entity: str) -> Coverage:
    return Coverage(entity=entity, deletes="flag", overlap_seconds=0, initial_days=90)


MANIFEST = Manifest(
    slug="assettracs",
    name="AssetTracs",
    category="eam",
    tier=1,
    deployments=("cloud", "on_premises"),
    credentials=(
        Credential(
            name="base_url",
            label="Address",
            help="The address at which you open AssetTracs in the browser.",
            kind="url",
            example="https://assets.example.com",
        ),
        Credential(
            name="api_key",
            label="API key",
            help="Made by an administrator under Settings → API keys.",
            kind="secret",
        ),
    ),
    guide=_GUIDE,
    coverage=(
        _master("sites"),
        _master("locations"),
        _master("assets"),
        _transactional("tag_scans"),
        _master("maintenance_plans"),
        _transactional("work_orders"),
        _transactional("inspections"),
        _master("defects"),
        _master("certificates"),
    ),
)
