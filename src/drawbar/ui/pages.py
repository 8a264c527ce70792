"""The gallery of components, for whoever writes pages."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from litestar import get
from markupsafe import Markup

from drawbar.kit.clock import system_clock
from drawbar.ui.responses import Page

SAMPLE_DRAWING = Markup(
    '<svg viewBox="0 0 7 7" role="img" aria-label="QR code"><path fill="#15202b" d="M0 0h3v3H0z'
    'M4 0h3v3H4zM0 4h3v3H0zM4 4h1v1H4zM6 4h1v1H6zM5 5h1v1H5zM4 6h1v1H4zM6 6h1v1H6z"/></svg>'
)


def samples(now: datetime) -> SimpleNamespace:
    """Return content as pages show it, at the moment given."""
    return SimpleNamespace(
        now=now,
        day=now.date() - timedelta(days=267),
        drawing=SAMPLE_DRAWING,
        assets=[
            (
                "Chain hoist 2 t",
                "Lifting · Demag DC-Pro",
                "H-0022",
                "in_service",
                "Porto · Bay 4",
                96,
                1204.5,
                now - timedelta(minutes=5),
            ),
            (
                "Forklift 7",
                "Vehicles · Linde E25",
                "V-0007",
                "in_repair",
                "Porto · Workshop",
                54,
                8810.0,
                now - timedelta(hours=3),
            ),
            (
                "Web sling 3 m",
                "Lifting · SpanSet",
                "S-0104",
                "quarantined",
                "Leeds · Store",
                30,
                None,
                now - timedelta(days=2),
            ),
            (
                "Compressor K2",
                "Utilities · Kaeser BSD 75",
                "C-0002",
                "in_service",
                "Leeds · Plant",
                88,
                20411.2,
                now - timedelta(minutes=41),
            ),
            (
                "Torque wrench 40 Nm",
                "Tools · Hazet 5122",
                "T-0311",
                "missing",
                "Unknown",
                0,
                None,
                now - timedelta(days=19),
            ),
        ],
        story=[
            {
                "at": now - timedelta(minutes=5),
                "title": "Inspection failed",
                "who": "Bob Meyer",
                "text": "Safety latch bent.",
                "tone": "bad",
                "href": "#",
            },
            {
                "at": now - timedelta(minutes=5),
                "title": "Quarantined",
                "who": "Drawbar",
                "tone": "attention",
            },
            {"at": now - timedelta(days=3), "title": "Moved to Bay 4", "who": "Alice Costa"},
            {
                "at": now - timedelta(days=180),
                "title": "Certificate C-2026-000123 issued",
                "who": "Carol Okoye",
                "tone": "good",
                "href": "#",
            },
        ],
        record={
            "id": "0192f5a0-6b1e-7c33",
            "number": "WO-10042",
            "status": "in_progress",
            "priority": None,
            "estimated_hours": 1.5,
            "asset": {"code": "H-0022", "name": "Chain hoist 2 t", "critical": True},
            "tasks": [{"title": "Replace the latch", "done": False}],
            "api_key": "must never be seen",
        },
    )


@get("/ui", include_in_schema=False)
async def gallery() -> Page:
    """Show every component with typical content."""
    return Page("ui/gallery.html", {"title": "Components", "samples": samples(system_clock())})
