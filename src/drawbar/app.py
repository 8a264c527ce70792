"""The web application: every package's routes, and what they are given to work with."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from litestar.response import Redirect

from drawbar import __version__
from drawbar.alerts.pages import alert_pages
from drawbar.assettracs.api import asset_api
from drawbar.assettracs.kinds import EVENT_TYPES
from drawbar.assettracs.pages import asset_pages
from drawbar.connections.api import connections_api
from drawbar.dashboard.frame import frame_context
from drawbar.dashboard.pages import hub_pages
from drawbar.help.pages import help_pages
from drawbar.identity.account_pages import account_pages
from drawbar.identity.api import oauth_api
from drawbar.identity.application_api import application_api
from drawbar.identity.guards import Elsewhere, public
from drawbar.identity.letter_pages import letter_pages
from drawbar.identity.pages import identity_pages
from drawbar.identity.second_factor_pages import second_factor_pages
from drawbar.kit import signing
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.http.clients import networks
from drawbar.kit.http.envelope import envelope
from drawbar.kit.http.limits import Limits
from drawbar.kit.http.openapi import openapi_config
from drawbar.kit.http.provided import provided
from drawbar.kit.http.responses import Json
from drawbar.kit.listing import Cursors
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from drawbar.link.api import magic_links_api
from drawbar.link.pages import link_pages
from drawbar.requests.api import requests_api
from drawbar.requests.journal import Journal
from drawbar.requests.recording import recorded
from drawbar.schema.components import components
from drawbar.sync.api import sync_status_api, unified_api
from drawbar.sync.push import push_api
from drawbar.ui.problems import problem_answer
from drawbar.ui.responses import FRAME_CONTEXT
from drawbar.ui.static import static_router
from drawbar.webhooks.api import webhook_apis
from drawbar.workspaces.pages import setup_pages
from drawbar.workspaces.sign_up_pages import sign_up_pages

AnyRequest = Request[Any, Any, Any]
LARGEST_BODY = 5_000_000


@get("/healthz", opt=public("a load balancer asks it"), sync_to_thread=False)
def healthz() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


def create_app(
    settings: Settings,
    vault: Vault,
    open_database: Callable[[], AbstractAsyncContextManager[Database]],
) -> Litestar:
    """Compose the application; `open_database` is entered when the server starts."""
    state = State({"settings": settings, "vault": vault})
    state["cursors"] = Cursors(source=lambda: vault.subkeys(signing.CURSORS))
    state[FRAME_CONTEXT] = frame_context

    @asynccontextmanager
    async def with_database(app: Litestar) -> AsyncIterator[None]:
        async with open_database() as database, OutgoingHttp(settings.allow_networks) as http:
            app.state.database = database
            await signing.recall(database, vault)
            app.state.http = http
            app.state.limits = Limits(
                settings.requests_per_minute, processes=settings.web_processes
            )
            app.state.journal = Journal()
            async with app.state.journal.writing(database):
                yield

    app = Litestar(
        route_handlers=[
            healthz,
            static_router(),
            identity_pages(),
            letter_pages(),
            account_pages(),
            second_factor_pages(),
            sign_up_pages(),
            setup_pages(),
            help_pages(),
            alert_pages(),
            *hub_pages(),
            asset_pages(),
            oauth_api(),
            *application_api(),
            asset_api(),
            connections_api(),
            link_pages(),
            magic_links_api(),
            requests_api(),
            sync_status_api(),
            unified_api(),
            push_api(),
            *webhook_apis(EVENT_TYPES),
        ],
        state=state,
        lifespan=[with_database],
        dependencies=provided(),
        response_class=Json,
        exception_handlers={Elsewhere: _lead_elsewhere, Exception: problem_answer},
        request_max_body_size=LARGEST_BODY,
        openapi_config=openapi_config(
            "Drawbar", __version__, public("it describes the API"), components()
        ),
        logging_config=None,  # drawbar.kit.logs has configured it
        pdb_on_exception=False,
    )
    # As middleware it would miss requests that find no route.
    if settings.request_log_days:
        app.asgi_handler = recorded(app.asgi_handler)
    app.asgi_handler = envelope(app.asgi_handler, networks(settings.trusted_proxies))
    return app


def _lead_elsewhere(request: AnyRequest, error: Elsewhere) -> Response[Any]:
    if request.headers.get("HX-Request"):
        # htmx would put the whole other page into the part it replaces; this makes it go there.
        return Response(b"", headers={"HX-Redirect": error.address})
    return Redirect(error.address, status_code=303)
