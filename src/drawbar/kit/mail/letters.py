"""A letter: what it says, and how it is queued."""

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Writing
from drawbar.kit.ids import new_id
from drawbar.kit.jobs import enqueue
from drawbar.kit.mail import store
from drawbar.kit.sealed import SealedColumn
from drawbar.kit.smtp import sender_parts

POST_JOB = "mail.post"
LONGEST_SUBJECT = 200
LONGEST_LINE = 998  # RFC 5322 §2.1.1
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


class Letter(msgspec.Struct, frozen=True):
    """A short plain text to one person. `kind` is a word for logs, say `invitation`.

    The text may hold a one-time link: it is sealed until it is posted, and forgotten after.
    """

    to: str
    subject: str
    text: str
    kind: str

    def __repr__(self) -> str:
        return f"Letter({self.kind!r})"


class PostJob(msgspec.Struct, frozen=True):
    """Which letter is to be posted."""

    letter_id: UUID


async def send(tx: Writing, vault: Vault, letter: Letter) -> None:
    """Have the letter posted if and only if the transaction commits.

    It goes to `DRAWBAR_SMTP_URL`, or without one into the mailbox folder. Raises ValueError for
    an address no letter can have.
    """
    _address(letter.to)
    id = new_id()
    sealed = vault.seal(json.encode(letter), context=context_of(id))
    await store.add(tx, id, letter.kind, sealed)
    await enqueue(tx, POST_JOB, PostJob(id), dedupe_key=f"letter:{id}")


def context_of(id: UUID) -> bytes:
    """Return what a letter's seal is bound to."""
    return b"letter:" + id.bytes


SEALED = (SealedColumn("letters", "sealed_letter", ("id",), lambda row: context_of(row["id"])),)


def message_of(letter: Letter, id: UUID, at: datetime, sender: str) -> EmailMessage:
    """Write the letter as a message (RFC 5322), from `Name <address>` of the operator's choice.

    Whatever stands in a subject, say a workspace's name, can begin no header of its own. The
    message's id is the letter's, so that one posted twice is the same.
    """
    message = EmailMessage(policy=policy.SMTP)
    name, address = sender_parts(_line(sender))
    message["From"] = Address(name, addr_spec=address)
    message["To"] = _address(letter.to)
    message["Subject"] = _line(letter.subject)[:LONGEST_SUBJECT]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{id}@{address.rpartition('@')[2]}>"
    # RFC 3834: no holiday notice shall answer it.
    message["Auto-Submitted"] = "auto-generated"
    longest = max(map(len, letter.text.splitlines()), default=0)
    plain = letter.text.isascii() and longest < LONGEST_LINE
    # As it is where that is allowed: somebody may read the mailbox folder, links and all.
    message.set_content(letter.text, cte="7bit" if plain else "quoted-printable")
    return message


def sender_of(mail_from: str, address: str) -> str:
    """Return who letters are from: the operator's setting, else drawbar@ the public host."""
    host = urlsplit(address).hostname or "localhost"
    return mail_from or f"Drawbar <drawbar@{host if '.' in host else 'localhost'}>"


def can_reach(address: str) -> bool:
    """Whether a letter can be addressed so, to one mailbox."""
    try:
        _address(address)
    except ValueError:
        return False
    return True


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError) as error:
        raise ValueError("No letter can be sent to this address.") from error


def _line(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", text).split())
