"""The one way out: an HTTP client that cannot be talked into reaching private addresses."""

from drawbar.kit.outgoing.client import OutgoingHttp, Response
from drawbar.kit.outgoing.errors import AddressRefused, OutgoingError

__all__ = ["AddressRefused", "OutgoingError", "OutgoingHttp", "Response"]
