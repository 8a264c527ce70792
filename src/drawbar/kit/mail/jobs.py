"""What the worker does for letters: posting, and trying again for two days."""

import asyncio
import smtplib
import ssl
from collections.abc import Mapping
from uuid import UUID

from drawbar.kit import json, logs
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database
from drawbar.kit.jobs import Handler, Recurring, enqueue
from drawbar.kit.mail import mailbox, store
from drawbar.kit.mail.letters import (
    POST_JOB,
    Letter,
    PostJob,
    context_of,
    message_of,
    sender_of,
)
from drawbar.kit.settings import Settings
from drawbar.kit.smtp import hand_in, smtp_server

PERMANENT = 500
"""RFC 5321 §4.2.1: replies from here on will not change."""

log = logs.logger(__name__)


def handlers(database: Database, vault: Vault, settings: Settings) -> Mapping[str, Handler]:
    """Return the handlers of letters by job name."""

    async def post(payload: bytes) -> None:
        await post_letter(database, vault, settings, json.decode(payload, PostJob).letter_id)

    return {POST_JOB: post}


def schedules(database: Database) -> list[Recurring]:
    """Return what is done by the clock: try again what a broken mail server did not take."""

    async def try_again() -> None:
        await post_left_over(database)

    return [Recurring("mail.try_again", "*/10 * * * *", try_again)]


async def post_letter(
    database: Database,
    vault: Vault,
    settings: Settings,
    id: UUID,
    *,
    trust: ssl.SSLContext | None = None,
) -> None:
    """Post one letter and forget it; nothing happens to one that is gone.

    A server that refuses it for good is logged, and the letter forgotten. Raises what the server
    said otherwise, so that the job is tried again.
    """
    async with database.as_system("read a letter to post") as tx:
        found = await store.waiting(tx, id)
    if found is None:
        return
    try:
        letter = json.decode(vault.open(found.sealed_letter, context=context_of(id)), Letter)
        sender = sender_of(settings.mail_from, settings.address)
        message = message_of(letter, id, found.created_at, sender)
        if settings.smtp_url:
            server = smtp_server(settings.smtp_url)
            await asyncio.to_thread(hand_in, server, message, trust=trust)
        else:
            folder = mailbox.mailbox_of(settings.data)
            await asyncio.to_thread(mailbox.put, folder, id, message)
    except SealError as error:
        log.warning("mail.unreadable", letter=id, kind=found.kind, reason=str(error))
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        if code < PERMANENT:
            raise
        log.warning("mail.refused", letter=id, kind=found.kind, reply=code)
    else:
        log.info("mail.posted", letter=id, kind=found.kind)
    async with database.as_system("forget a posted letter") as tx:
        await store.forget(tx, id)


async def post_left_over(database: Database) -> None:
    """Queue again what was not posted yet, and forget what is older than two days."""
    async with database.as_system("post letters again") as tx:
        dropped = await store.forget_old(tx)
        for id in await store.left_over(tx):
            await enqueue(tx, POST_JOB, PostJob(id), dedupe_key=f"letter:{id}")
    if dropped:
        log.error("mail.dropped", letters=dropped, remedy="See DRAWBAR_SMTP_URL and docs/howto.")
