"""A kind's form: what it shows, and what it reads back - all faults at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from drawbar.assettracs.sheets import store
from drawbar.assettracs.sheets.listing import words_of
from drawbar.assettracs.sheets.model import Ask, Control, Sheet, Texts
from drawbar.kit.db import Reading
from drawbar.kit.tables import Row
from drawbar.ui.reader import gettext

MOMENT = "%Y-%m-%dT%H:%M"
"""How `<input type="datetime-local">` writes a moment."""


@dataclass(frozen=True)
class Shown:
    """A field as the template draws it; options are words of statuses, or names when `named`."""

    ask: Ask
    control: Control
    value: str
    required: bool
    error: str = ""
    options: tuple[tuple[str, str], ...] = ()
    named: bool = False
    texts: Texts = field(default_factory=dict)
    """All that stands in the form, for a field of several inputs."""


async def shown(
    tx: Reading, sheet: Sheet[Any], texts: Mapping[str, str], errors: Mapping[str, str]
) -> list[Shown]:
    """Return the fields with what stands in them and what is wrong with it."""
    types, required = get_type_hints(sheet.kind.table.row), _required(sheet)
    fields = []
    for ask in sheet.asks:
        control, named = _control(ask, sheet, types[ask.name]), False
        options: tuple[tuple[str, str], ...] = tuple((w, w) for w in words_of(sheet, ask.name))
        if control == "select" and ask.name in sheet.references:
            found = await store.options_of(tx, sheet.references[ask.name])
            control, named = ("code", False) if found is None else ("select", True)
            options = tuple((str(id), label) for id, label in (found or {}).items())
        value = texts.get(ask.name, "")
        if control == "code":
            value = await _label(tx, sheet, ask.name, value)
        fields.append(
            Shown(
                ask,
                control,
                value,
                required=ask.name in required,
                error=errors.get(ask.name, ""),
                options=options,
                named=named,
                texts=texts,
            )
        )
    return fields


def texts_of(sheet: Sheet[Any], row: Row, zone: ZoneInfo) -> dict[str, str]:
    """Return what stands in the form of a row that exists."""
    texts = {ask.name: _text(ask, getattr(row, ask.name), zone) for ask in sheet.asks}
    for ask in sheet.asks:
        texts |= ask.split(texts[ask.name]) if ask.split else {}
    return texts


def texts_of_new(sheet: Sheet[Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in an empty form: the defaults, and what the address brings along."""
    texts = {}
    for one in sheet.kind.fields:
        if isinstance(one.default, str | int | float) and one.name != sheet.zone:
            texts[one.name] = str(one.default)
    return {**texts, **given}


async def filled(tx: Reading, sheet: Sheet[Any], texts: Texts, zone: ZoneInfo) -> Texts:
    """Return the texts with what the sheet completes; `zone` is the reader's."""
    return await sheet.fill(tx, texts, zone.key) if sheet.fill else texts


def zone_of(sheet: Sheet[Any], name: str, zone: ZoneInfo) -> ZoneInfo:
    """Return the zone the form's times are written in: the one named, if any, else the reader's."""
    return ZoneInfo(name) if sheet.zone and name in available_timezones() else zone


async def read(
    tx: Reading, sheet: Sheet[Any], texts: Mapping[str, str], zone: ZoneInfo
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of a form, and an error for each field that cannot be read."""
    types = get_type_hints(sheet.kind.table.row, include_extras=True)
    plain, required = get_type_hints(sheet.kind.table.row), _required(sheet)
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for ask in sheet.asks:
        try:
            text = (ask.compose(texts) if ask.compose else texts.get(ask.name, "")).strip()
        except ValueError as error:
            errors[ask.name] = str(error)
            continue
        control = _control(ask, sheet, plain[ask.name])
        if not text and ask.name in required:
            errors[ask.name] = gettext("Please fill this in.")
        elif not text and control not in {"lines", "check"}:
            values[ask.name] = _nothing(sheet, ask.name, plain[ask.name])
        else:
            try:
                value = await _value(tx, sheet, ask, control, text, zone)
                values[ask.name] = msgspec.convert(value, types[ask.name], strict=False)
            except ValueError as error:
                errors[ask.name] = _sentence(error)
    return values, errors


async def _value(
    tx: Reading, sheet: Sheet[Any], ask: Ask, control: Control, text: str, zone: ZoneInfo
) -> Any:
    if ask.read is not None:
        return ask.read(text)
    if control == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if control == "check":
        return text == "true"
    if control == "moment":
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    reference = sheet.references.get(ask.name)
    if reference is None or _is_id(text):
        return text
    id = await store.id_with_label(tx, reference, text)
    if id is None:
        raise ValueError(gettext("Nothing here is called that. Check the spelling."))
    return id


async def _label(tx: Reading, sheet: Sheet[Any], name: str, text: str) -> str:
    if not _is_id(text):
        return text
    return (await store.labels_of(tx, sheet.references[name], [UUID(text)])).get(UUID(text), "")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _required(sheet: Sheet[Any]) -> set[str]:
    return {one.name for one in sheet.kind.fields if one.required}


def _nothing(sheet: Sheet[Any], name: str, kind: Any) -> Any:
    """Return what an empty field means: none where there may be none, else the default."""
    if NoneType in get_args(kind):
        return None
    return next(one.default for one in sheet.kind.fields if one.name == name)


def _control(ask: Ask, sheet: Sheet[Any], kind: Any) -> Control:
    if ask.control is not None:
        return ask.control
    if ask.name in sheet.references:
        return "code" if sheet.references[ask.name].typed else "select"
    if words_of(sheet, ask.name):
        return "select"
    kinds = set(get_args(kind)) or {kind}
    controls: tuple[tuple[type, Control], ...] = (
        (datetime, "moment"),
        (date, "date"),
        (bool, "check"),
        (int, "number"),
        (float, "number"),
    )
    return next((control for one, control in controls if one in kinds), "line")


def _text(ask: Ask, value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if ask.write is not None:
        return ask.write(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime(MOMENT)
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, list):
        return "\n".join(value)
    return str(value)


def _sentence(error: ValueError) -> str:
    text = str(error)
    known = {
        "Expected `int`": gettext("Write a whole number."),
        "Expected `float`": gettext("Write a number, such as 1.5."),
        "Invalid RFC3339": gettext("Write a date."),
        "Invalid isoformat": gettext("Write a date and a time."),
        "Invalid enum value": gettext("Choose one of the list."),
    }
    return next((said for began, said in known.items() if text.startswith(began)), text)
