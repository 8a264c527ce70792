"""What a look at the files alone can tell."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("src", "tests", "benchmarks")
HARD_LIMIT = 500
SOFT_LIMIT = 300
LONG_FILES = {
    "tests/connectors/asset_rows.py": 323,
}
"""Files over the soft limit, with the length they may not exceed; the list may only shrink."""
FORBIDDEN = {"utils", "helpers", "common", "misc", "manager", "base", "data", "info", "process"}
SPEAKING_HTTP = ("api", "pages", "guards", "app", "web")
ALSO_SPEAKING_HTTP = {
    "src/drawbar/dashboard/frame.py",  # what every page of the frame shows, read from the request
    "src/drawbar/dashboard/listing.py",  # filters of the hub's lists, read from the request
    "src/drawbar/sync/push.py",  # the route that systems push to
}


def python_files() -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    plain = [
        each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names
    ]
    from_ = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in (*plain, *from_)}


def may_speak_http(path: Path) -> bool:
    inside = path.relative_to(ROOT / "src" / "drawbar")
    folders = inside.parts[:-1]
    role = path.stem.rpartition("_")[2]
    return (
        role in SPEAKING_HTTP
        or folders[:1] == ("ui",)
        or folders[:2] == ("kit", "http")
        or name_of(path) in ALSO_SPEAKING_HTTP
    )


def test_no_file_is_longer_than_the_hard_limit() -> None:
    assert [name_of(path) for path in python_files() if length(path) > HARD_LIMIT] == []


def test_a_file_over_the_soft_limit_is_listed_and_does_not_grow() -> None:
    over = {name_of(path): length(path) for path in python_files() if length(path) > SOFT_LIMIT}
    assert {name: lines for name, lines in over.items() if lines > LONG_FILES.get(name, 0)} == {}


def test_the_list_of_long_files_holds_only_files_that_are_long() -> None:
    over = {name_of(path) for path in python_files() if length(path) > SOFT_LIMIT}
    assert set(LONG_FILES) - over == set()


def test_no_module_or_package_has_a_name_that_says_nothing() -> None:
    names = {
        part for path in python_files() for part in path.relative_to(ROOT).with_suffix("").parts
    }
    assert names & FORBIDDEN == set()


def test_no_package_is_empty() -> None:
    packages = {path.parent for path in python_files() if path.name == "__init__.py"}
    passed_over = {"__init__.py", "__pycache__"}
    empty = [
        name_of(each)
        for each in packages
        if not {child.name for child in each.iterdir()} - passed_over
    ]
    assert empty == []


def test_only_the_edge_knows_the_web_framework() -> None:
    ours = [path for path in python_files() if name_of(path).startswith("src/drawbar/")]
    assert [
        name_of(path) for path in ours if "litestar" in imported(path) and not may_speak_http(path)
    ] == []


def test_every_exception_for_the_web_framework_is_needed() -> None:
    assert [name for name in ALSO_SPEAKING_HTTP if "litestar" not in imported(ROOT / name)] == []


def test_every_module_begins_with_a_sentence_about_it() -> None:
    ours = [path for path in python_files() if name_of(path).startswith("src/drawbar/")]
    assert [
        name_of(each) for each in ours if not ast.get_docstring(ast.parse(each.read_text()))
    ] == []
