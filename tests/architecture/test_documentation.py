"""Documents that say what the code says are held to it."""

import re
from pathlib import Path

import pytest

from drawbar.kit.roles import ROLES
from drawbar.kit.settings import Settings

ROOT = Path(__file__).parents[2]
SELF_HOST = ROOT / "docs" / "howto" / "self-host.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def links(document: Path) -> list[str]:
    found = re.findall(r"\]\(([^)#\s]+)\)", document.read_text())
    return [each for each in found if not each.startswith(("http:", "https:"))]


def test_every_setting_stands_in_the_table_and_nothing_else() -> None:
    rows = re.findall(r"^\| `DRAWBAR_([A-Z_]+)` \|", SELF_HOST.read_text(), re.MULTILINE)

    assert sorted(name.lower() for name in rows) == sorted(Settings.__struct_fields__)


@pytest.mark.parametrize("field", ["data", "host", "port", "log_level"])
def test_the_table_has_the_defaults_of_the_code(field: str) -> None:
    row = f"| `DRAWBAR_{field.upper()}` | `{getattr(Settings(), field)}` |"

    assert row in SELF_HOST.read_text()


def test_the_roles_to_create_by_hand_are_those_drawbar_creates_itself() -> None:
    ours = re.findall(r"CREATE ROLE (\w+ \w+ NOSUPERUSER NOBYPASSRLS)", ROLES)
    theirs = re.findall(r"CREATE ROLE (\w+ \w+ NOSUPERUSER NOBYPASSRLS)", SELF_HOST.read_text())
    grant = "GRANT drawbar_system TO drawbar_app WITH INHERIT FALSE, SET TRUE;"

    assert ours == theirs
    assert grant in ROLES
    assert grant in SELF_HOST.read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    assert [each for each in links(document) if not (document.parent / each).exists()] == []
