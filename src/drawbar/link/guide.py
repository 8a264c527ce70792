"""A manifest's guide as markup: its short Markdown has numbered steps and bold words, no more."""

import re

from markupsafe import Markup, escape

_STEP = re.compile(r"^\d+\.\s+", re.MULTILINE)
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def guide_markup(guide: str) -> Markup:
    """Return the guide's steps as an ordered list; everything is escaped first."""
    steps = [" ".join(step.split()) for step in _STEP.split(guide) if step.strip()]
    lines = [_BOLD.sub(r"<strong>\1</strong>", str(escape(step))) for step in steps]
    items = "".join(f"<li>{line}</li>" for line in lines)
    return Markup(f'<ol class="guide">{items}</ol>')  # noqa: S704  escaped step by step
