"""What each role and scope may do."""

READ_HUB = "hub.read"
WRITE_HUB = "hub.write"
ADMINISTER_HUB = "hub.admin"
READ_ASSETS = "assets.read"
WRITE_ASSETS = "assets.write"
ADMINISTER_ASSETS = "assets.admin"
READ_RECORDS = "records.read"

RIGHTS = frozenset(
    {
        READ_HUB,
        WRITE_HUB,
        ADMINISTER_HUB,
        READ_ASSETS,
        WRITE_ASSETS,
        ADMINISTER_ASSETS,
        READ_RECORDS,
    }
)

HUB_ROLES: dict[str | None, frozenset[str]] = {
    None: frozenset(),
    "owner": frozenset({READ_HUB, WRITE_HUB, ADMINISTER_HUB}),
    "admin": frozenset({READ_HUB, WRITE_HUB, ADMINISTER_HUB}),
    "developer": frozenset({READ_HUB, WRITE_HUB}),
    "viewer": frozenset({READ_HUB}),
}

ASSET_ROLES: dict[str | None, frozenset[str]] = {
    None: frozenset(),
    "admin": frozenset({READ_ASSETS, WRITE_ASSETS, ADMINISTER_ASSETS}),
    "manager": frozenset({READ_ASSETS, WRITE_ASSETS, ADMINISTER_ASSETS}),
    "inspector": frozenset({READ_ASSETS, WRITE_ASSETS}),
    "technician": frozenset({READ_ASSETS, WRITE_ASSETS}),
    "contractor": frozenset({READ_ASSETS}),
    "requester": frozenset({READ_ASSETS}),
    "auditor": frozenset({READ_ASSETS}),
}

KEY_SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset({READ_ASSETS}),
    "write": frozenset({READ_ASSETS, WRITE_ASSETS}),
    "admin": frozenset({READ_ASSETS, WRITE_ASSETS, ADMINISTER_ASSETS}),
}

ADMIN_TOKEN = frozenset({READ_HUB, WRITE_HUB, ADMINISTER_HUB})
CONNECTION_TOKEN = frozenset({READ_RECORDS})
