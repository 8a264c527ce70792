"""One try: sign, send, and read what the receiver said."""

import re
from time import monotonic

from drawbar.kit import logs
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.outgoing import OutgoingError, OutgoingHttp
from drawbar.webhooks.delivery_store import Parcel, Try
from drawbar.webhooks.model import message_id
from drawbar.webhooks.sealing import open_headers, open_secrets
from drawbar.webhooks.signature import signed_headers

log = logs.logger(__name__)

DEADLINE_S = 10.0
EXCERPT_BYTES = 4096
# Everything below the space but tab and line feed, delete, and the second control block.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


async def send(http: OutgoingHttp, vault: Vault, parcel: Parcel, deadline_s: float) -> Try:
    """Post the message; never raises, for a try that fails is a result too."""
    began = monotonic()
    try:
        headers = _headers(vault, parcel)
        answer = await http.request(
            "POST",
            parcel.receiver.url,
            headers=headers,
            body=parcel.payload,
            deadline_s=deadline_s,
            max_bytes=EXCERPT_BYTES,
            truncate=True,
            decompress=False,
        )
    except OutgoingError as error:
        return Try(_since(began), error=str(error))
    except SealError as error:
        return Try(_since(began), error=f"The endpoint's secret cannot be opened. {error}")
    except Exception:
        # One odd message must not stop all the others.
        log.exception("webhooks.try_broke", delivery=str(parcel.claim.id))
        return Try(_since(began), error="Drawbar could not send this message; its log says why.")
    return Try(
        answer.duration_ms,
        status=answer.status,
        response=excerpt(answer.body),
        retry_after=answer.headers.get("Retry-After"),
    )


def excerpt(body: bytes) -> str:
    """Return the beginning of an answer as text without control characters."""
    return _CONTROL.sub("", body[:EXCERPT_BYTES].decode("utf-8", "replace"))


def _headers(vault: Vault, parcel: Parcel) -> dict[str, str]:
    to, claim = parcel.receiver, parcel.claim
    secrets = open_secrets(vault, to.workspace_id, to.id, to.sealed_secret, claim.claimed_at)
    return {
        **open_headers(vault, to.workspace_id, to.id, to.sealed_headers),
        "Content-Type": "application/json",
        **signed_headers(
            [secret.text for secret in secrets],
            message_id(claim.event_id),
            claim.claimed_at,
            parcel.payload,
        ),
    }


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)
