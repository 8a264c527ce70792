"""What every unified record carries, and the small parts that several entities share."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct, field

EXAMPLE_ID = "6f0d3c1e-52b7-5a0e-9a53-6a1f6f7f2b11"
EXAMPLE_TIME = "2026-11-23T06:41:56.000000Z"


def described(description: str, *examples: object, references: str | None = None) -> Meta:
    """Say what a field means; `references` names the entity that an id points to."""
    extra = {"references": references} if references else None
    return Meta(description=description, examples=list(examples), extra=extra)


class Part(Struct, frozen=True, kw_only=True):
    """A value inside a record that has no life of its own."""


class Address(Part, frozen=True, kw_only=True):
    """A postal address, in parts when the source has parts."""

    text: Annotated[
        str | None,
        described("The whole address as written by the source.", "Hafenstr. 12, 20457 Hamburg"),
    ] = None
    street: Annotated[str | None, described("Street and house number.", "Hafenstr. 12")] = None
    city: Annotated[str | None, described("City.", "Hamburg")] = None
    region: Annotated[str | None, described("State, province or county.", "HH")] = None
    postal_code: Annotated[str | None, described("Postal code.", "20457")] = None
    country: Annotated[str | None, described("Country, ISO 3166-1 alpha-2.", "DE")] = None


class Person(Part, frozen=True, kw_only=True):
    """A person as seen in the source."""

    remote_id: Annotated[str | None, described("The source's key of the person.", "u-17")] = None
    name: Annotated[str | None, described("Name.", "Bob Fischer")] = None
    email: Annotated[str | None, described("E-mail address.", "bob@example.com")] = None


class DocumentLink(Part, frozen=True, kw_only=True):
    """A file attached to a record; its bytes stay in the source."""

    remote_id: Annotated[str | None, described("The source's key of the file.", "d-3")] = None
    name: Annotated[str | None, described("File name.", "manual.pdf")] = None
    url: Annotated[
        str | None, described("Address in the source.", "https://cmms.example.com/files/3")
    ] = None
    content_type: Annotated[str | None, described("Media type.", "application/pdf")] = None
    size: Annotated[int | None, described("Length in bytes.", 48213)] = None


class Task(Part, frozen=True, kw_only=True):
    """A step of a checklist."""

    title: Annotated[str, described("What to do.", "Check the oil level")]
    is_done: Annotated[bool | None, described("Whether it is done; null in a plan.", True)] = None


class Costs(Part, frozen=True, kw_only=True):
    """Money spent, as decimal strings in one currency."""

    labor: Annotated[Decimal | None, described("Own labor.", "120.00")] = None
    material: Annotated[Decimal | None, described("Parts and material.", "80.50")] = None
    service: Annotated[Decimal | None, described("Outside services.", "0.00")] = None
    total: Annotated[Decimal | None, described("Everything.", "200.50")] = None
    currency: Annotated[str | None, described("ISO 4217 code.", "EUR")] = None


class Record(Struct, frozen=True, kw_only=True):
    """The fields that every entity has."""

    id: Annotated[
        UUID,
        described("Drawbar's key: UUIDv5 of connection, entity and `remote_id`.", EXAMPLE_ID),
    ]
    remote_id: Annotated[str, described("The source's primary key.", "10000012")]
    display_id: Annotated[str | None, described("Number people use.", "WO-10042")] = None
    display_name: Annotated[str | None, described("Name people use.", "Pump 4")] = None
    created_at: Annotated[
        datetime,
        described("When the source created it, else when it was first seen.", EXAMPLE_TIME),
    ]
    modified_at: Annotated[
        datetime, described("When this body last changed; what polling goes by.", EXAMPLE_TIME)
    ]
    remote_modified_at: Annotated[
        datetime | None, described("When the source says it last changed.", EXAMPLE_TIME)
    ] = None
    deleted_at: Annotated[
        datetime | None, described("When it was found deleted; null while it exists.", EXAMPLE_TIME)
    ] = None
    synced_at: Annotated[
        datetime, described("When this body was read from the source.", EXAMPLE_TIME)
    ]
    version: Annotated[int, described("Counts changes of this body, from 1.", 3)]
    custom_fields: Annotated[
        dict[str, Any],
        described("Fields of this customer that the model has no name for.", {"oil_type": "VG 46"}),
    ] = field(default_factory=dict)
