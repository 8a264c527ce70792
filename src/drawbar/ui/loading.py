"""Where templates lie: every package keeps its own in a folder `templates`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound
from jinja2.loaders import split_template_path

FOLDER = "templates"


class PackageTemplates(BaseLoader):
    """Finds `assettracs/assets/list.html` in `drawbar/assettracs/assets/templates/list.html`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return the text, the file and whether it is unchanged; raise `TemplateNotFound`."""
        del environment
        parts = split_template_path(template)
        for depth in range(len(parts) - 1, 0, -1):
            path = self.root.joinpath(*parts[:depth], FOLDER, *parts[depth:])
            if path.is_file():
                unchanged = partial(_is_unchanged, path, path.stat().st_mtime_ns)
                return path.read_text(), str(path), unchanged
        raise TemplateNotFound(template)

    def list_templates(self) -> list[str]:
        """Return the names of all templates of all packages."""
        return sorted(
            path.relative_to(self.root).as_posix().replace(f"/{FOLDER}/", "/", 1)
            for path in self.root.rglob(f"{FOLDER}/**/*.html")
        )


def _is_unchanged(path: Path, written_at_ns: int) -> bool:
    return path.stat().st_mtime_ns == written_at_ns
