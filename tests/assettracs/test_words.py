"""Every word of the platform's pages has its German."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import drawbar
from drawbar.assettracs.assets.sheet import ASSET_SHEET, CATEGORY_SHEET
from drawbar.assettracs.assets.story import LIVES, SCANS, TITLES
from drawbar.assettracs.compliance.sheet import CERTIFICATE_SHEET, REQUIREMENT_SHEET
from drawbar.assettracs.inspections.sheet import DEFECT_SHEET, INSPECTION_SHEET, TEMPLATE_SHEET
from drawbar.assettracs.maintenance.repeating import EVERY, PLACES, SENTENCES, WEEKDAYS
from drawbar.assettracs.maintenance.sheet import PLAN_SHEET, WORK_ORDER_SHEET
from drawbar.assettracs.navigation import SECTIONS
from drawbar.assettracs.places.sheet import LOCATION_SHEET, SITE_SHEET
from drawbar.assettracs.sheets.listing import words_of
from drawbar.assettracs.sheets.model import Sheet
from drawbar.ui.reader import CATALOGUES

SHEETS: list[Sheet[Any]] = [
    SITE_SHEET,
    LOCATION_SHEET,
    CATEGORY_SHEET,
    ASSET_SHEET,
    TEMPLATE_SHEET,
    INSPECTION_SHEET,
    DEFECT_SHEET,
    WORK_ORDER_SHEET,
    PLAN_SHEET,
    REQUIREMENT_SHEET,
    CERTIFICATE_SHEET,
]


def german(domain: str) -> set[str]:
    with (CATALOGUES / "de" / "LC_MESSAGES" / f"{domain}.po").open("rb") as text:
        catalogue = read_po(text, locale="de")
    return {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id and m.string}


def test_every_sentence_of_the_pages_has_its_german() -> None:
    templates = {
        "trimmed": "true",
        "newstyle_gettext": "true",
        "extensions": "jinja2.ext.do",
        "silent": "false",
    }
    found = extract_from_dir(
        Path(drawbar.__file__).parent / "assettracs",
        [("**/templates/**.html", "jinja2"), ("**.py", "python")],
        {"**/templates/**.html": templates},
    )
    wanted = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    assert len(wanted) > 150
    assert wanted - german("messages") == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.kind.name)
def test_every_label_of_a_list_and_form_has_its_german(sheet: Sheet[Any]) -> None:
    asked = {text for ask in sheet.asks for text in (ask.label, ask.help, ask.unit)}
    narrowed = {label for _, label in (*sheet.filters, *sheet.dates)}
    shown = {column.label for column in sheet.columns}
    own = {sheet.one, sheet.many, sheet.new, sheet.search, *sheet.empty}
    assert (asked | narrowed | shown | own) - {""} - german("messages") == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.kind.name)
def test_every_word_of_a_status_has_its_german(sheet: Sheet[Any]) -> None:
    words = {
        word.replace("_", " ").capitalize()
        for field in sheet.kind.table.row.__struct_fields__
        for word in words_of(sheet, field)
    }
    assert words - german("states") == set()


def test_sections_and_chapters_of_a_story_have_their_german() -> None:
    labels = {label for label, _, _ in SECTIONS}
    titles = {title for title, _ in LIVES.values()}
    told = {*TITLES.values(), *SCANS.values(), *titles}
    assert (labels | told) - german("messages") == set()


def test_every_word_of_how_often_a_plan_repeats_has_its_german() -> None:
    every = {sentence for pair in EVERY.values() for sentence in pair}
    words = every | {*SENTENCES, *WEEKDAYS.values(), *PLACES.values()}
    assert words - german("messages") == set()
