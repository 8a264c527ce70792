"""What the letters say: plain words, what to do, a link to do it."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from drawbar.alerts.model import KINDS, Kind, Member, Notice
from drawbar.kit.logs import masked_text
from drawbar.kit.mail import Letter

LINES: dict[Kind, str] = {
    "reauthorization": "{name} needs a new log-in; nothing is read from it until then.",
    "syncs_failing": "{name}: reading fails again and again.",
    "webhooks_failed": "{name} did not take {count}.",
    "credits_low": "Credits are running low: {available} left of {granted}.",
    "recovered": "{name} works again.",
}
PLACES: dict[Kind, str] = {
    "reauthorization": "/hub/connections/{id}",
    "syncs_failing": "/hub/connections/{id}",
    "webhooks_failed": "/hub/webhooks",
    "credits_low": "/hub/credits",
    "recovered": "/hub/connections/{id}",
}
SUBJECTS: dict[Kind, str] = {
    "reauthorization": "{name} needs a new log-in",
    "syncs_failing": "{name} cannot be read",
    "webhooks_failed": "Webhook messages to {name} failed",
    "credits_low": "Credits are running low",
    "recovered": "{name} works again",
}
MOST_LINES = 50
LONGEST_REASON = 300


class Group:
    """All notices of one kind about one thing; the newest speaks."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        self.kind = notices[-1].kind
        self.count = len(notices)
        self._newest = notices[-1]

    def subject(self) -> str:
        """Say it in a subject line."""
        return SUBJECTS[self.kind].format_map(self._words())

    def lines(self, address: str) -> Iterable[str]:
        """Say it, why, and where to look."""
        yield f"- {LINES[self.kind].format_map(self._words())}"
        reason = str(self._newest.facts.get("message") or "")
        if reason and self.kind != "recovered":
            yield f"  {masked_text(reason)[:LONGEST_REASON]}"
        if self._newest.facts.get("disabled"):
            yield "  The endpoint is disabled; enable it when its receiver works."
        yield f"  {address}{PLACES[self.kind].format(id=self._newest.subject_id)}"

    def _words(self) -> dict[str, str]:
        facts = self._newest.facts
        name = " ".join(str(facts.get("name") or "A connection").split())
        many = "1 message" if self.count == 1 else f"{self.count} messages"
        return {
            "name": name[:100],
            "count": many,
            "available": str(facts.get("available", 0)),
            "granted": str(facts.get("granted", 0)),
        }


def at_once(
    member: Member, notices: Sequence[Notice], *, workspace: str, address: str, stop: str
) -> Letter:
    """Write the letter about what just happened."""
    groups = _groups(notices)
    first = groups[0].subject()
    more = f" and {len(groups) - 1} more" if len(groups) > 1 else ""
    return Letter(
        member.email,
        f"[Drawbar] {workspace}: {first}{more}",
        _text(member, groups, f"In {workspace}:", address, stop),
        "alert",
    )


def digest(
    member: Member, notices: Sequence[Notice], *, workspace: str, address: str, stop: str
) -> Letter:
    """Write the letter that sums up what happened since the last."""
    groups = _groups(notices)
    things = "1 thing" if len(groups) == 1 else f"{len(groups)} things"
    every = "hour" if member.choices.digest_every == "hour" else "day"
    return Letter(
        member.email,
        f"[Drawbar] {workspace}: {things} to know",
        _text(member, groups, f"What happened in {workspace} in the last {every}:", address, stop),
        "digest",
    )


def _text(member: Member, groups: Sequence[Group], opening: str, address: str, stop: str) -> str:
    lines = [f"Hello {member.name},", "", opening, ""]
    for group in groups[:MOST_LINES]:
        lines += [*group.lines(address), ""]
    if len(groups) > MOST_LINES:
        lines += [f"… and {len(groups) - MOST_LINES} more: {address}/hub", ""]
    lines += [
        "--",
        f"Choose what you are told, and how: {address}/hub/settings/alerts",
        f"No more of these letters: {stop}",
        "",
    ]
    return "\n".join(lines)


def _groups(notices: Sequence[Notice]) -> list[Group]:
    def thing(notice: Notice) -> tuple[int, str]:
        return KINDS.index(notice.kind), str(notice.subject_id)

    ordered = sorted(notices, key=lambda one: (*thing(one), one.sequence))
    return [Group(list(same)) for _, same in groupby(ordered, key=thing)]
