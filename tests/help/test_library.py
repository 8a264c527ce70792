"""The documentation as readers get it: rendered safely, linked, and whole in the wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from drawbar.dashboard.navigation import SECTIONS
from drawbar.help.library import documents_of, library, shelves
from drawbar.help.suggestions import SUGGESTED, suggested

PUBLIC = ["/account", "/login", "/forgot", "/sign-up", "/setup"]
ROOT = Path(__file__).parents[2]
READ = "from drawbar.help.library import library; print(*library(), sep='\\n')"


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_document_has_its_title_and_anchored_headings(tmp_path: Path) -> None:
    text = "# Keep it\n\nFirst.\n\n## Where it is\n\nHere.\n\n## Where it is\n\nThere."

    (document,) = documents_of(written(tmp_path, howto__keep=text)).values()

    assert (document.title, document.path) == ("Keep it", "howto/keep")
    assert "<h1" not in document.html
    assert '<h2 id="where-it-is">' in document.html
    assert [one.anchor for one in document.sections] == ["", "where-it-is", "where-it-is-2"]
    assert document.sections[1].text == "Here."


def test_markup_inside_a_document_is_shown_and_never_run(tmp_path: Path) -> None:
    text = "# A\n\n<script>alert(1)</script> and [x](javascript:alert(1))"

    (document,) = documents_of(written(tmp_path, a=text)).values()

    assert "<script" not in document.html
    assert "&lt;script&gt;" in document.html
    assert 'href="javascript:' not in document.html


def test_links_between_documents_lead_to_where_they_are_read(tmp_path: Path) -> None:
    text = "[m](../reference/model.md#assets) [h](https://a.example) [adr](../adr/1.md) [j](x.json)"
    folder = written(tmp_path, howto__a=text, reference__model="# Model", adr__1="# Choice")

    documents = documents_of(folder)

    assert sorted(documents) == ["howto/a", "reference/model"]
    html = documents["howto/a"].html
    assert '<a href="/help/docs/reference/model#assets">m</a>' in html
    assert '<a href="https://a.example">h</a>' in html
    assert "adr j" in html


def test_beginners_shelves_come_first(tmp_path: Path) -> None:
    folder = written(tmp_path, reference__b="# B", howto__z="# Z", howto__a="# A", zoo__c="# C")

    found = shelves(documents_of(folder))

    assert [shelf.name for shelf in found] == ["howto", "reference", "zoo"]
    assert [one.title for one in found[0].documents] == ["A", "Z"]


def test_every_suggested_document_exists() -> None:
    assert {document for _, document in SUGGESTED} - set(library()) == set()


def test_a_page_suggests_the_document_about_it_and_nothing_for_its_namesake() -> None:
    assert suggested("/hub/webhooks/endpoints/new") == "reference/webhooks"
    assert suggested("/hub/webhooks-of-mine") is None
    assert suggested("/assets") is None


@pytest.mark.parametrize("page", [href for _, href, _ in SECTIONS[1:]] + PUBLIC)
def test_every_section_of_the_hub_and_every_page_of_an_account_has_a_document(page: str) -> None:
    assert suggested(page) in library()


def test_a_part_of_the_settings_comes_before_the_settings() -> None:
    assert suggested("/hub/settings/people") == "howto/accounts"
    assert suggested("/hub/connections/links/new") == "howto/embed-link"


def test_an_installed_wheel_has_every_document(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    built = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")

    said = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", READ],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(tmp_path / "installed")},
    )

    assert said.stdout.split() == list(library())
    assert not (tmp_path / "docs").exists()
