"""The pages of sites and locations."""

from drawbar.assettracs.places.kinds import (
    LOCATION_TABLE,
    LOCATIONS,
    SITE_TABLE,
    SITES,
    Location,
    Site,
)
from drawbar.assettracs.sheets.model import Ask, Column, Reference, Sheet

SITE = Reference(SITE_TABLE, "name", "/assets/places")
LOCATION = Reference(LOCATION_TABLE, "name", "/assets/locations")

SITE_SHEET = Sheet[Site](
    kind=SITES,
    path="/assets/places",
    one="Site",
    many="Places",
    new="New site",
    icon="places",
    title="name",
    columns=(
        Column("name", "Site", "title", sorts=True),
        Column("code", "Code", "code", sorts=True),
        Column("status", "Status", "state"),
        Column("time_zone", "Time zone"),
        Column("address", "Address"),
    ),
    asks=(
        Ask("name", "Name"),
        Ask("code", "Code", "Short, as people say it: LHR, PLANT-2."),
        Ask("status", "Status"),
        Ask("address", "Address", control="area"),
        Ask("time_zone", "Time zone", "An IANA name, such as Europe/Berlin."),
        Ask("latitude", "Latitude", unit="° N"),
        Ask("longitude", "Longitude", unit="° E"),
        Ask("description", "Description", control="area"),
    ),
    empty=("No sites yet", "A site is a plant, depot or office. Add one, then its rooms below it."),
    filters=(("status", "Status"),),
    search="Name or code",
    sort="name",
)
LOCATION_SHEET = Sheet[Location](
    kind=LOCATIONS,
    path="/assets/locations",
    one="Location",
    many="Locations",
    new="New location",
    icon="places",
    title="name",
    columns=(
        Column("name", "Location", "title", sorts=True),
        Column("code", "Code", "code", sorts=True),
        Column("type", "Type", "words"),
        Column("site_id", "Site", "reference"),
        Column("parent_id", "Inside", "reference"),
    ),
    asks=(
        Ask("name", "Name"),
        Ask("type", "Type"),
        Ask("site_id", "Site", "Left empty, that of the location it is inside."),
        Ask("parent_id", "Inside", "The location it is a part of."),
        Ask("code", "Code"),
        Ask("description", "Description", control="area"),
    ),
    empty=("No locations yet", "Locations are the buildings, floors and rooms of a site."),
    filters=(("site_id", "Site"), ("type", "Type")),
    references={"site_id": SITE, "parent_id": LOCATION},
    search="Name or code",
    sort="name",
)
