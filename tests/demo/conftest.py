from datetime import UTC, datetime

import pytest

from drawbar.demo.flights import Source, installed_folder, read_source
from drawbar.demo.model import DemoPlan, OrganizationPlan
from drawbar.demo.plan import plan_from


@pytest.fixture(scope="session")
def today() -> datetime:
    return datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)


@pytest.fixture(scope="session")
def seed() -> int:
    return 7


@pytest.fixture(scope="session")
def source() -> Source:
    return read_source(installed_folder())


@pytest.fixture(scope="session")
def demo(source: Source, today: datetime, seed: int) -> DemoPlan:
    return plan_from(source, today, seed)


@pytest.fixture(scope="session")
def delta(demo: DemoPlan) -> OrganizationPlan:
    return next(plan for plan in demo.organizations if plan.carrier == "DL")
