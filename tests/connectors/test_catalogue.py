"""The catalogue: what every manifest says, and how a broken one is refused."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import drawbar.connectors
from drawbar.connectors.catalogue import CATALOGUE, SYSTEMS
from drawbar.connectors.sdk.manifest import FORMAT_MESSAGES, Manifest, ManifestInvalid, manifest_at
from drawbar.connectors.sdk.words import every_word
from drawbar.schema.registry import ENTITIES

FOLDERS = sorted(
    path.parent for path in Path(drawbar.connectors.__file__).parent.glob("*/manifest.toml")
)
# Entities of later slices of the model, which connectors still to come will read.
LATER = {
    "asset_downtimes",
    "meters",
    "meter_readings",
    "service_requests",
    "purchase_requisitions",
    "receipts",
    "invoices",
    "teams",
    "users",
}
GOOD = """
slug = "plant-x"
name = "Plant X"
description = "A system."
category = "cmms"
tier = 1
deployments = ["cloud"]
planned = ["assets"]
"""

every_system = pytest.mark.parametrize("system", SYSTEMS.values(), ids=lambda one: one.slug)


def written(folder: Path, text: str) -> Manifest:
    folder.mkdir()
    (folder / "manifest.toml").write_text(text)
    return manifest_at(folder)


def test_the_catalogue_knows_more_than_twenty_systems_each_in_a_folder_of_its_own() -> None:
    assert len(SYSTEMS) > 20
    assert {one.slug.replace("-", "_") for one in SYSTEMS.values()} >= {f.name for f in FOLDERS}


def test_what_can_be_connected_is_marked_and_comes_first() -> None:
    available = [slug for slug, one in SYSTEMS.items() if one.available]
    assert set(available) == set(CATALOGUE)
    assert list(SYSTEMS)[: len(available)] == available


@pytest.mark.parametrize(
    ("slug", "tier", "deployments"),
    [
        ("sap-s4hana", 3, ("cloud", "on_premises")),
        ("sap-ecc", 3, ("on_premises",)),
        ("assettracs", 1, ("cloud", "on_premises")),
        ("sandbox", 0, ("cloud",)),
        ("odoo", 2, ("cloud", "on_premises")),
        ("maintainx", 1, ("cloud",)),
    ],
)
def test_a_system_has_its_tier_and_the_ways_it_is_run(
    slug: str, tier: int, deployments: tuple[str, ...]
) -> None:
    assert (SYSTEMS[slug].tier, SYSTEMS[slug].deployments) == (tier, deployments)


@every_system
def test_every_entity_of_a_system_is_one_of_the_model(system: Manifest) -> None:
    assert set(system.entities) <= ENTITIES.keys() | LATER


@every_system
def test_what_can_be_connected_reads_entities_that_there_are(system: Manifest) -> None:
    assert {one.entity for one in system.coverage} <= ENTITIES.keys()
    assert system.available == bool(system.coverage)


@every_system
def test_a_system_is_known_by_two_letters(system: Manifest) -> None:
    assert len(system.initials) == 2


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("tier = 1", "tier = 7", r"\$\.tier"),
        ("tier = 1", "tier = 1\ncolour = 3", "colour"),
        ('"cloud"', '"moon"', r"\$\.deployments\[0\]"),
        ("plant-x", "plant-y", r"\$\.slug.*plant_x"),
        ('planned = ["assets"]', "", r"\$\.planned"),
        ("tier = 1", "tier = 1\navailable = true", r"\$\.available"),
        ("tier = 1", "tier 1", "manifest.toml"),
        ('"A system."', '" "', r"\$\.description"),
    ],
)
def test_a_broken_manifest_is_refused_by_file_and_field(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    with pytest.raises(ManifestInvalid, match=fault) as refusal:
        written(tmp_path / "plant_x", GOOD.replace(old, new))

    assert "plant_x/manifest.toml" in str(refusal.value)


FIELD = '[[credentials]]\nname = "key"\nlabel = "Key"\nhelp = "It."\n'


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ('kind = "choice"', r"\$\.credentials\[0\]\.choices"),
        ('hint = "Look."', r"\$\.credentials\[0\]\.hint"),
        ('pattern = "("', r"\$\.credentials\[0\]\.pattern"),
        (FIELD, r"\$\.credentials: a name stands there twice"),
    ],
)
def test_a_field_of_the_form_that_cannot_work_is_refused(
    tmp_path: Path, more: str, fault: str
) -> None:
    with pytest.raises(ManifestInvalid, match=fault):
        written(tmp_path / "plant_x", f"{GOOD}{FIELD}{more}")


def test_a_good_manifest_is_read(tmp_path: Path) -> None:
    found = written(tmp_path / "plant_x", f"{GOOD}[rate]\nrequests_per_second = 1.5\n{FIELD}")

    assert (found.slug, found.available, found.entities) == ("plant-x", False, ("assets",))
    assert found.rate is not None
    assert (found.rate.requests_per_second, found.rate.burst) == (1.5, 1)
    assert found.credential("key") == found.credentials[0]


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("user", "demo", None),
        ("user", " ", "Enter it."),
        ("user", "a:b", "Use at most 100 characters and no colon."),
        (
            "user",
            "a\x00b",
            "Paste it again: there is a line break or an invisible character in it.",
        ),
        ("password", "x" * 5000, "This is too long: use at most 4,000 characters."),
        ("address", "", None),
        ("address", "sandbox.example", "Enter the whole address, with https://."),
        ("address", "https://[::1", "This is no address of a website."),
        ("address", "https://a.example/?x=1", "Enter the address without name, ? and #."),
        ("address", "https://a.example/", None),
    ],
)
def test_the_shape_of_a_credential_is_checked_without_a_call(
    name: str, typed: str, said: str | None
) -> None:
    assert SYSTEMS["sandbox"].check_format(name, typed) == said


def test_translators_are_told_every_word_of_the_manifests() -> None:
    src = Path(drawbar.connectors.__file__).parent.parent
    method = "drawbar.connectors.sdk.words:extract"
    found = {
        message for _, _, message, _, _ in extract_from_dir(src, [("**/manifest.toml", method)])
    }
    assert found | set(FORMAT_MESSAGES) == set(every_word())
    assert SYSTEMS["sandbox"].credentials[1].hint in found
    assert SYSTEMS["sandbox"].guide in found
    assert f"manifest = {method}" in (src / "ui/locale/mapping.cfg").read_text()
