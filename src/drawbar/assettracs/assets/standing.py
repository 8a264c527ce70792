"""Whether an asset may be used right now, in one word and one reason."""

from collections.abc import Iterable

import msgspec

from drawbar.assettracs.assets.kinds import FIT, Asset
from drawbar.assettracs.compliance.store import Obligation
from drawbar.ui.reader import gettext
from drawbar.ui.states import words_for


class Standing(msgspec.Struct, frozen=True):
    """A tone, what to do, and why; in the reader's words."""

    tone: str
    title: str
    reason: str


def standing_of(asset: Asset, obligations: Iterable[Obligation]) -> Standing:
    """Return green in service, amber when something is due, red when it must not be used."""
    status = words_for(asset.status)
    if asset.status not in FIT:
        reasons = {
            "quarantined": gettext(
                "A critical defect was found. It is released by a passed "
                "inspection after its repair."
            ),
            "in_repair": gettext("It is being repaired."),
            "missing": gettext("Nobody knows where it is. Whoever finds it scans its tag."),
            "retired": gettext("It is no longer in use."),
        }
        reason = reasons.get(asset.status, gettext("It was taken out of service."))
        return Standing(
            "bad", gettext("Do not use: %(status)s") % {"status": status.lower()}, reason
        )
    unmet = [one.requirement for one in obligations if one.state in {"overdue", "never_done"}]
    if unmet:
        title = gettext("Not proven: %(requirements)s") % {"requirements": ", ".join(unmet)}
        reason = gettext("No valid certificate proves it. A passed inspection issues one.")
        return Standing("attention", title, reason)
    soon = [one.requirement for one in obligations if one.state == "due_soon"]
    if soon:
        return Standing("attention", gettext("Due soon"), ", ".join(soon))
    if asset.status == "restricted":
        return Standing("attention", status, gettext("It may be used with restrictions."))
    return Standing("good", status, gettext("It may be used."))
