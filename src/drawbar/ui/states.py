"""How a status looks and reads: one of four tones, never told by colour alone."""

import msgspec

from drawbar.ui.reader import state_word


class State(msgspec.Struct, frozen=True):
    """A tone (`good`, `attention`, `bad`, `idle`) and the status in the reader's words."""

    tone: str
    label: str


TONES = {
    "good": (
        "active approved attached available closed completed connected delivered done enabled "
        "good healthy in_service linked live ok online paid pass passed received running "
        "succeeded success synced up valid verified"
    ),
    "attention": (
        "attention blocked conditional damaged degraded delayed due due_soon expiring held high "
        "in_repair inactive major medium never_done not_permitted on_hold partial "
        "partially_failed partially_received paused pending pending_approval quarantined "
        "restricted retrying stale throttled triaged waiting warning"
    ),
    "bad": (
        "bad broken critical dead disabled down error expired fail failed faulted lost missed "
        "missing needs_login offline open_circuit out_of_service overdue reauth_required rejected "
        "revoked suspended urgent"
    ),
}
"""Statuses of every kind by tone; one that stands nowhere is idle (grey)."""

_TONE_OF = {status: tone for tone, statuses in TONES.items() for status in statuses.split()}


def tone_of(status: str | None) -> str:
    """Return the tone in which a status is shown; upper case counts as lower."""
    return _TONE_OF.get((status or "").lower(), "idle")


def words_for(status: str | None) -> str:
    """Write a status as words: `in_service` becomes "In service", in the reader's language."""
    if not status:
        return state_word("Unknown")
    plain = status.lower().replace("_", " ").replace("-", " ")
    return state_word(plain[:1].upper() + plain[1:])


def state_of(status: str | None) -> State:
    """Return the tone and the words of a status."""
    return State(tone=tone_of(status), label=words_for(status))
