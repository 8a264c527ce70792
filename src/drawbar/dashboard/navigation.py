"""The sections of the hub, in the order the frame shows them."""

SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("Overview", "/hub", "overview"),
    ("Connections", "/hub/connections", "connections"),
    ("Webhooks", "/hub/webhooks", "webhooks"),
    ("Records", "/hub/records", "records"),
    ("Systems", "/hub/systems", "systems"),
    ("Logs", "/hub/logs", "logs"),
    ("Credits", "/hub/credits", "credits"),
    ("Settings", "/hub/settings", "settings"),
)
"""Label (English, a key of the catalogue), address and icon. Phones show the first four."""


def section_of(path: str) -> str:
    """Return the address of the section a page belongs to."""
    under = [href for _, href, _ in SECTIONS[1:] if path == href or path.startswith(href + "/")]
    return under[0] if under else "/hub"
