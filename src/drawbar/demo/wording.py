"""The demo's invented content: checks, plans and people, in our own words and of no authority."""

import msgspec

from drawbar.demo.model import Question


class Check(msgspec.Struct, frozen=True):
    """An inspection template with the house rule that asks for it every so many months."""

    key: str
    name: str
    version: int
    rule: str
    interval_months: int
    minutes: int
    questions: tuple[Question, ...]


class Upkeep(msgspec.Struct, frozen=True):
    """A kind of plan: every `months`, orders made `lead_days` ahead, `hours` of work."""

    key: str
    title: str
    months: int
    lead_days: int
    hours: float
    tasks: tuple[str, ...]

    @property
    def rrule(self) -> str:
        """The recurrence as RFC 5545 writes it."""
        return "FREQ=MONTHLY" if self.months == 1 else f"FREQ=MONTHLY;INTERVAL={self.months}"


REGULATION = "Own rule of this demo organisation"

WALK_AROUND = Check(
    key="walk-around-a",
    name="Walk-around A",
    version=3,
    rule="Walk-around by a second person",
    interval_months=6,
    minutes=40,
    questions=(
        Question("Is the skin free of dents, cracks and loose fasteners?"),
        Question("Are tyres free of cuts and above the wear mark?", critical=True),
        Question("Are all outside lights whole and working?"),
        Question("Are probes and static ports clean and uncovered?", critical=True),
        Question("Is the ground below the engines free of oil and fuel?"),
        Question("Do doors and hatches close flush?"),
        Question("Are markings and placards readable?"),
        Question("Are covers, pins and chocks accounted for?"),
    ),
)
CABIN_EQUIPMENT = Check(
    key="cabin-equipment",
    name="Annual safety equipment",
    version=2,
    rule="Yearly check of cabin safety equipment",
    interval_months=12,
    minutes=90,
    questions=(
        Question("Is every extinguisher in place, sealed and in its green range?", critical=True),
        Question("Is there a life vest below every seat?"),
        Question("Do all emergency lights stay on for the test?"),
        Question("Are first-aid kits complete and within date?"),
        Question("Do seat belts lock and release?"),
        Question("Are torches present and charged?"),
        Question("Does the evacuation signal sound at every station?"),
    ),
)
LANDING_GEAR = Check(
    key="landing-gear",
    name="Landing gear and brakes",
    version=1,
    rule="Yearly look at landing gear and brakes",
    interval_months=12,
    minutes=150,
    questions=(
        Question("Are brake wear pins longer than the limit?", critical=True),
        Question("Are struts free of leaks and at their height?"),
        Question("Are hoses and clamps without chafing?"),
        Question("Do gear doors move freely?"),
        Question("Are grease points clean and greased?"),
        Question("Are down-lock springs without corrosion?"),
    ),
)
CHECKS = (WALK_AROUND, CABIN_EQUIPMENT, LANDING_GEAR)

UPKEEPS = (
    Upkeep(
        key="engine-wash",
        title="Engine wash",
        months=1,
        lead_days=5,
        hours=3.0,
        tasks=("Set up the wash rig", "Wash each engine", "Run dry and look for leaks"),
    ),
    Upkeep(
        key="cabin-clean",
        title="Deep clean of the cabin",
        months=3,
        lead_days=14,
        hours=9.0,
        tasks=("Take out covers", "Clean carpets and seats", "Look below seats", "Refit covers"),
    ),
    Upkeep(
        key="lubrication",
        title="Grease doors and gear",
        months=3,
        lead_days=10,
        hours=4.5,
        tasks=("Clean the grease points", "Grease doors", "Grease landing gear"),
    ),
)

INSPECTORS = ("Ines Duarte", "Tomas Lindqvist", "Grace Okafor", "Henrik Moe", "Yuki Arai")
TECHNICIANS = (
    "Paul Reyes",
    "Dana Kowalski",
    "Sam Whitfield",
    "Leila Haddad",
    "Marco Bruni",
    "Ruth Steiner",
    "Owen Clarke",
)
FINDINGS = (
    "Seen again after cleaning; needs a repair.",
    "Beyond the limit on the left side.",
    "Worse than at the last check.",
    "Found at the second look.",
)
REPAIRS = (
    "Part replaced and checked.",
    "Adjusted, cleaned and tested.",
    "Repaired; within limits again.",
)
REPAIR_TASKS = ("Make safe", "Repair or replace", "Check the repair")
