"""Which document speaks of which page."""

SUGGESTED: tuple[tuple[str, str], ...] = (
    ("/hub/settings/alerts", "howto/alerts"),
    ("/hub/webhooks", "reference/webhooks"),
    ("/hub/records", "reference/model"),
    ("/hub/connections", "reference/model"),
    ("/help/contact", "howto/get-help"),
    ("/setup", "howto/self-host"),
)
"""The beginning of a page's address, and the path of a document; the first that fits counts."""


def suggested(page: str) -> str | None:
    """Return the document to offer to somebody who comes from a page, or None."""
    for beginning, document in SUGGESTED:
        if page == beginning or page.startswith((beginning + "/", beginning + "?")):
            return document
    return None
