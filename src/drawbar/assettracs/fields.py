"""Field types the platform's kinds share."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Text = Annotated[str, Meta(max_length=10_000)]
Word = Annotated[str, Meta(max_length=200)]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="Degrees north, WGS 84.")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees east, WGS 84.")]
Moment = Annotated[datetime, Meta(tz=True, description="A time with its offset from UTC.")]
Hours = Annotated[float, Meta(ge=0, le=100_000)]
