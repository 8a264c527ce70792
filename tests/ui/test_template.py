"""What holds for every template of every package: the content policy and both languages."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import drawbar
from drawbar.ui.reader import CATALOGUES
from drawbar.ui.render import environment
from drawbar.ui.states import TONES

TEMPLATES = environment().list_templates()
UI = Path(drawbar.__file__).parent / "ui"


def source(template: str) -> str:
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), template)[0]


def german(domain: str) -> set[str]:
    with (CATALOGUES / "de" / "LC_MESSAGES" / f"{domain}.po").open("rb") as text:
        catalogue = read_po(text, locale="de")
    ids = [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and message.string
    ]
    return set(ids)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_compiles(template: str) -> None:
    assert environment().get_template(template).name == template


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_has_no_inline_style(template: str) -> None:
    assert re.findall(r"<style|\sstyle\s*=", source(template), re.IGNORECASE) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_has_no_inline_script(template: str) -> None:
    written = source(template)
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", written, re.IGNORECASE) == []
    assert re.findall(r"\son[a-z]+\s*=|hx-on|javascript:", written, re.IGNORECASE) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_loads_nothing_from_elsewhere(template: str) -> None:
    loads = r"<(?:script|link|img|iframe|form|source)[^>]*(?:src|href|action)=\"(?:https?:)?//"
    assert re.findall(loads, source(template), re.IGNORECASE) == []


def test_every_sentence_of_the_look_has_its_german() -> None:
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    options = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    found = extract_from_dir(UI, methods, options)
    wanted = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    assert wanted - german("messages") == set()
    assert len(wanted) > 30


def test_every_status_has_its_german() -> None:
    words = {
        status.replace("_", " ").capitalize()
        for statuses in TONES.values()
        for status in statuses.split()
    }
    assert words - german("states") == set()


def test_no_status_has_two_tones() -> None:
    every = " ".join(TONES.values()).split()
    assert len(every) == len(set(every))
