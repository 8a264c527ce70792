"""An invented year of inspections, defects, repairs and certificates for one aircraft, by seed."""

from datetime import datetime, timedelta
from random import Random

import msgspec
from dateutil.relativedelta import relativedelta

from drawbar.demo.model import (
    Answer,
    Certificate,
    Defect,
    Inspection,
    Question,
    WorkOrder,
)
from drawbar.demo.place import demo_id
from drawbar.demo.repair import Finding, repair
from drawbar.demo.subject import Subject
from drawbar.demo.wording import (
    CABIN_EQUIPMENT,
    FINDINGS,
    INSPECTORS,
    LANDING_GEAR,
    WALK_AROUND,
    Check,
)

WALKED_SHARE = 0.97
EQUIPMENT_SHARE = 0.92
EARLIER_WALK_SHARE = 0.35
GEAR_SHARE = 0.35
FAILED_SHARE = 0.07
CONDITIONAL_SHARE = 0.03
VALID_SHARE = 0.82
DUE_SOON_SHARE = 0.11
DUE_SOON_DAYS = 30
SCHEDULED_AHEAD_SHARE = 0.15
MISSED_SHARE = 0.25
RUNNING_SHARE = 0.5
DAYS_A_MONTH = 30.4
FIRST_MINUTE, LAST_MINUTE = 11 * 60, 23 * 60
"""Day shift in America, in minutes after midnight UTC."""


class History:
    """What is known of one aircraft so far; it grows check by check."""

    def __init__(self, subject: Subject, rng: Random) -> None:
        self.subject = subject
        self.rng = rng
        self.inspections: list[Inspection] = []
        self.defects: list[Defect] = []
        self.work_orders: list[WorkOrder] = []
        self.certificates: list[Certificate] = []

    @property
    def asset_status(self) -> str:
        """The status that follows from the worst defect still open."""
        left = {(d.severity, d.status) for d in self.defects if d.status != "closed"}
        if ("critical", "open") in left:
            return "quarantined"
        if left & {("critical", "in_repair"), ("major", "in_repair")}:
            return "in_repair"
        return "restricted" if ("major", "open") in left else "in_service"


def write_history(subject: Subject, rng: Random) -> History:
    """Return the history of one aircraft; the same draws for every `today`, only shifted."""
    history = History(subject, rng)
    if rng.random() < WALKED_SHARE:
        due_in = _due_in(WALK_AROUND, rng)
        if rng.random() < EARLIER_WALK_SHARE:
            earlier = due_in - int(WALK_AROUND.interval_months * DAYS_A_MONTH)
            _inspect(history, WALK_AROUND, _completed_at(history, WALK_AROUND, earlier), "earlier")
        _check(history, WALK_AROUND, due_in)
    if rng.random() < EQUIPMENT_SHARE:
        _check(history, CABIN_EQUIPMENT, _due_in(CABIN_EQUIPMENT, rng))
    if subject.gear_checked and rng.random() < GEAR_SHARE:
        _check(history, LANDING_GEAR, _due_in(LANDING_GEAR, rng))
    if not history.inspections:
        _check(history, WALK_AROUND, _due_in(WALK_AROUND, rng))
    history.certificates = _settled(history)
    return history


def _due_in(check: Check, rng: Random) -> int:
    """Draw in how many days the next check is due: mostly later, some soon, some overdue."""
    standing = rng.random()
    if standing < VALID_SHARE:
        return rng.randint(DUE_SOON_DAYS + 1, int(check.interval_months * DAYS_A_MONTH) - 2)
    if standing < VALID_SHARE + DUE_SOON_SHARE:
        return rng.randint(0, DUE_SOON_DAYS)
    return rng.randint(-40, -1)


def _completed_at(history: History, check: Check, due_in: int) -> datetime:
    """Return when the check was done that is due again in so many days."""
    due = history.subject.moment(due_in, history.rng.randint(FIRST_MINUTE, LAST_MINUTE))
    return due - relativedelta(months=check.interval_months)


def _check(history: History, check: Check, due_in: int) -> None:
    """Do one check with what follows from it, and plan the next."""
    completed_at = _completed_at(history, check, due_in)
    roll = history.rng.random()
    if roll < FAILED_SHARE:
        _fail(history, check, completed_at)
        return
    if roll < FAILED_SHARE + CONDITIONAL_SHARE:
        lesser = [question for question in check.questions if not question.critical]
        found = _inspect(history, check, completed_at, "last", [history.rng.choice(lesser)])
        _repair(history, found, completed_at, "minor")
    else:
        _inspect(history, check, completed_at, "last")
    if due_in <= DUE_SOON_DAYS or history.rng.random() < SCHEDULED_AHEAD_SHARE:
        history.inspections.append(_next(history, check, due_in))


def _fail(history: History, check: Check, completed_at: datetime) -> None:
    question = history.rng.choice(check.questions)
    severity = "critical" if question.critical else history.rng.choice(("major", "major", "minor"))
    failed = _inspect(history, check, completed_at, "last", [question], fatal=True)
    repaired_at = _repair(history, failed, completed_at, severity)
    if repaired_at:
        again_at = repaired_at + timedelta(minutes=history.rng.randint(120, 600))
        _inspect(history, check, again_at, "again", barred=failed.inspector)


