"""The documentation as it was shipped: read and rendered once, then kept in memory."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from posixpath import dirname, normpath

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

SHIPPED = Path(__file__).parent / "shipped"
"""Where the wheel has the documents (hatch_build.py)."""
CHECKOUT = Path(__file__).parents[3] / "docs"
ADDRESS = "/help/docs"
NOT_FOR_READERS = frozenset({"adr", "images"})
SHELVES = ("tutorial", "howto", "explanation", "reference", "connectors")
"""Folders in the order they are offered; others follow by name."""
_NO_SLUG = re.compile(r"[^a-z0-9]+")


class Section(msgspec.Struct, frozen=True):
    """A heading and the words below it, up to the next; `anchor` is empty above the first."""

    heading: str
    anchor: str
    text: str


class Document(msgspec.Struct, frozen=True):
    """A document: `path` is `howto/self-host`, `html` lacks its title."""

    path: str
    title: str
    html: Markup
    sections: tuple[Section, ...]

    @property
    def shelf(self) -> str:
        """The folder it lies in."""
        return self.path.partition("/")[0] if "/" in self.path else ""

    @property
    def href(self) -> str:
        """Its address here."""
        return f"{ADDRESS}/{self.path}"


class Shelf(msgspec.Struct, frozen=True):
    """A folder's documents, by title."""

    name: str
    documents: tuple[Document, ...]


@cache
def library() -> dict[str, Document]:
    """Return every document by its path; the first call reads and renders them all."""
    return documents_of(SHIPPED if SHIPPED.is_dir() else CHECKOUT)


def documents_of(folder: Path) -> dict[str, Document]:
    """Read and render a folder of Markdown."""
    texts = {
        path.relative_to(folder).with_suffix("").as_posix(): path.read_text()
        for path in sorted(folder.rglob("*.md"))
        if not NOT_FOR_READERS & set(path.relative_to(folder).parts)
    }
    return {path: _document(path, text, texts.keys()) for path, text in texts.items()}


def shelves(documents: dict[str, Document]) -> list[Shelf]:
    """Return the documents by folder, those for beginners first."""
    names = sorted(
        {one.shelf for one in documents.values()},
        key=lambda name: (SHELVES.index(name) if name in SHELVES else len(SHELVES), name),
    )
    return [
        Shelf(
            name,
            tuple(
                sorted(
                    (one for one in documents.values() if one.shelf == name),
                    key=lambda one: one.title.lower(),
                )
            ),
        )
        for name in names
    ]


def slug(text: str) -> str:
    """Return a heading's anchor: lower case, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NO_SLUG.sub("-", plain).strip("-") or "section"


def _document(path: str, text: str, known: Collection[str]) -> Document:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title, tokens = _take_title(tokens, path)
    _anchor_headings(tokens)
    for token in tokens:
        if token.children:
            token.children = list(_relinked(token.children, path, known))
    _make_scrollable(parser)
    html = parser.renderer.render(tokens, parser.options, {})
    # The parser leaves no markup of the text in it: html is off.
    return Document(path, title, Markup(html), tuple(_sections(tokens)))  # noqa: S704


def _take_title(tokens: list[Token], path: str) -> tuple[str, list[Token]]:
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return _words(tokens[1]), tokens[3:]
    return path.rpartition("/")[2].replace("-", " ").capitalize(), tokens


def _anchor_headings(tokens: list[Token]) -> None:
    taken: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            anchor = slug(_words(tokens[place + 1]))
            taken[anchor] = taken.get(anchor, 0) + 1
            token.attrSet("id", anchor if taken[anchor] == 1 else f"{anchor}-{taken[anchor]}")


def _relinked(children: list[Token], path: str, known: Collection[str]) -> Iterator[Token]:
    """Lead links between documents to where they are here; others that are not out are no links."""
    dropped = 0
    for token in children:
        if token.type == "image":
            continue
        if token.type == "link_open":
            href = _here(str(token.attrGet("href") or ""), path, known)
            if href is None:
                dropped += 1
                continue
            token.attrSet("href", href)
        elif token.type == "link_close" and dropped:
            dropped -= 1
            continue
        yield token


def _here(href: str, path: str, known: Collection[str]) -> str | None:
    if href.startswith(("https:", "http:", "mailto:", "#")):
        return href
    target, _, anchor = href.partition("#")
    found = normpath(f"{dirname(path)}/{target}").lstrip("/").removesuffix(".md")
    if not target.endswith(".md") or found not in known:
        return None
    return f"{ADDRESS}/{found}" + (f"#{anchor}" if anchor else "")


def _make_scrollable(parser: MarkdownIt) -> None:
    """Let wide tables and code scroll in themselves, also by keyboard."""

    def open_table(*_: object) -> str:
        return '<div class="manual-scroll" tabindex="0"><table>\n'

    def close_table(*_: object) -> str:
        return "</table></div>\n"

    parser.add_render_rule("table_open", open_table)
    parser.add_render_rule("table_close", close_table)


def _sections(tokens: list[Token]) -> Iterator[Section]:
    heading, anchor, words = "", "", list[str]()
    in_heading = False
    for token in tokens:
        if token.type == "heading_open":
            yield Section(heading, anchor, " ".join(words))
            heading, anchor, words, in_heading = "", str(token.attrGet("id")), [], True
        elif token.type == "heading_close":
            in_heading = False
        elif token.type == "inline" and in_heading:
            heading = _words(token)
        elif token.type in {"inline", "fence", "code_block"}:
            words.append(_words(token))
    yield Section(heading, anchor, " ".join(words))


def _words(token: Token) -> str:
    if token.children is None:
        return " ".join(token.content.split())
    parts = [" " if child.type.endswith("break") else child.content for child in token.children]
    return " ".join("".join(parts).split())
