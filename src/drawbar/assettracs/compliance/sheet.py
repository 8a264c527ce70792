"""The pages of requirements and certificates."""

from drawbar.assettracs.assets.sheet import ASSET, CATEGORY
from drawbar.assettracs.compliance.kinds import CERTIFICATES, REQUIREMENTS
from drawbar.assettracs.compliance.model import REQUIREMENT_TABLE, Certificate, Requirement
from drawbar.assettracs.inspections.sheet import INSPECTION, TEMPLATE
from drawbar.assettracs.sheets.model import Ask, Column, Reference, Sheet

REQUIREMENT = Reference(REQUIREMENT_TABLE, "title", "/assets/requirements")

REQUIREMENT_SHEET = Sheet[Requirement](
    kind=REQUIREMENTS,
    path="/assets/requirements",
    one="Requirement",
    many="Requirements",
    new="New requirement",
    icon="compliance",
    title="title",
    columns=(
        Column("title", "Requirement", "title", note="regulation", sorts=True),
        Column("interval_months", "Every (months)", "number"),
        Column("category_id", "Category", "reference"),
        Column("template_id", "Proven by", "reference"),
    ),
    asks=(
        Ask("title", "Title"),
        Ask("regulation", "Regulation", "What demands it: a statute, a standard, your own rule."),
        Ask("interval_months", "Every", unit="months"),
        Ask("template_id", "Proven by", "Passing this template's inspection gives a certificate."),
        Ask("category_id", "Category", "Left empty, it holds for every asset."),
    ),
    empty=(
        "No requirements yet",
        "A requirement says which assets must pass which inspection, and how often.",
    ),
    references={"template_id": TEMPLATE, "category_id": CATEGORY},
    search="Title or regulation",
    sort="title",
)
CERTIFICATE_SHEET = Sheet[Certificate](
    kind=CERTIFICATES,
    path="/assets/certificates",
    one="Certificate",
    many="Certificates",
    new="",
    icon="compliance",
    title="number",
    columns=(
        Column("number", "Certificate", "title", sorts=True),
        Column("asset_id", "Asset", "reference"),
        Column("requirement_id", "Requirement", "reference"),
        Column("status", "Status", "state"),
        Column("issued_at", "Issued", "date", sorts=True),
        Column("expires_at", "Expires", "due", sorts=True),
        Column("inspection_id", "Issued by", "reference"),
    ),
    asks=(),
    empty=(
        "No certificates yet",
        "A passed inspection issues one for each requirement it proves.",
    ),
    filters=(("status", "Status"), ("requirement_id", "Requirement")),
    dates=(("expires_before", "Expires before"), ("expires_after", "Expires after")),
    references={"asset_id": ASSET, "requirement_id": REQUIREMENT, "inspection_id": INSPECTION},
    search="Number",
    sort="-issued_at",
)