def _repair(
    history: History, inspection: Inspection, found_at: datetime, severity: str
) -> datetime | None:
    """Write down the defect of an inspection and its work order; return when it was repaired."""
    answer = next(answer for answer in inspection.answers if answer.result == "fail")
    finding = Finding(
        inspection_id=inspection.id,
        template=inspection.template_name,
        question=answer.question,
        note=answer.note,
        severity=severity,
        found_at=found_at,
    )
    defect, order = repair(history.subject, finding, history.rng)
    history.defects.append(defect)
    history.work_orders.append(order)
    return order.completed_at


def _inspect(
    history: History,
    check: Check,
    completed_at: datetime,
    key: str,
    failed: list[Question] | None = None,
    *,
    fatal: bool = False,
    barred: str | None = None,
) -> Inspection:
    """Add a completed inspection, and its certificate when it passed; `barred` may not do it."""
    subject, rng = history.subject, history.rng
    answers = tuple(_answer(question, failed or [], rng) for question in check.questions)
    passed = not failed
    inspection = Inspection(
        id=subject.id("inspection", check.key, key),
        created_at=completed_at - timedelta(days=7),
        asset_id=subject.asset_id,
        template_id=demo_id(subject.carrier, "template", check.key),
        template_name=check.name,
        template_version=check.version,
        title=f"{check.name}: {subject.tail}",
        status="completed",
        result="pass" if passed else "fail" if fatal else "conditional",
        score=round(100 * sum(a.result == "pass" for a in answers) / len(answers)),
        inspector=rng.choice([name for name in INSPECTORS if name != barred]),
        scheduled_at=completed_at - timedelta(hours=4),
        due_at=completed_at + timedelta(days=2),
        started_at=completed_at - timedelta(minutes=check.minutes + rng.randint(-10, 20)),
        completed_at=completed_at,
        answers=answers,
        certificate_id=subject.id("certificate", check.key, key) if passed else None,
    )
    history.inspections.append(inspection)
    if inspection.certificate_id:
        history.certificates.append(
            Certificate(
                id=inspection.certificate_id,
                created_at=completed_at,
                asset_id=subject.asset_id,
                requirement_id=demo_id(subject.carrier, "requirement", check.key),
                inspection_id=inspection.id,
                issued_at=completed_at,
                expires_at=completed_at + relativedelta(months=check.interval_months),
            )
        )
    return inspection


def _answer(question: Question, failed: list[Question], rng: Random) -> Answer:
    if question in failed:
        return Answer(question.question, "fail", "fail", rng.choice(FINDINGS))
    return Answer(question.question, "pass", "pass")


def _next(history: History, check: Check, due_in: int) -> Inspection:
    """Return the coming inspection; one that should have been is still open or was missed."""
    subject, rng = history.subject, history.rng
    missed = due_in < 0 and rng.random() < MISSED_SHARE
    running = not missed and -2 <= due_in <= 2 and rng.random() < RUNNING_SHARE  # noqa: PLR2004 - days
    started_at = subject.today - timedelta(minutes=rng.randint(5, check.minutes))
    done = check.questions[: rng.randint(1, len(check.questions) - 1)]
    due_at = subject.in_the_morning(due_in, 18)
    scheduled_at = due_at - timedelta(days=rng.randint(3, 10))
    return Inspection(
        id=subject.id("inspection", check.key, "next"),
        created_at=min(scheduled_at, subject.today) - timedelta(days=7),
        asset_id=subject.asset_id,
        template_id=demo_id(subject.carrier, "template", check.key),
        template_name=check.name,
        template_version=check.version,
        title=f"{check.name}: {subject.tail}",
        status="missed" if missed else "in_progress" if running else "scheduled",
        inspector=rng.choice(INSPECTORS) if running else None,
        scheduled_at=scheduled_at,
        due_at=due_at,
        started_at=started_at if running else None,
        answers=tuple(_answer(question, [], rng) for question in done) if running else (),
    )


def _settled(history: History) -> list[Certificate]:
    """Give each certificate its status: a later one supersedes it, a later failure revokes it."""
    last: dict[object, datetime] = {}
    for certificate in history.certificates:
        key = certificate.requirement_id
        last[key] = max(certificate.issued_at, last.get(key, certificate.issued_at))
    failed_at = {
        demo_id(history.subject.carrier, "requirement", check.key): inspection.completed_at
        for check in (WALK_AROUND, CABIN_EQUIPMENT, LANDING_GEAR)
        for inspection in history.inspections
        if inspection.result == "fail" and inspection.template_name == check.name
    }
    settled = []
    for certificate in history.certificates:
        newest = last[certificate.requirement_id]
        failure = failed_at.get(certificate.requirement_id)
        if certificate.issued_at < newest:
            settled.append(msgspec.structs.replace(certificate, status="superseded"))
        elif failure and certificate.issued_at < failure:
            settled.append(msgspec.structs.replace(certificate, status="revoked"))
        elif certificate.expires_at <= history.subject.today:
            settled.append(msgspec.structs.replace(certificate, status="expired"))
        else:
            settled.append(certificate)
    return settled
