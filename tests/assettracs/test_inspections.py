"""Inspections: answers, results, and what a failed one sets off."""

from tests.assettracs.platform import Platform
from tests.support.clock import FakeClock


async def test_failing_a_critical_question_quarantines_the_asset(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    inspection = await alice.inspected(sling, template, "fail", "pass")
    assert (inspection["result"], inspection["score"]) == ("fail", 50)
    assert inspection["completed_at"] == "2026-11-23T06:00:00.000000Z"
    assert (await alice.show("assets", sling))["status"] == "quarantined"


async def test_each_failed_answer_makes_a_defect_and_an_order_linked_both_ways(
    alice: Platform,
) -> None:
    sling, template = await alice.sling(), await alice.template()
    inspection = await alice.inspected(sling, template, "fail", "fail")
    critical, minor = await alice.all("defects", inspection_id=inspection["id"])
    orders = await alice.all("work-orders", asset_id=sling["id"])
    assert [critical["severity"], minor["severity"]] == ["critical", "minor"]
    assert critical["due_at"] == "2026-11-24T06:00:00.000000Z"
    assert minor["due_at"] == "2026-12-23T06:00:00.000000Z"
    assert [order["defect_id"] for order in orders] == [critical["id"], minor["id"]]
    assert [critical["work_order_id"], minor["work_order_id"]] == [o["id"] for o in orders]
    assert [order["number"] for order in orders] == ["WO-10001", "WO-10002"]
    assert orders[0]["priority"] == "urgent"
    assert orders[0]["description"] == "third link"


async def test_failing_only_what_is_not_critical_leaves_the_asset_in_service(
    alice: Platform,
) -> None:
    sling, template = await alice.sling(), await alice.template()
    inspection = await alice.inspected(sling, template, "pass", "fail")
    assert inspection["result"] == "conditional"
    assert (await alice.show("assets", sling))["status"] == "in_service"


async def test_what_does_not_apply_does_not_count(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    inspection = await alice.inspected(sling, template, "pass", "na")
    assert (inspection["result"], inspection["score"]) == ("pass", 100)
    assert [answer["result"] for answer in inspection["answers"]] == ["pass", None]


async def test_an_inspection_of_nothing_is_refused(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    refused = await alice.inspect(sling, template, "na", "na")
    assert refused.status_code == 422
    assert "nothing was inspected" in refused.text


async def test_completing_needs_every_question_answered(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    scheduled = await alice.add("inspections", asset_id=sling["id"], template_id=template["id"])
    refused = await alice.ask(
        "PATCH",
        f"inspections/{scheduled['id']}",
        json={
            "status": "completed",
            "answers": [{"question": "Plate legible?", "value": "pass"}],
        },
    )
    assert refused.status_code == 422
    assert "'Links free of cracks?' is not answered." in refused.text
    assert (await alice.show("inspections", scheduled))["status"] == "scheduled"


async def test_an_answer_to_a_question_nobody_asked_is_named(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    refused = await alice.ask(
        "POST",
        "inspections",
        json={
            "asset_id": sling["id"],
            "template_id": template["id"],
            "answers": [
                {"question": "Plate legible?", "value": "pass"},
                {"question": "Plate legible?", "value": "fail"},
                {"question": "Nice weather?", "value": "pass"},
            ],
        },
    )
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [
        "answers[1].question",
        "answers[2].question",
    ]


async def test_the_caller_cannot_set_the_result(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    body = {"asset_id": sling["id"], "template_id": template["id"], "result": "pass"}
    refused = await alice.ask("POST", "inspections", json=body)
    assert refused.status_code == 422


async def test_a_completed_inspection_never_changes(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    done = await alice.inspected(sling, template, "fail", "pass")
    address = f"inspections/{done['id']}"
    patched = await alice.ask("PATCH", address, json={"inspector": "Bob"})
    reopened = await alice.ask("PATCH", address, json={"status": "in_progress"})
    deleted = await alice.ask("DELETE", address)
    assert [patched.status_code, reopened.status_code, deleted.status_code] == [409, 409, 409]
    assert await alice.show("inspections", done) == done


async def test_sending_a_completed_inspection_twice_stores_it_once(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    body = {
        "asset_id": sling["id"],
        "template_id": template["id"],
        "status": "completed",
        "answers": [
            {"question": "Links free of cracks?", "value": "fail"},
            {"question": "Plate legible?", "value": "pass"},
        ],
    }
    address = "inspections/by-external-id/round-7"
    first = await alice.ask("PUT", address, json=body)
    again = await alice.ask("PUT", address, json=body)
    other = await alice.ask("PUT", address, json=body | {"inspector": "Bob"})
    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert again.json() == first.json()
    assert len(await alice.all("defects", asset_id=sling["id"])) == 1


async def test_a_running_inspection_keeps_its_version_of_the_template(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    running = await alice.add(
        "inspections", asset_id=sling["id"], template_id=template["id"], status="in_progress"
    )
    changed = await alice.set("inspection-templates", template, questions=[{"question": "New?"}])
    assert changed["template_version"] == 2
    assert running["started_at"] == "2026-11-23T06:00:00.000000Z"
    assert (await alice.show("inspections", running))["template_version"] == 1
    assert len((await alice.show("inspections", running))["questions"]) == 2


async def test_drafts_and_retired_assets_are_not_inspected(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    draft = await alice.add("inspection-templates", name="Draft")
    body = {"asset_id": sling["id"], "template_id": draft["id"]}
    of_draft = await alice.ask("POST", "inspections", json=body)
    empty = await alice.ask(
        "PATCH", f"inspection-templates/{draft['id']}", json={"status": "published"}
    )
    await alice.set("assets", sling, status="retired")
    of_retired = await alice.inspect(sling, template, "pass", "pass")
    assert of_draft.json()["errors"][0]["field"] == "template_id"
    assert empty.json()["errors"][0]["field"] == "questions"
    assert of_retired.status_code == 409


async def test_the_repairer_cannot_release_the_own_repair(
    alice: Platform, clock: FakeClock
) -> None:
    sling, template = await alice.sling(), await alice.template()
    await alice.inspected(sling, template, "fail", "pass")
    (order,) = await alice.all("work-orders")
    clock.forward(hours=1)
    await alice.repair(order, "Bob")
    own = await alice.inspect(sling, template, "pass", "pass", inspector=" bob ")
    nobody = await alice.inspect(sling, template, "pass", "pass", inspector="")
    assert own.status_code == 409
    assert "bob repaired A-00001; somebody else must inspect it" in own.json()["detail"]
    assert nobody.json()["errors"][0]["field"] == "inspector"
    assert (await alice.show("assets", sling))["status"] == "quarantined"
    await alice.inspected(sling, template, "pass", "pass", inspector="Alice")
    assert (await alice.show("assets", sling))["status"] == "in_service"


async def test_a_pass_before_the_repair_does_not_release(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    await alice.inspected(sling, template, "fail", "pass")
    await alice.inspected(sling, template, "pass", "pass")
    assert (await alice.show("assets", sling))["status"] == "quarantined"


async def test_another_inspection_does_not_release(alice: Platform, clock: FakeClock) -> None:
    sling, template = await alice.sling(), await alice.template()
    easy = await alice.template()
    await alice.inspected(sling, template, "fail", "pass")
    (order,) = await alice.all("work-orders")
    await alice.repair(order, "Bob")
    clock.forward(hours=1)
    await alice.inspected(sling, easy, "pass", "pass")
    assert (await alice.show("assets", sling))["status"] == "quarantined"


async def test_quarantine_cannot_be_lifted_by_hand(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    await alice.inspected(sling, template, "fail", "pass")
    address = f"assets/{sling['id']}"
    straight = await alice.ask("PATCH", address, json={"status": "in_service"})
    await alice.set("assets", sling, status="in_repair")
    round_about = await alice.ask("PATCH", address, json={"status": "restricted"})
    assert (straight.status_code, round_about.status_code) == (409, 409)
    assert "A critical defect keeps A-00001 out of service" in straight.json()["detail"]


async def test_a_critical_defect_reported_by_hand_quarantines_too(alice: Platform) -> None:
    sling = await alice.sling()
    defect = await alice.add(
        "defects", asset_id=sling["id"], title="Hook bent", severity="critical"
    )
    address = f"defects/{defect['id']}"
    eased = await alice.ask("PATCH", address, json={"severity": "minor"})
    closed = await alice.ask("PATCH", address, json={"status": "closed"})
    deleted = await alice.ask("DELETE", address)
    assert [eased.status_code, closed.status_code, deleted.status_code] == [409, 422, 409]
    assert (await alice.show("assets", sling))["status"] == "quarantined"


async def test_mallory_sees_and_inspects_nothing_of_ours(
    alice: Platform, mallory: Platform
) -> None:
    sling, template = await alice.sling(), await alice.template()
    done = await alice.inspected(sling, template, "fail", "pass")
    refused = await mallory.inspect(sling, await mallory.template(), "pass", "pass")
    assert refused.json()["errors"][0]["field"] == "asset_id"
    assert (await mallory.ask("GET", f"inspections/{done['id']}")).status_code == 404
    assert await mallory.all("defects") == []
    assert await mallory.all("work-orders") == []


async def test_carol_reads_but_does_not_inspect(alice: Platform, carol: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    await alice.inspected(sling, template, "pass", "pass")
    assert len(await carol.all("inspections")) == 1
    assert (await carol.inspect(sling, template, "pass", "pass")).status_code == 403
