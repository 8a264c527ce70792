"""Turns a template and its context into text: a whole page, or the one block that changed."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from jinja2.runtime import Macro
from markupsafe import Markup

from drawbar.ui import filters, reader, states
from drawbar.ui.bundle import asset_url
from drawbar.ui.loading import PackageTemplates
from drawbar.ui.masking import is_secret

ROOT = Path(__file__).parent.parent
COMPONENTS = "ui/components/"


class Components:
    """All macros of `ui/components/`, so that a page writes `{{ ui.button("Save") }}`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._macros: dict[str, Macro] = {}

    def __getattr__(self, name: str) -> Macro:
        if not self._macros:
            for template in self._environment.list_templates():
                if template.startswith(COMPONENTS):
                    module = vars(self._environment.get_template(template).module)
                    self._macros |= {n: m for n, m in module.items() if isinstance(m, Macro)}
        try:
            return self._macros[name]
        except KeyError:
            raise AttributeError(f"No component is called {name}.") from None


@cache
def environment() -> Environment:
    """Return the one environment of all templates: escaping on, a missing name is an error."""
    made = Environment(
        loader=PackageTemplates(ROOT),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        reader.gettext,
        reader.ngettext,
        newstyle=True,
        pgettext=reader.pgettext,
        npgettext=reader.npgettext,
    )
    made.filters |= {
        "ago": filters.ago,
        "at": filters.at,
        "date": filters.date,
        "exact": filters.exact,
        "number": filters.number,
        "sparkline": filters.sparkline,
        "state_of": states.state_of,
        "words": states.words_for,
    }
    made.tests["secret_name"] = is_secret
    made.globals |= {"asset_url": asset_url, "reader": reader.reader, "ui": Components(made)}
    made.filters["state"] = _pill
    return made


def _pill(status: str | None) -> Markup:
    components: Components = environment().globals["ui"]  # type: ignore[assignment]
    return Markup(components.state(status))  # noqa: S704  the macro has escaped it


def render(template: str, someone: reader.Reader, /, **context: Any) -> str:
    """Write the whole page for this reader."""
    with reader.writing_for(someone):
        return environment().get_template(template).render(context)


def render_block(template: str, block: str, someone: reader.Reader, /, **context: Any) -> str:
    """Write one block of a page, with the imports and variables its template sets above it.

    Raises `KeyError` when neither the template nor what it extends has the block.
    """
    with reader.writing_for(someone):
        found = environment().get_template(template)
        values = found.new_context(context)
        # The page starts up to its first character: by then the template has run its imports
        # and assignments and has joined its blocks to those of the frame it extends.
        start = found.root_render_func(values)
        next(iter(start), None)
        return "".join(values.blocks[block][0](values))
