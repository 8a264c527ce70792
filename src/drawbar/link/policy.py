"""Headers of Link's pages: who may frame them, where their forms may lead, what is kept."""

from urllib.parse import urlsplit

from drawbar.link.visits import Visit, origin_of

BASE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'"
)


def headers_of(visit: Visit | None) -> dict[str, str]:
    """Return the headers of a page of this visit; of no visit, one that nobody may frame.

    Without Cross-Origin-Opener-Policy, for the page answers to the window that opened it.
    """
    return {
        "Content-Security-Policy": (
            f"{BASE}; form-action {_form_targets(visit)}; frame-ancestors {_ancestors(visit)}"
        ),
        "Cross-Origin-Opener-Policy": "unsafe-none",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _ancestors(visit: Visit | None) -> str:
    application = visit.application if visit else None
    uris = application.redirect_uris if application else ()
    origins = sorted({origin for uri in uris if (origin := origin_of(uri))})
    return " ".join(origins) or "'none'"


def _form_targets(visit: Visit | None) -> str:
    """Chromium holds the redirect that answers a form to form-action too (CSP3 §6.4.1)."""
    uri = visit.session.redirect_uri if visit else None
    if uri is None:
        return "'self'"
    return f"'self' {origin_of(uri) or urlsplit(uri).scheme + ':'}"
