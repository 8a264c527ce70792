"""Templates, inspections and their outcome: structs and pure rules."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from drawbar.assettracs.fields import Moment, Name, Text, Word
from drawbar.kit.errors import FieldError, invalid_fields
from drawbar.kit.tables import Row, Table

Status = Literal["scheduled", "in_progress", "completed", "missed", "cancelled"]
Verdict = Literal["pass", "fail", "na"]
Result = Literal["pass", "fail", "conditional"]

MOVES: MappingProxyType[Status, tuple[Status, ...]] = MappingProxyType(
    {
        "scheduled": ("in_progress", "completed", "missed", "cancelled"),
        "in_progress": ("completed", "missed", "cancelled"),
        "missed": ("scheduled", "in_progress", "completed", "cancelled"),
        "completed": (),
        "cancelled": (),
    }
)
"""Which states an inspection may go to from each; a missed one may still be made up for."""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to look at; failing a critical one quarantines the asset."""

    question: Name
    critical: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the inspector said; `result` is the server's reading of it, null for `na`."""

    question: Name
    value: Verdict
    result: Literal["pass", "fail"] | None = None
    note: Text | None = None


Questions = Annotated[list[Question], Meta(max_length=500)]
Answers = Annotated[list[Answer], Meta(max_length=500)]


class InspectionTemplate(Row, frozen=True, kw_only=True):
    """A list of questions; its version rises with every change of a published one."""

    name: Name
    template_version: int = 1
    questions: Questions = []
    status: Literal["draft", "published", "retired"] = "draft"


class Inspection(Row, frozen=True, kw_only=True):
    """One asset looked at once; it keeps the questions as they were when it was made."""

    asset_id: UUID
    template_id: UUID
    template_name: str = ""
    template_version: int = 1
    title: Word = ""
    status: Status = "scheduled"
    result: Result | None = None
    score: int | None = None
    inspector: Word | None = None
    scheduled_at: Moment | None = None
    due_at: Moment | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    questions: list[Question] = []
    answers: Answers = []
    certificate_id: UUID | None = None


TEMPLATE_TABLE = Table("assettracs.inspection_templates", InspectionTemplate, "inspection template")
INSPECTION_TABLE = Table("assettracs.inspections", Inspection, "inspection")


def judged(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers with the server's result on each."""
    return [
        msgspec.structs.replace(
            answer, result="pass" if answer.value == "pass" else _failed_or_none(answer)
        )
        for answer in answers
    ]


def check_questions(questions: Sequence[Question]) -> None:
    """Raise 422 when a question stands twice in a template."""
    _refuse("questions", [question.question for question in questions], None)


def check_answers(questions: Sequence[Question], answers: Sequence[Answer]) -> None:
    """Raise 422 naming each answer that belongs to no question, or to one answered before."""
    asked = {question.question for question in questions}
    _refuse("answers", [answer.question for answer in answers], asked)


def check_complete(questions: Sequence[Question], answers: Sequence[Answer]) -> None:
    """Raise 422 unless every question is answered and at least one was looked at."""
    answered = {answer.question for answer in answers}
    missing = [question.question for question in questions if question.question not in answered]
    if missing:
        raise invalid_fields(
            tuple(FieldError("answers", f"'{question}' is not answered.") for question in missing)
        )
    if all(answer.value == "na" for answer in answers):
        raise invalid_fields(
            (FieldError("answers", "all are 'na': nothing was inspected. Cancel it instead."),)
        )


def outcome(questions: Sequence[Question], answers: Sequence[Answer]) -> tuple[Result, int]:
    """Return the result, and the share passed of what was looked at, in whole per cent.

    A failed critical question fails the inspection; other failures make it conditional.
    """
    failed = failures(questions, answers)
    looked_at = [answer for answer in answers if answer.value != "na"]
    score = 100 * (len(looked_at) - len(failed)) // len(looked_at)
    if any(question.critical for question, _ in failed):
        return "fail", score
    return ("conditional" if failed else "pass"), score


def failures(
    questions: Sequence[Question], answers: Sequence[Answer]
) -> list[tuple[Question, Answer]]:
    """Return the failed answers with their questions, in the template's order."""
    said = {answer.question: answer for answer in answers}
    pairs = [(question, said.get(question.question)) for question in questions]
    return [
        (question, answer)
        for question, answer in pairs
        if answer is not None and answer.value == "fail"
    ]


def _failed_or_none(answer: Answer) -> Literal["fail"] | None:
    return "fail" if answer.value == "fail" else None


def _refuse(field: str, asked: Sequence[str], known: set[str] | None) -> None:
    errors: list[FieldError] = []
    seen: set[str] = set()
    for place, question in enumerate(asked):
        if known is not None and question not in known:
            reason = f"'{question}' is no question of the template."
            errors.append(FieldError(f"{field}[{place}].question", reason))
        elif question in seen:
            errors.append(FieldError(f"{field}[{place}].question", f"'{question}' stands twice."))
        seen.add(question)
    if errors:
        raise invalid_fields(tuple(errors))
