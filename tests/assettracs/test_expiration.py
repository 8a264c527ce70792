"""A certificate whose time is over says so, and a new one can follow."""

from drawbar.assettracs.compliance.expiration import expire
from drawbar.kit.db import Database
from tests.assettracs.platform import Fields, Platform
from tests.support.cast import Cast
from tests.support.clock import FakeClock


async def certified(alice: Platform) -> tuple[Fields, Fields]:
    """A sling with a certificate for six months, and the template that gives one."""
    sling, template = await alice.sling(), await alice.template()
    await alice.add(
        "requirements",
        title="Thorough examination",
        interval_months=6,
        template_id=template["id"],
    )
    await alice.inspected(sling, template, "pass", "pass")
    return sling, template


async def test_a_certificate_expires_at_its_end_and_tells(
    alice: Platform, cast: Cast, database: Database, clock: FakeClock
) -> None:
    await certified(alice)
    clock.forward(days=180)
    await expire(database)
    (before,) = await alice.all("certificates")
    clock.forward(days=10)
    await expire(database)
    (after,) = await alice.all("certificates", modified_after="-PT1M")
    await expire(database)
    async with database.reading(cast.alice.workspace_id) as tx:
        told = await tx.fetchval(
            "SELECT count(*) FROM webhook_events WHERE type = 'assettracs.certificates.updated'"
        )
        audited = await tx.fetchval(
            "SELECT count(*) FROM audit_entries WHERE action = 'certificates.updated'"
        )
    assert (before["status"], after["status"]) == ("valid", "expired")
    assert after["version"] == before["version"] + 1
    assert (told, audited) == (1, 1)


async def test_a_new_pass_after_the_end_gives_a_valid_certificate(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    sling, template = await certified(alice)
    clock.forward(days=190)
    await expire(database)
    await alice.inspected(sling, template, "pass", "pass")
    shown = await alice.all("certificates")
    assert [row["status"] for row in shown] == ["expired", "valid"]


async def test_superseded_and_revoked_certificates_stay_what_they_are(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    sling, template = await certified(alice)
    clock.forward(days=1)
    await alice.inspected(sling, template, "pass", "pass")
    await alice.set("certificates", (await alice.all("certificates"))[-1], status="revoked")
    clock.forward(days=200)
    await expire(database)
    shown = await alice.all("certificates")
    assert [row["status"] for row in shown] == ["superseded", "revoked"]


async def test_nobody_expires_a_certificate_that_still_runs(alice: Platform) -> None:
    await certified(alice)
    (running,) = await alice.all("certificates")
    refused = await alice.ask("PATCH", f"certificates/{running['id']}", json={"status": "expired"})
    assert refused.status_code == 409
