"""Sites, the places inside them, and the stores."""

from datetime import datetime

from drawbar.connectors.sandbox.plant.model import Body, Kind, Plant, unchanging

_SITES = (
    # code, name, street, city, postal code, country, latitude, longitude, time zone
    ("P1", "main plant", "Works Road 1", "Hull", "HU9 1TX", "GB", 53.74, -0.31, "Europe/London"),
    ("P2", "river works", "Uferweg 8", "Duisburg", "47119", "DE", 51.45, 6.73, "Europe/Berlin"),
    ("P3", "depot", "Dock Street 40", "Norfolk", "23510", "US", 36.85, -76.29, "America/New_York"),
)
_HALLS = ("Receiving", "Production", "Packing", "Utilities")
_CORNERS = ("Line 1", "Line 2", "Workshop")
_PER_SITE = len(_HALLS) * (1 + len(_CORNERS))
_STORE_NAMES = ("Main store", "Tool crib")

SITE_COUNT = len(_SITES)
PLACE_COUNT = SITE_COUNT * _PER_SITE
STORE_COUNT = SITE_COUNT * len(_STORE_NAMES)


def site_key(number: int) -> str:
    """Return a site's code."""
    return _SITES[number % SITE_COUNT][0]


def place_key(number: int) -> str:
    """Return a place's code: hall, or corner of a hall."""
    site, within = divmod(number % PLACE_COUNT, _PER_SITE)
    hall, corner = divmod(within, 1 + len(_CORNERS))
    code = f"{site_key(site)}-H{hall + 1}"
    return f"{code}-{corner}" if corner else code


def site_of_place(number: int) -> str:
    """Return the code of the site that a place belongs to."""
    return site_key(number % PLACE_COUNT // _PER_SITE)


def store_key(number: int) -> str:
    """Return a store's code."""
    site, store = divmod(number % STORE_COUNT, len(_STORE_NAMES))
    return f"{site_key(site)}-S{store + 1}"


def site_address(number: int) -> Body:
    """Return where a site is, as the sandbox writes addresses."""
    _, _, street, city, postcode, country, *_ = _SITES[number % SITE_COUNT]
    return {"street": street, "city": city, "postcode": postcode, "country": country}


def _site(plant: Plant, number: int, _now: datetime, _version: int) -> Body:
    _, name, _, _, _, _, latitude, longitude, zone = _SITES[number]
    return {
        "title": f"{plant.company} {name}",
        "address": site_address(number),
        "lat": latitude,
        "lon": longitude,
        "tz": zone,
        "state": "OPEN",
        "company": plant.company,
    }


def _place(_plant: Plant, number: int, _now: datetime, _version: int) -> Body:
    hall, corner = divmod(number % _PER_SITE, 1 + len(_CORNERS))
    title = _HALLS[hall] if corner == 0 else f"{_HALLS[hall]} {_CORNERS[corner - 1].lower()}"
    return {
        "title": title,
        "plant": site_of_place(number),
        "within": place_key(number - corner) if corner else None,
        "kind": "HALL" if corner == 0 else "LINE" if corner <= 2 else "ROOM",  # noqa: PLR2004
    }


def _store(_plant: Plant, number: int, _now: datetime, _version: int) -> Body:
    site, store = divmod(number, len(_STORE_NAMES))
    return {
        "title": _STORE_NAMES[store],
        "plant": site_key(site),
        "place": place_key(site * _PER_SITE),
    }


def _among(count: int, keys: list[str]) -> dict[str, int]:
    return dict(zip(keys, range(count), strict=True))


_SITE_NUMBERS = _among(SITE_COUNT, [site_key(n) for n in range(SITE_COUNT)])
_PLACE_NUMBERS = _among(PLACE_COUNT, [place_key(n) for n in range(PLACE_COUNT)])
_STORE_NUMBERS = _among(STORE_COUNT, [store_key(n) for n in range(STORE_COUNT)])

PLANTS = Kind(
    resource="plants",
    numbers=lambda _plant, _now: range(SITE_COUNT),
    stamp=unchanging,
    key=lambda _plant, number: site_key(number),
    number=lambda _plant, key: _SITE_NUMBERS.get(key),
    body=_site,
)
PLACES = Kind(
    resource="places",
    numbers=lambda _plant, _now: range(PLACE_COUNT),
    stamp=unchanging,
    key=lambda _plant, number: place_key(number),
    number=lambda _plant, key: _PLACE_NUMBERS.get(key),
    body=_place,
)
STORES = Kind(
    resource="stores",
    numbers=lambda _plant, _now: range(STORE_COUNT),
    stamp=unchanging,
    key=lambda _plant, number: store_key(number),
    number=lambda _plant, key: _STORE_NUMBERS.get(key),
    body=_store,
)
