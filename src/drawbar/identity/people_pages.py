"""The people of a workspace: a page both halves of Drawbar have in their settings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.identity import people
from drawbar.identity.guards import actor_of, person_of, session
from drawbar.identity.model import Roles
from drawbar.identity.people import NewPerson
from drawbar.identity.rights import ASSET_ROLES, HUB_ROLES
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
NEVER_KEPT = {"Cache-Control": "no-store"}
REFUSED = frozenset({403, 409, 422})
"""Statuses that are said on the page rather than on one of their own."""
CHOICES = {
    "hub": ("hub_role", [role for role in HUB_ROLES if role]),
    "assets": ("asset_role", [role for role in ASSET_ROLES if role]),
}


def people_routes(right: str, settings: str, *, below: str = "") -> list[HTTPRouteHandler]:
    """Make the routes under `{settings}/people`, for who has the right.

    `below` is the part of the address that the router they hang under adds.
    """
    address = f"{settings}/people"
    path = address.removeprefix(below)
    doors: dict[str, Any] = {"guards": [session(right)], "opt": {"query": {}}}

    @get(path, include_in_schema=False, **doors)
    async def show_people(request: AnyRequest, database: TheDatabase) -> Page:
        return await _page(request, database, settings)

    @post(path, include_in_schema=False, **doors)
    async def add(request: AnyRequest, database: TheDatabase) -> Page:
        sent = await fields(request)
        try:
            wish = NewPerson(
                email=sent.get("email", ""),
                name=sent.get("name", ""),
                roles=Roles(**_roles(sent)),
            )
            added = await people.add_person(database, actor_of(request), _own(request), wish)
        except Problem as problem:
            return await _page(request, database, settings, sent, problem)
        return Page(
            "identity/person_added.html",
            {"added": added, "settings": settings, "address": request.app.state.settings.address},
            status_code=201,
            headers=NEVER_KEPT,
        )

    @post(f"{path}/{{id:uuid}}/roles", include_in_schema=False, **doors)
    async def change(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> Response[Any]:
        sent, actor = await fields(request), actor_of(request)
        try:
            async with database.writing(actor.workspace_id) as tx:
                await people.change_roles(tx, actor, _own(request), id, _roles(sent))
        except Problem as problem:
            return _refused(request, address, problem)
        return go_on(request, address, "Saved.")

    @post(f"{path}/{{id:uuid}}/remove", include_in_schema=False, **doors)
    async def remove(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
        try:
            await people.remove_person(database, actor_of(request), _own(request), id)
        except Problem as problem:
            return _refused(request, address, problem)
        return go_on(request, address, "Removed from this workspace.")

    return [show_people, add, change, remove]


def _own(request: AnyRequest) -> Roles:
    current = person_of(request).current
    return Roles(current.hub_role, current.asset_role)


def _roles(sent: Mapping[str, str]) -> dict[str, str | None]:
    """Read the roles of the form, which shows only the halves the workspace has."""
    return {name: sent[name] or None for name, _ in CHOICES.values() if name in sent}


def _refused(request: AnyRequest, address: str, problem: Problem) -> Redirect:
    if problem.status not in REFUSED:
        raise problem
    said = problem.errors[0].message if problem.errors else problem.detail
    return go_on(request, address, "%(reason)s", tone="bad", reason=said)


async def _page(
    request: AnyRequest,
    database: TheDatabase,
    settings: str,
    sent: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> Page:
    if problem is not None and problem.status not in REFUSED:
        raise problem
    actor, person = actor_of(request), person_of(request)
    errors = {one.field: one.message for one in problem.errors} if problem else {}
    return Page(
        "identity/people.html",
        {
            "people": await people.people(database, actor.workspace_id),
            "choices": [CHOICES[half] for half in CHOICES if half in person.current.products],
            "own_id": person.user_id,
            "settings": settings,
            "typed": sent or {},
            "errors": errors,
            "refusal": problem.detail if problem and not errors else None,
        },
        status_code=problem.status if problem else 200,
    )
