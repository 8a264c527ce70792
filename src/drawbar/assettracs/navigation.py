"""The sections of the asset platform, in the order the frame shows them."""

SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("Home", "/assets", "home"),
    ("Scan", "/assets/scan", "scan"),
    ("Assets", "/assets/list", "assets"),
    ("Work orders", "/assets/work-orders", "work_orders"),
    ("Inspections", "/assets/inspections", "inspections"),
    ("Plans", "/assets/plans", "plans"),
    ("Compliance", "/assets/compliance", "compliance"),
    ("Places", "/assets/places", "places"),
    ("Settings", "/assets/settings", "settings"),
)
"""Label (English, a key of the catalogue), address and icon. Phones show the first four."""


def section_of(path: str) -> str:
    """Return the address of the section a page belongs to; an asset's page belongs to the list."""
    under = [href for _, href, _ in SECTIONS[1:] if path == href or path.startswith(href + "/")]
    if under:
        return under[0]
    return "/assets" if path == "/assets" else _ELSEWHERE.get(path.split("/")[2:3][0], LIST)


LIST = "/assets/list"
_ELSEWHERE = {
    "locations": "/assets/places",
    "templates": "/assets/inspections",
    "defects": "/assets/inspections",
    "requirements": "/assets/compliance",
    "certificates": "/assets/compliance",
}
