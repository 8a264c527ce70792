"""What can go wrong on the way out, as one family with a kind and a plain sentence."""

from typing import Literal

Failure = Literal["address_refused", "dns", "connect", "tls", "timeout", "protocol", "too_large"]


class OutgoingError(Exception):
    """A request that got no usable answer; `str(error)` is a sentence fit for a user.

    The sentence names the host only, never path or query: those may carry a secret.
    """

    def __init__(self, kind: Failure, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class AddressRefused(OutgoingError):  # noqa: N818 - a refusal is a decision, not a fault
    """The destination is one we never connect to; nothing was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__("address_refused", reason)
        self.reason = reason
