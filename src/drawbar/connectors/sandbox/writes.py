"""Writes to the sandbox: it checks them, answers success, and changes nothing.

Two refusals are there to be tried, as real systems have them: a vendor that is unknown or
blocked (`INVALID_VENDOR`), and a job that takes more parts than lie in all stores
(`OUT_OF_STOCK`).
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from drawbar.connectors.sandbox.answers import Asked, Refused, answer
from drawbar.connectors.sandbox.plant import KINDS, Plant
from drawbar.kit import json
from drawbar.kit.json import timestamp
from drawbar.kit.outgoing import Response

WRITABLE = frozenset({"jobs", "orders"})
OWN_FIELDS = ("key", "created", "changed", "archived")
"""Fields that the sandbox sets itself."""
_NEXT_KEY = "NEW-1"
"""The key of whatever is created: nothing is kept, so there is no second one."""


def written(plant: Plant, resource: str, key: str, asked: Asked, now: datetime) -> Response:
    """Answer POST to a list, PATCH and DELETE to a row."""
    if resource not in WRITABLE:
        raise Refused(405, f"{resource} are for reading only")
    if key:
        row = KINDS[resource].found(plant, key, now)
        if row is None:
            raise Refused(404, f"there is no {key} among {resource}")
        if asked.method == "DELETE":
            return Response(status=204, headers={}, body=b"", duration_ms=0)
        if asked.method == "PATCH":
            wish = _wish(plant, resource, asked, now)
            return answer(200, {**row, **wish, "changed": timestamp(now)})
    elif asked.method == "POST":
        wish = _wish(plant, resource, asked, now)
        head = {"key": _NEXT_KEY, "created": timestamp(now), "changed": timestamp(now)}
        return answer(201, {**wish, **head, "archived": None})
    raise Refused(405, f"{asked.method} is not for this address")


def _wish(plant: Plant, resource: str, asked: Asked, now: datetime) -> dict[str, Any]:
    try:
        wish = json.decode(asked.body, dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused(400, "the body must be a JSON object") from None
    if own := [name for name in OWN_FIELDS if name in wish]:
        raise Refused(422, f"{own[0]} is set by the sandbox", code="READ_ONLY")
    if resource == "orders" and "supplier" in wish:
        _refuse_bad_supplier(plant, str(wish["supplier"]), now)
    if resource == "jobs":
        for part in wish.get("parts") or ():
            _refuse_missing_part(plant, part, now)
    return wish


def _refuse_bad_supplier(plant: Plant, key: str, now: datetime) -> None:
    supplier = KINDS["suppliers"].found(plant, key, now)
    if supplier is None:
        raise Refused(422, f"supplier {key} does not exist", code="INVALID_VENDOR")
    if supplier["state"] == "BLOCKED":
        raise Refused(422, f"supplier {key} is blocked for orders", code="INVALID_VENDOR")


def _refuse_missing_part(plant: Plant, part: Any, now: datetime) -> None:
    item = str(part.get("item", "")) if isinstance(part, Mapping) else ""
    if KINDS["items"].found(plant, item, now) is None:
        raise Refused(422, f"item {item} does not exist", code="INVALID_ITEM")
    wanted, there_is = _amount(part.get("qty")), _on_hand(plant, item, now)
    if wanted > there_is:
        said = f"{wanted:f} of {item} are wanted and {there_is:f} are in stock"
        raise Refused(422, said, code="OUT_OF_STOCK")


def _amount(text: object) -> Decimal:
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise Refused(422, f"{text!r:.40} is no quantity", code="INVALID_QUANTITY")
    return amount


def _on_hand(plant: Plant, item: str, now: datetime) -> Decimal:
    kind = KINDS["stock"]
    rows = (kind.row(plant, number, now) for number in kind.numbers(plant, now))
    return sum((Decimal(row["onHand"]) for row in rows if row["item"] == item), Decimal())
