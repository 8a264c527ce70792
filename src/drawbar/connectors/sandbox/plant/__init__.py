"""What the sandbox has: each row is computed from the plant, its number and the moment.

Because nothing is stored, a list is the same on every page of one reading and in every process,
and still changes by itself: orders move on, stock goes down, prices rise.
"""

from collections.abc import Mapping

from drawbar.connectors.sandbox.plant.buying import ORDERS, SUPPLIERS
from drawbar.connectors.sandbox.plant.jobs import JOBS
from drawbar.connectors.sandbox.plant.machines import MACHINES
from drawbar.connectors.sandbox.plant.model import Kind, Plant, plant_at
from drawbar.connectors.sandbox.plant.places import PLACES, PLANTS, STORES
from drawbar.connectors.sandbox.plant.shelves import ITEMS, STOCK

KINDS: Mapping[str, Kind] = {
    one.resource: one
    for one in (PLANTS, PLACES, SUPPLIERS, ITEMS, STORES, STOCK, MACHINES, JOBS, ORDERS)
}
"""Resource of the sandbox's API to what it lists."""

__all__ = ["KINDS", "Kind", "Plant", "plant_at"]
