"""The sections of the hub, in the order the frame shows them."""

from drawbar.identity.rights import ADMINISTER_HUB, READ_HUB

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


SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("Applications", "/hub/settings", READ_HUB),
    ("People", "/hub/settings/people", ADMINISTER_HUB),
    ("E-mail alerts", "/hub/settings/alerts", READ_HUB),
    ("Audit log", "/hub/settings/audit", READ_HUB),
)
"""Label (English, a key of the catalogue), address, and the right it takes."""


def settings_of(path: str) -> str:
    """Return the address of the page of settings a page belongs to; nothing elsewhere."""
    under = [href for _, href, _ in SETTINGS[1:] if path == href or path.startswith(href + "/")]
    if under:
        return under[0]
    home = SETTINGS[0][1]
    return home if path == home or path.startswith(home + "/") else ""
