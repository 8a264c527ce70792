"""The words of manifests for translators: a Babel extraction method, and a list of all.

`python -m drawbar.connectors.sdk.words` prints every msgid; `ui/locale/mapping.cfg` names
`extract` as the method for `manifest.toml`.
"""

import sys
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

import msgspec

from drawbar.connectors.sdk.manifest import FORMAT_MESSAGES, Manifest


def words_of(manifest: Manifest) -> Iterator[str]:
    """Return the msgids of a manifest; names of systems and examples are none."""
    yield manifest.description
    if manifest.guide:
        yield manifest.guide
    for field in manifest.credentials:
        yield from (text for text in (field.label, field.help, field.hint) if text)


def extract(
    file: BinaryIO,
    keywords: Collection[str],
    comment_tags: Collection[str],
    options: Mapping[str, object],
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Return (line, function, msgid, comments) as Babel wants them from an extraction method.

    https://babel.pocoo.org/en/latest/messages.html#writing-extraction-methods
    """
    del keywords, comment_tags, options
    manifest = msgspec.toml.decode(file.read(), type=Manifest)
    for text in words_of(manifest):
        yield 1, "gettext", text, [f"{manifest.name}"]


def every_word() -> list[str]:
    """Return the msgids of every manifest, and of what `check_format` says."""
    from drawbar.connectors.catalogue import SYSTEMS  # noqa: PLC0415  it imports this package

    found = [text for manifest in SYSTEMS.values() for text in words_of(manifest)]
    return list(dict.fromkeys((*FORMAT_MESSAGES, *found)))


if __name__ == "__main__":
    sys.stdout.write("\n".join(map(repr, every_word())) + "\n")
