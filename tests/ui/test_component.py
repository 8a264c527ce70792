"""Every component shows what it is given, safely, in the gallery and alone."""

import re
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2.runtime import Macro

from drawbar.ui.pages import samples
from drawbar.ui.reader import Reader, writing_for
from drawbar.ui.render import COMPONENTS, Components, environment, render, render_block
from drawbar.ui.states import tone_of

TEMPLATES = environment().list_templates()
MACROS = sorted(
    name
    for template in TEMPLATES
    if template.startswith(COMPONENTS)
    for name, macro in vars(environment().get_template(template).module).items()
    if isinstance(macro, Macro)
)


def source(template: str) -> str:
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), template)[0]


UI_SOURCES = "".join(source(name) for name in TEMPLATES if name.startswith("ui/"))


@pytest.fixture
def components(alice: Reader) -> Any:
    with writing_for(alice):
        yield Components(environment())


@pytest.mark.parametrize("macro", MACROS)
def test_every_component_stands_in_the_gallery_or_the_frame(macro: str) -> None:
    assert re.search(rf"(\{{\{{ ?|call |ui\.){macro}\(", UI_SOURCES)


def test_the_gallery_shows_typical_content(alice: Reader, gallery_context: dict[str, Any]) -> None:
    page = render("ui/gallery.html", alice, **gallery_context)
    assert '<span class="pill" data-tone="good">' in re.sub(r"\s+", " ", page)
    assert "1,284" in page
    assert 'aria-sort="ascending"' in page
    assert 'aria-invalid="true"' in page


def test_what_people_typed_is_escaped_everywhere(alice: Reader, now: datetime) -> None:
    attack = "<img src=x onerror=alert(1)>"
    shown = samples(now)
    hostile = SimpleNamespace(
        **vars(shown)
        | {
            "assets": [(attack, attack, attack, attack, attack, 1, 1.0, now)],
            "story": [{"at": now, "title": attack, "who": attack, "text": attack}],
            "record": {attack: attack},
        }
    )
    page = render("ui/gallery.html", alice, title=attack, samples=hostile)
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 9


def test_a_fragment_knows_what_the_page_sets_above_its_block(
    alice: Reader, gallery_context: dict[str, Any]
) -> None:
    fragment = render_block("ui/gallery.html", "content", alice, **gallery_context)
    assert "Chain hoist 2 t" in fragment
    assert "<html" not in fragment


def test_a_block_no_template_has_is_an_error(
    alice: Reader, gallery_context: dict[str, Any]
) -> None:
    with pytest.raises(KeyError):
        render_block("ui/gallery.html", "cellar", alice, **gallery_context)


def test_secrets_are_masked_in_the_json_viewer(components: Any) -> None:
    shown = components.json_viewer({"api_key": "k-123", "nested": {"password": "hunter2"}, "n": 1})
    assert "k-123" not in shown
    assert "hunter2" not in shown
    assert shown.count("••••••••") == 2


def test_an_error_is_tied_to_its_field(components: Any) -> None:
    shown = components.text_field("code", "Code", "H-2", error="H-2 is taken.")
    assert 'aria-invalid="true"' in shown
    assert 'id="code-error"' in shown
    assert 'aria-describedby="code-error' in shown


def test_the_chosen_option_stays_chosen(components: Any) -> None:
    shown = components.select_field("size", "Size", [(1, "One"), (2, "Two")], "2")
    assert re.search(r'value="2"\s+selected', shown)
    assert shown.count("selected") == 1


def test_an_undo_is_a_form_that_works_without_javascript(components: Any) -> None:
    shown = components.toast("Moved", undo="/undo/7", csrf="CSRF")
    assert 'method="post" action="/undo/7"' in shown
    assert "CSRF" in shown


def test_a_state_has_a_sign_and_a_word_besides_its_colour(components: Any) -> None:
    shown = components.state("out_of_service")
    assert 'data-tone="bad"' in shown
    assert "<svg" in shown
    assert "Out of service" in shown


@pytest.mark.parametrize(
    ("status", "tone"),
    [("HEALTHY", "good"), ("due_soon", "attention"), ("failed", "bad"), ("draft", "idle")],
)
def test_a_status_has_one_of_four_tones(status: str, tone: str) -> None:
    assert tone_of(status) == tone


def test_a_component_that_does_not_exist_is_named(components: Any) -> None:
    with pytest.raises(AttributeError, match="carousel"):
        _ = components.carousel
