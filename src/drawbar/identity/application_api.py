"""Applications in the Admin API, and the logo that Link shows of one."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from drawbar.identity import application_store, applications
from drawbar.identity.application_store import Application
from drawbar.identity.applications import ChangedApplication, Made, NewApplication
from drawbar.identity.guards import actor_of, admin_token, public
from drawbar.identity.rights import ADMINISTER_HUB, READ_HUB
from drawbar.kit.errors import not_found
from drawbar.kit.http.openapi import taking
from drawbar.kit.http.parameters import refuse_undeclared
from drawbar.kit.http.provided import TheDatabase, TheSettings
from drawbar.kit.http.refusals import also

AnyRequest = Request[Any, Any, Any]
LOGO_KEPT = "public, max-age=3600"
READ, ADMINISTER = admin_token(READ_HUB), admin_token(ADMINISTER_HUB)


class ApplicationView(msgspec.Struct, frozen=True, kw_only=True):
    """An application as callers see it."""

    id: UUID
    name: str
    client_id: str
    environment: str
    is_public: bool
    redirect_uris: tuple[str, ...]
    colour: str
    logo_url: str | None
    asks_for_webhook: bool
    created_at: datetime
    former_secret_ends_at: datetime | None


class ApplicationWithSecret(ApplicationView, frozen=True, kw_only=True):
    """An application with its fresh secret, which is told this once; a public client has none."""

    client_secret: str | None


class SecretRotation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the secret before the new one works for another 24 hours."""

    keep_former: bool = True


def logo_path(application: Application) -> str | None:
    """Return the path of an application's logo, or None where it has none."""
    return f"/link/logo/{application.client_id}" if application.logo_type else None


def application_api() -> list[Router]:
    """Return the applications' part of `/admin/v1`, and the logos."""
    return [
        Router(
            "/admin/v1",
            route_handlers=[
                list_applications,
                create_application,
                get_application,
                change_application,
                rotate_application_secret,
                put_application_logo,
                delete_application_logo,
                revoke_application,
            ],
            before_request=refuse_undeclared,
            tags=["Admin API"],
        ),
        Router("/link/logo", route_handlers=[show_logo], include_in_schema=False),
    ]


@get("/applications", guards=[READ], operation_id="list_applications")
async def list_applications(
    request: AnyRequest, database: TheDatabase, settings: TheSettings
) -> dict[str, list[ApplicationView]]:
    """List the workspace's applications, newest first."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        found = await application_store.applications(tx)
    return {"data": [ApplicationView(**_shown(one, settings.address)) for one in found]}


@post("/applications", guards=[ADMINISTER], operation_id="create_application")
async def create_application(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    data: JSONBody[NewApplication],
) -> ApplicationWithSecret:
    """Make an application; its secret is shown this once."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        return _with_secret(await applications.make_application(tx, actor, data), settings.address)


@get("/applications/{id:uuid}", guards=[READ], operation_id="get_application")
async def get_application(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, id: FromPath[UUID]
) -> ApplicationView:
    """Show one application."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        found = await application_store.application(tx, id)
    if found is None:
        raise not_found("application")
    return ApplicationView(**_shown(found, settings.address))


@patch("/applications/{id:uuid}", guards=[ADMINISTER], operation_id="change_application")
async def change_application(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    id: FromPath[UUID],
    data: JSONBody[ChangedApplication],
) -> ApplicationView:
    """Change name, redirect URIs, colour, or whether Link asks for a webhook address."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        changed = await applications.change_application(tx, actor, id, data)
    return ApplicationView(**_shown(changed, settings.address))


@post(
    "/applications/{id:uuid}/secret", guards=[ADMINISTER], operation_id="rotate_application_secret"
)
async def rotate_application_secret(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    id: FromPath[UUID],
    data: JSONBody[SecretRotation],
) -> ApplicationWithSecret:
    """Give it a new secret, shown this once; the one before works for another 24 hours."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        made = await applications.rotate_secret(tx, actor, id, keep_former=data.keep_former)
    return _with_secret(made, settings.address)


@put(
    "/applications/{id:uuid}/logo",
    guards=[ADMINISTER],
    opt=taking("image/png", "image/jpeg", "image/webp") | also(422),
    operation_id="put_application_logo",
)
async def put_application_logo(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, id: FromPath[UUID]
) -> ApplicationView:
    """Store the body, a PNG, JPEG or WebP picture of at most 100 kB, as the logo."""
    actor, picture = actor_of(request), await request.body()
    async with database.writing(actor.workspace_id) as tx:
        changed = await applications.change_logo(tx, actor, id, picture)
    return ApplicationView(**_shown(changed, settings.address))


@delete("/applications/{id:uuid}/logo", guards=[ADMINISTER], operation_id="delete_application_logo")
async def delete_application_logo(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> None:
    """Take the logo away."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await applications.change_logo(tx, actor, id, None)


@delete("/applications/{id:uuid}", guards=[ADMINISTER], operation_id="revoke_application")
async def revoke_application(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> None:
    """Revoke it: its secret and all its tokens stop working at once."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await applications.end_application(tx, actor, id)


@get(
    "/{client_id:str}",
    opt={"query": {}, **public("Link shows it to customers, who have no account")},
)
async def show_logo(
    request: AnyRequest, database: TheDatabase, client_id: FromPath[str]
) -> Response[bytes]:
    """Answer with an application's logo, to be kept for an hour."""
    async with database.as_system("the logo Link shows of an application") as tx:
        found = await application_store.application_by_client_id(tx, client_id)
    if found is None or found.logo is None:
        raise not_found("logo")
    tag = f'"{hashlib.sha256(found.logo).hexdigest()[:32]}"'
    headers = {"Cache-Control": LOGO_KEPT, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    return Response(found.logo, media_type=found.logo_type, headers=headers)


def _shown(application: Application, address: str) -> dict[str, Any]:
    path = logo_path(application)
    plain = {
        name: getattr(application, name)
        for name in ApplicationView.__struct_fields__
        if name != "logo_url"
    }
    return {**plain, "logo_url": f"{address}{path}" if path else None}


def _with_secret(made: Made, address: str) -> ApplicationWithSecret:
    return ApplicationWithSecret(**_shown(made.application, address), client_secret=made.secret)
