"""What holds for every template of every package: that it compiles, and the content policy."""

import re

import pytest

from drawbar.ui.render import environment
from drawbar.ui.states import TONES

TEMPLATES = environment().list_templates()


def source(template: str) -> str:
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), template)[0]


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


def test_no_status_has_two_tones() -> None:
    every = " ".join(TONES.values()).split()
    assert len(every) == len(set(every))
