"""The pages of assets and their categories."""

from drawbar.assettracs.assets.kinds import (
    ASSET_TABLE,
    ASSETS,
    CATEGORIES,
    CATEGORY_TABLE,
    Asset,
    Category,
)
from drawbar.assettracs.places.sheet import LOCATION, SITE
from drawbar.assettracs.sheets.model import Ask, Column, Reference, Sheet

CATEGORY = Reference(CATEGORY_TABLE, "name", "/assets/categories")
ASSET = Reference(ASSET_TABLE, "code", "/assets", typed=True)

CATEGORY_SHEET = Sheet[Category](
    kind=CATEGORIES,
    path="/assets/categories",
    one="Category",
    many="Categories",
    new="New category",
    icon="assets",
    title="name",
    columns=(
        Column("name", "Category", "title", sorts=True),
        Column("code_prefix", "Code prefix", "code"),
        Column("parent_id", "Part of", "reference"),
    ),
    asks=(
        Ask("name", "Name"),
        Ask(
            "code_prefix",
            "Code prefix",
            "New assets get codes such as SL-00001. Left empty, it is made from the name.",
        ),
        Ask("parent_id", "Part of"),
    ),
    empty=("No categories yet", "A category says what sort of thing an asset is."),
    references={"parent_id": CATEGORY},
    search="Name",
    sort="name",
)
ASSET_SHEET = Sheet[Asset](
    kind=ASSETS,
    path="/assets",
    listed_at="/assets/list",
    one="Asset",
    many="Assets",
    new="New asset",
    icon="assets",
    title="name",
    columns=(
        Column("name", "Asset", "title", note="model", sorts=True),
        Column("code", "Code", "code", sorts=True),
        Column("status", "Status", "state"),
        Column("category", "Category", sorts=True, minor=True),
        Column("site_id", "Site", "reference"),
        Column("criticality", "Criticality", "words", minor=True),
        Column("modified_at", "Changed", "ago", sorts=True, minor=True),
    ),
    asks=(
        Ask("name", "Name"),
        Ask("code", "Code", "Left empty, it is numbered by its category."),
        Ask("category_id", "Category"),
        Ask("make", "Make"),
        Ask("model", "Model"),
        Ask("serial_number", "Serial number"),
        Ask("criticality", "Criticality"),
        Ask("status", "Status"),
        Ask("site_id", "Site"),
        Ask("location_id", "Location"),
        Ask("parent_id", "Part of", "The code of the asset it is built into."),
        Ask("activated_on", "In service since"),
        Ask("warranty_ends_on", "Warranty ends"),
        Ask("description", "Description", control="area"),
    ),
    empty=("No assets yet", "An asset is a thing worth tracking. Add the first one, then tag it."),
    filters=(
        ("status", "Status"),
        ("site_id", "Site"),
        ("category_id", "Category"),
        ("criticality", "Criticality"),
    ),
    references={
        "site_id": SITE,
        "location_id": LOCATION,
        "category_id": CATEGORY,
        "parent_id": ASSET,
    },
    search="Code, name or serial number",
    sort="code",
)
