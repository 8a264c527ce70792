"""Certificates end by themselves: a job moves those whose time is over."""

from drawbar.assettracs import actions
from drawbar.assettracs.compliance import store
from drawbar.assettracs.compliance.kinds import CERTIFICATES
from drawbar.assettracs.compliance.model import CERTIFICATE_TABLE
from drawbar.audit import model
from drawbar.kit import logs
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem

log = logs.logger(__name__)


async def expire(database: Database) -> int:
    """Expire what has run out in every workspace and return how many that were.

    Each certificate is a transaction of its own: one that fails is logged and holds nobody up,
    and an inspection that supersedes several is never waited for in the wrong order.
    """
    async with database.as_system("find certificates that have run out") as system:
        ended = await store.run_out(system, system.now)
    count = 0
    for workspace_id, id in ended:
        actor = model.drawbar(workspace_id, "certificates")
        try:
            async with database.writing(workspace_id) as tx:
                found = await CERTIFICATE_TABLE.find(tx, id, lock=True)
                if found and found.status == "valid" and not found.deleted_at:
                    await actions.change(tx, actor, CERTIFICATES, id, {"status": "expired"})
                    count += 1
        except Problem:
            log.exception("certificate.failed", certificate_id=str(id))
    return count
