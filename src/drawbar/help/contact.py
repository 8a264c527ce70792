"""Asking whoever runs this Drawbar: the words, and the bundle as it was shown."""

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.help.bundle import stored_secrets, struck
from drawbar.identity.model import SignedIn
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem, invalid
from drawbar.kit.logs import masked_text
from drawbar.kit.mail import Letter, send
from drawbar.kit.settings import Settings

LONGEST_MESSAGE = 4000
LONGEST_BUNDLE = 200_000


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks support."""

    message: str
    request_id: str = ""
    bundle: str = ""
    """Empty when they did not want it to go along."""


async def ask(
    database: Database,
    vault: Vault,
    settings: Settings,
    actor: Actor,
    person: SignedIn,
    question: Question,
) -> None:
    """Send a question to the operator's address by mail; raise 422 naming the field.

    What looks secret is masked once more, for the message is the person's own words and the
    bundle comes back from their browser.
    """
    message = question.message.strip()
    if not message:
        raise invalid("message", "Say what you did and what happened instead.")
    if len(message) > LONGEST_MESSAGE:
        raise invalid("message", f"may have at most {LONGEST_MESSAGE} characters.")
    if len(question.bundle) > LONGEST_BUNDLE:
        raise invalid("bundle", "is not the one this page showed. Open the page again.")
    if not settings.support_email:
        raise Problem(
            409,
            "CONFLICT",
            "No address to send to",
            "Whoever runs this Drawbar has set no address for support. Download the details and "
            "send them yourself.",
        )
    async with database.writing(actor.workspace_id) as tx:
        secrets = await stored_secrets(tx, vault) if person.current.opens("hub") else set()
        text = struck(masked_text(_text(person, question, message)), secrets)
        first = struck(masked_text(message.splitlines()[0]), secrets)
        subject = f"[Drawbar] {person.current.workspace_name}: {first[:100]}"
        await send(tx, vault, Letter(settings.support_email, subject, text, "support"))
        await audit.record(tx, actor, "support.asked", person.user_id)


def _text(person: SignedIn, question: Question, message: str) -> str:
    who = f"{person.name} <{person.email}>, {person.current.workspace_name}"
    request = f"Request: {question.request_id}\n" if question.request_id else ""
    details = f"\n--\n{question.bundle}\n" if question.bundle else ""
    return f"{message}\n\nFrom: {who}\n{request}{details}"
