"""What the operator decides about a workspace: its credits and its plan."""

import msgspec

from drawbar import audit
from drawbar.audit.model import drawbar
from drawbar.kit.db import Database, System
from drawbar.kit.errors import Problem, conflict, invalid
from drawbar.workspaces import credits, store
from drawbar.workspaces.actions import Plan
from drawbar.workspaces.store import Pool, Workspace

MOST_AT_ONCE = 1_000_000
"""Credits; more is a slip of the finger."""


class Decided(msgspec.Struct, frozen=True):
    """The workspace a decision was about, and its pool after it."""

    workspace: Workspace
    pool: Pool


async def grant_credits(
    database: Database, wanted: str, amount: int, note: str = "granted by the operator"
) -> Decided:
    """Add credits to the workspace with this name or id.

    Raises 404 when none is called so, 409 when several are.
    """
    if not 0 < amount <= MOST_AT_ONCE:
        raise invalid("credits", f"must be from 1 to {MOST_AT_ONCE:,}, not {amount:,}.")
    async with database.as_system("the operator grants credits") as tx:
        workspace = await _workspace(tx, wanted)
    async with database.writing(workspace.workspace_id) as inside:
        await credits.grant(inside, amount, note)
        actor = drawbar(workspace.workspace_id, "operator")
        pool = await store.pool(inside)
        await audit.record(
            inside, actor, "workspace.credits_granted", workspace.workspace_id, after=pool
        )
        return Decided(workspace, pool)


async def set_plan(database: Database, wanted: str, plan: Plan) -> Decided:
    """Move the workspace with this name or id to a plan; raise as `grant_credits` does."""
    async with database.as_system("the operator chooses a plan") as tx:
        before = await _workspace(tx, wanted)
        await store.set_plan(tx, before.workspace_id, plan)
        inside = tx.inside(before.workspace_id)
        after = msgspec.structs.replace(before, plan=plan)
        actor = drawbar(before.workspace_id, "operator")
        await audit.record(
            inside,
            actor,
            "workspace.plan_changed",
            before.workspace_id,
            before=before,
            after=after,
        )
        return Decided(after, await store.pool(inside))


async def _workspace(tx: System, wanted: str) -> Workspace:
    found = await store.workspaces_called(tx, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(one.workspace_id) for one in found)
        raise conflict(f"Several workspaces are called {wanted!r}: give one of {ids}.")
    raise Problem(
        404,
        "NOT_FOUND",
        "Not found",
        f"No workspace is called {wanted!r}. Give its whole name, as its pages show it, or its id.",
    )
