"""Which document speaks of which page."""

SUGGESTED: tuple[tuple[str, str], ...] = (
    ("/hub/settings/alerts", "howto/alerts"),
    ("/hub/settings/people", "howto/accounts"),
    ("/hub/settings/audit", "reference/limits-and-logs"),
    ("/hub/settings", "reference/oauth"),
    ("/hub/webhooks", "reference/webhooks"),
    ("/hub/records", "reference/model"),
    ("/hub/connections/links", "howto/embed-link"),
    ("/hub/connections", "reference/connections"),
    ("/hub/systems", "howto/try-with-the-sandbox"),
    ("/hub/credits", "reference/credits"),
    ("/hub/logs", "reference/limits-and-logs"),
    ("/assets/settings/people", "howto/accounts"),
    ("/account", "howto/accounts"),
    ("/login", "howto/accounts"),
    ("/forgot", "howto/accounts"),
    ("/invitation", "howto/accounts"),
    ("/sign-up", "howto/accounts"),
    ("/link", "howto/embed-link"),
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
