"""The people of a workspace: a page both halves of Drawbar have in their settings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.identity import invitations, people
from drawbar.identity.guards import actor_of, person_of, session
from drawbar.identity.model import INVITATION_LIFE, Roles
from drawbar.identity.pages import letterhead
from drawbar.identity.rights import ASSET_ROLES, HUB_ROLES
from drawbar.identity.throttle import TooOften
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on, reader_of

AnyRequest = Request[Any, Any, Any]
REFUSED = frozenset({403, 409, 422})
"""Statuses that are said on the page rather than on one of their own."""
CHOICES = {
    "hub": ("hub_role", [role for role in HUB_ROLES if role]),
    "assets": ("asset_role", [role for role in ASSET_ROLES if role]),
}
TOO_MANY = "This address got many letters lately. Wait %(minutes)s minutes, then try again."


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

    return [show_people, *_invitation_routes(doors, settings, path), change, remove]


def _invitation_routes(doors: dict[str, Any], settings: str, path: str) -> list[HTTPRouteHandler]:
    """Make the routes under `{settings}/people/invitations`."""
    address = f"{settings}/people"

    @post(f"{path}/invitations", include_in_schema=False, **doors)
    async def invite(request: AnyRequest, database: TheDatabase) -> Response[Any]:
        sent = await fields(request)
        email = sent.get("email", "").strip()
        try:
            await invitations.invite(
                database,
                letterhead(request),
                actor_of(request),
                _own(request),
                email,
                Roles(**_roles(sent)),
                reader_of(request).locale,
            )
        except Problem as problem:
            return await _page(request, database, settings, sent, problem)
        except TooOften as error:
            return go_on(request, address, TOO_MANY, tone="bad", minutes=error.minutes)
        return go_on(request, address, "A letter is on its way to %(email)s.", email=email)

    @post(f"{path}/invitations/{{id:uuid}}/resend", include_in_schema=False, **doors)
    async def invite_again(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> Response[Any]:
        head, own, locale = letterhead(request), _own(request), reader_of(request).locale
        try:
            await invitations.invite_again(database, head, actor_of(request), own, id, locale)
        except Problem as problem:
            return _refused(request, address, problem)
        except TooOften as error:
            return go_on(request, address, TOO_MANY, tone="bad", minutes=error.minutes)
        return go_on(request, address, "Sent again. The link before works no more.")

    @post(f"{path}/invitations/{{id:uuid}}/revoke", include_in_schema=False, **doors)
    async def take_back(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> Response[Any]:
        try:
            await invitations.take_back(database, actor_of(request), _own(request), id)
        except Problem as problem:
            return _refused(request, address, problem)
        return go_on(request, address, "The invitation is taken back.")

    return [invite, invite_again, take_back]


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
            "pending": await invitations.pending(database, actor.workspace_id),
            "choices": [CHOICES[half] for half in CHOICES if half in person.current.products],
            "own_id": person.user_id,
            "settings": settings,
            "days": INVITATION_LIFE.days,
            "posts": bool(request.app.state.settings.smtp_url),
            "typed": sent or {},
            "errors": errors,
            "refusal": problem.detail if problem and not errors else None,
        },
        status_code=problem.status if problem else 200,
    )
