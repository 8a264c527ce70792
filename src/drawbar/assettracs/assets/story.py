"""An asset's story in words, from the facts of every module."""

from collections.abc import Iterable
from typing import Any

from drawbar.assettracs.assets.story_store import Chapter
from drawbar.ui.reader import gettext
from drawbar.ui.states import tone_of, words_for

UNTOLD = frozenset({"modified_at", "version", "tags", "category"})
"""Fields whose change is no news: others say it better."""
SCANS = {
    "look_up": "Tag read",
    "move": "Moved",
    "check_out": "Checked out",
    "check_in": "Checked in",
    "count": "Counted",
    "inspect": "Read for an inspection",
}
TITLES = {
    "inspected": "Inspected",
    "defect": "Defect found",
    "order_opened": "Work order opened",
    "order_done": "Work done",
    "certified": "Certificate issued",
}
LIVES = {"created": ("Added", "idle"), "deleted": ("Deleted", "bad")}
"""How an asset's life begins and ends."""


def told(chapters: Iterable[Chapter]) -> list[dict[str, Any]]:
    """Return the entries of a timeline, in the reader's language."""
    entries = [_change(one) if one.what == "changed" else _fact(one) for one in chapters]
    return [entry for entry in entries if entry]


def _fact(chapter: Chapter) -> dict[str, Any]:
    state = words_for(chapter.state) if chapter.state else ""
    english = TITLES.get(chapter.what) or SCANS[chapter.state or "look_up"]
    title = gettext(english)
    tone = {"order_opened": "idle", "defect": "bad", "certified": "good", "order_done": "good"}
    return {
        "at": chapter.at,
        "title": f"{title}: {state.lower()}" if chapter.what == "inspected" else title,
        "text": chapter.text,
        "who": chapter.who,
        "tone": tone.get(chapter.what) or tone_of(chapter.state),
        "href": f"/assets/{chapter.path}/{chapter.id}" if chapter.path else None,
    }


def _change(chapter: Chapter) -> dict[str, Any] | None:
    before, after = chapter.before or {}, chapter.after or {}
    if chapter.state in LIVES:
        title, tone = LIVES[chapter.state]
        return _entry(chapter, gettext(title), tone)
    if before.get("deleted_at") and not after.get("deleted_at"):
        return _entry(chapter, gettext("Brought back"), "idle")
    if before.get("tags", []) != after.get("tags", []):
        return _tagged(chapter, before.get("tags", []), after.get("tags", []))
    names = [name for name in after if name not in UNTOLD and before.get(name) != after[name]]
    return _edit(chapter, after, names) if names else None


def _edit(chapter: Chapter, after: dict[str, Any], names: list[str]) -> dict[str, Any]:
    if "status" in names:
        status = after["status"]
        return _entry(chapter, words_for(status), tone_of(status))
    if {"site_id", "location_id"} & set(names):
        return _entry(chapter, gettext("Moved"), "idle")
    fields = ", ".join(words_for(name.removesuffix("_id")).lower() for name in names)
    return _entry(chapter, gettext("Changed: %(fields)s") % {"fields": fields}, "idle")


def _tagged(chapter: Chapter, before: list[str], after: list[str]) -> dict[str, Any]:
    """Say which tags came or went; the asset's own entry tells it of tags now elsewhere too."""
    came = [payload for payload in after if payload not in before]
    went = [payload for payload in before if payload not in after]
    title = gettext("Tag attached") if came else gettext("Tag removed")
    return {**_entry(chapter, title, "idle"), "text": ", ".join(came or went)}


def _entry(chapter: Chapter, title: str, tone: str) -> dict[str, Any]:
    return {"at": chapter.at, "title": title, "who": chapter.who, "tone": tone}
