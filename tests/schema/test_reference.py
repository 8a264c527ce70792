"""The model's page says what the code says."""

from pathlib import Path

from drawbar.schema.reference import markdown

PAGE = Path(__file__).parents[2] / "docs/reference/model.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text() == markdown(), (
        "run: python -m drawbar.schema.reference > docs/reference/model.md"
    )
