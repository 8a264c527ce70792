"""Inspection templates and inspections, and what follows from a completed one."""

from datetime import datetime, timedelta

import msgspec

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE, ASSETS, Asset
from drawbar.assettracs.assets.store import awaits_release
from drawbar.assettracs.compliance.certification import certificate_id, demanded_by, issue
from drawbar.assettracs.inspections.defects import DAYS_TO_REPAIR, DEFECTS, Severity
from drawbar.assettracs.inspections.independence import check_independence
from drawbar.assettracs.inspections.model import (
    INSPECTION_TABLE,
    MOVES,
    TEMPLATE_TABLE,
    Answer,
    Inspection,
    InspectionTemplate,
    Question,
    check_answers,
    check_complete,
    check_questions,
    failures,
    judged,
    outcome,
)
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.maintenance.kinds import WORK_ORDERS
from drawbar.assettracs.references import referred
from drawbar.audit import Actor
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict, invalid

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of ours the clock of an inspector's device may go."""
TITLE_LENGTH = 200


async def _publish(
    _tx: Writing, before: InspectionTemplate | None, after: InspectionTemplate
) -> InspectionTemplate:
    """Refuse a template nobody could answer; number each version that was ever in use."""
    check_questions(after.questions)
    if after.status == "published" and not after.questions:
        raise invalid("questions", "are needed before the template is published.")
    if before is None or before.status == "draft" or before.questions == after.questions:
        return after
    return msgspec.structs.replace(after, template_version=before.template_version + 1)


async def _inspect(tx: Writing, before: Inspection | None, after: Inspection) -> Inspection:
    """Allow only moves that make sense, with answers to the questions asked."""
    draft = msgspec.structs.replace(after, answers=judged(after.answers))
    if before is not None and before.status == "completed":
        if draft == before:
            return before
        raise conflict("A completed inspection never changes. Make a new one.")
    _check_move(before, draft)
    asset = await referred(tx, ASSET_TABLE, draft.asset_id, "asset_id", lock=True)
    if asset.status == "retired":
        raise conflict(f"{asset.code} is retired and no longer inspected.")
    draft = await _with_template(tx, before, draft)
    check_answers(draft.questions, draft.answers)
    if draft.status == "completed":
        return await _complete(tx, asset, draft)
    if draft.completed_at is not None:
        raise invalid("completed_at", "is set only when status becomes completed.")
    began = tx.now if draft.status == "in_progress" else None
    return msgspec.structs.replace(draft, started_at=draft.started_at or began)


def _check_move(before: Inspection | None, after: Inspection) -> None:
    if before is None or before.status == after.status:
        return
    allowed = MOVES[before.status]
    if after.status not in allowed:
        can = f"it can become {' or '.join(allowed)}" if allowed else "make a new one"
        raise conflict(
            f"This inspection is {before.status} and cannot become {after.status}; {can}."
        )


async def _with_template(tx: Writing, before: Inspection | None, after: Inspection) -> Inspection:
    """Copy the published template once: a running inspection keeps its version."""
    if before is not None:
        if (before.asset_id, before.template_id) != (after.asset_id, after.template_id):
            raise conflict("An inspection keeps its asset and template. Cancel it, make another.")
        return after
    template = await referred(tx, TEMPLATE_TABLE, after.template_id, "template_id")
    if template.status != "published":
        raise invalid("template_id", f"is a {template.status} template; publish it first.")
    return msgspec.structs.replace(
        after,
        template_name=template.name,
        template_version=template.template_version,
        title=after.title or template.name,
        questions=template.questions,
    )


async def _complete(tx: Writing, asset: Asset, draft: Inspection) -> Inspection:
    """Judge a finished inspection: the server decides result, score and certificate."""
    check_complete(draft.questions, draft.answers)
    completed_at = _completed_at(draft, tx.now)
    result, score = outcome(draft.questions, draft.answers)
    demands = await demanded_by(tx, asset, draft.template_id) if result == "pass" else []
    return msgspec.structs.replace(
        draft,
        started_at=draft.started_at or completed_at,
        completed_at=completed_at,
        result=result,
        score=score,
        certificate_id=certificate_id(draft.id, demands[0].id) if demands else None,
    )


def _completed_at(draft: Inspection, now: datetime) -> datetime:
    completed_at = draft.completed_at or now
    if completed_at > now + CLOCKS_DIFFER:
        raise invalid("completed_at", "lies in the future.")
    if draft.started_at and draft.started_at > completed_at:
        raise invalid("started_at", "is after completed_at.")
    return completed_at


async def _follow_up(
    tx: Writing, actor: Actor, before: Inspection | None, after: Inspection
) -> None:
    """A completed inspection finds defects, or certifies and releases."""
    finished_now = before is None or before.status != "completed"
    if after.status != "completed" or not finished_now:
        return
    asset = await ASSET_TABLE.get(tx, after.asset_id, lock=True)
    await check_independence(tx, actor, asset, after)
    for question, answer in failures(after.questions, after.answers):
        await _report(tx, actor, after, question, answer)
    if after.result == "pass":
        await _certify(tx, actor, asset, after)


async def _report(
    tx: Writing, actor: Actor, inspection: Inspection, question: Question, answer: Answer
) -> None:
    """Make a defect of a failed answer, and an order to repair it."""
    severity: Severity = "critical" if question.critical else "minor"
    found_at = inspection.completed_at or tx.now
    due_at = found_at + timedelta(days=DAYS_TO_REPAIR[severity])
    defect = await actions.create(
        tx,
        actor,
        DEFECTS,
        {
            "asset_id": inspection.asset_id,
            "inspection_id": inspection.id,
            "title": question.question,
            "severity": severity,
            "due_at": due_at,
        },
    )
    order = {
        "defect_id": defect.id,
        "title": f"Repair: {question.question}"[:TITLE_LENGTH],
        "description": answer.note,
        "type": "corrective",
        "priority": "urgent" if question.critical else "medium",
        "due_at": due_at,
    }
    await actions.create(tx, actor, WORK_ORDERS, order)


async def _certify(tx: Writing, actor: Actor, asset: Asset, inspection: Inspection) -> None:
    """Issue what the passed inspection proves, and release the asset if nothing is against it."""
    passed_at = inspection.completed_at or tx.now
    for requirement in await demanded_by(tx, asset, inspection.template_id):
        await issue(tx, actor, requirement, asset.id, inspection.id, passed_at)
    if asset.status == "quarantined" and not await awaits_release(tx, asset.id):
        await actions.change(tx, actor, ASSETS, asset.id, {"status": "in_service"})


async def _stay(_tx: Writing, inspection: Inspection) -> None:
    if inspection.status == "completed":
        raise conflict("A completed inspection is evidence and cannot be deleted.")


INSPECTION_TEMPLATES = Kind(
    TEMPLATE_TABLE,
    server_set=frozenset({"template_version"}),
    filters=("status",),
    search="name",
    rule=_publish,
    used_by=(("assettracs.requirements", "template_id"),),
)
INSPECTIONS = Kind(
    INSPECTION_TABLE,
    server_set=frozenset(
        {"template_name", "template_version", "result", "score", "questions", "certificate_id"}
    ),
    filters=("asset_id", "template_id", "status", "result", "inspector"),
    search="title",
    rule=_inspect,
    effect=_follow_up,
    parting=_stay,
)
