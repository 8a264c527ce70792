"""Turning what happened into letters: facts, notices, letters and how far one got, all at once.

Everything of a workspace commits together under the lock of its cursor. A worker that dies leaves
nothing half done, and two workers never tell the same twice.
"""

import itertools
from datetime import datetime
from uuid import UUID

from drawbar.alerts import letters, store
from drawbar.alerts.model import KEPT, QUIET, Member, last_due
from drawbar.alerts.unsubscribing import Reader, link
from drawbar.kit import logs
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, System
from drawbar.kit.mail import Letter, send
from drawbar.kit.settings import Settings

log = logs.logger(__name__)


async def gather(database: Database, vault: Vault, settings: Settings) -> int:
    """Tell everybody what they are to be told now; return how many letters were queued."""
    async with database.as_system("where something may have to be told") as tx:
        workspaces = await store.busy_workspaces(tx)
        await store.forget_old(tx, tx.now - KEPT)
    return sum([await _gather_in(database, vault, settings, one) for one in workspaces])


async def _gather_in(
    database: Database, vault: Vault, settings: Settings, workspace_id: UUID
) -> int:
    async with database.as_system("tell people of a workspace") as tx:
        since = await store.hold_cursor(tx, workspace_id)
        # Before the facts are read: whatever began by then has committed (docs/adr/0006).
        until = await tx.inside(workspace_id).watermark()
        await store.add_notices(tx, workspace_id, since, max(since, until))
        name = await store.workspace_name(tx, workspace_id)
        told = 0
        for member in await store.members(tx, workspace_id):
            desk = _Desk(tx, vault, settings.address, workspace_id, name, member)
            told += await desk.tell_at_once() + await desk.send_digest()
    return told


class _Desk:
    """What one member of a workspace is told in one look."""

    def __init__(
        self,
        tx: System,
        vault: Vault,
        address: str,
        workspace_id: UUID,
        workspace: str,
        member: Member,
    ) -> None:
        self._tx, self._vault, self._address = tx, vault, address
        self._workspace_id, self._workspace, self._member = workspace_id, workspace, member

    async def tell_at_once(self) -> int:
        """Queue one letter about everything that is to be told at once; 1 if there was any."""
        kinds = self._member.choices.of("at_once")
        quiet_since = self._tx.now - QUIET
        found = await store.untold(self._tx, self._workspace_id, self._member, kinds, quiet_since)
        if not found:
            return 0
        await self._send(letters.at_once(self._member, found, **self._words()))
        await store.tell(self._tx, self._workspace_id, self._member, found)
        return 1

    async def send_digest(self) -> int:
        """Queue the digest when it is due and there is something in it; 1 if it was."""
        kinds = self._member.choices.of("digest")
        if not kinds:
            return 0
        due = last_due(self._member.choices, self._tx.now)
        before = await store.digested(self._tx, self._workspace_id, self._member.user_id)
        if before is None:
            # Its first one comes at its hour, not at the moment somebody became a member.
            await self._note(0, due)
            return 0
        if before.due_at >= due:
            return 0
        waiting = await store.for_digest(
            self._tx, self._workspace_id, self._member, kinds, before.sequence
        )
        # What came after that moment waits for the next, also when this look is a late one.
        found = list(itertools.takewhile(lambda one: one.at <= due, waiting))
        await self._note(found[-1].sequence if found else before.sequence, due)
        if not found:
            return 0
        await self._send(letters.digest(self._member, found, **self._words()))
        return 1

    async def _note(self, sequence: int, due: datetime) -> None:
        await store.digest(self._tx, self._workspace_id, self._member.user_id, sequence, due)

    async def _send(self, letter: Letter) -> None:
        try:
            await send(self._tx, self._vault, letter)
        except ValueError:
            log.warning("alerts.unwritable", user=str(self._member.user_id))

    def _words(self) -> dict[str, str]:
        reader = Reader(self._workspace_id, self._member.user_id)
        return {
            "workspace": self._workspace,
            "address": self._address,
            "stop": link(self._vault, self._address, reader),
        }
