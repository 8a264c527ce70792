"""Beginning a visit to Link and finding it again by the token in its address."""

import base64
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from drawbar.audit import Actor
from drawbar.identity import application_store
from drawbar.identity.application_store import Application
from drawbar.identity.grants import AuthorizationRequest
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database, System, Writing
from drawbar.kit.ids import new_id
from drawbar.link import magic_store, session_store
from drawbar.link.colours import is_colour
from drawbar.link.model import CLAIM_LIFE, SESSION_LIFE, SESSION_PREFIX, LinkSession, MagicLink

Reason = Literal["unknown", "expired", "finished", "ended", "used", "revoked", "link_expired"]
OF_STANDING: dict[str, Reason] = {
    "completed": "used",
    "revoked": "revoked",
    "expired": "link_expired",
}


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Whose page it is: the application's name, logo and colour, else the workspace's name."""

    name: str
    colour: str = ""
    logo: str = ""
    """As a data: URI."""
    is_test: bool = False


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit and all that its pages say about whom it is for."""

    token: str
    session: LinkSession
    look: Look
    application: Application | None = None
    magic: MagicLink | None = None
    is_being_finished: bool = False
    """Whether a request is making the connection right now."""

    def __repr__(self) -> str:
        return f"Visit({self.session.id})"

    @property
    def home(self) -> str:
        """Address of the visit's first page."""
        return f"/link/s/{self.token}"

    @property
    def is_posted(self) -> bool:
        """Whether the answer is posted to the page that opened this one."""
        return self.session.response_mode == "web_message"

    @property
    def reconnects(self) -> bool:
        """Whether an established connection logs in anew."""
        return self.magic is not None and self.magic.reconnects

    @property
    def actor(self) -> Actor:
        """Who acts: Link, for the application or by a magic link."""
        application = self.application
        return Actor(
            kind="link",
            label=f"Link ({self.look.name})",
            workspace_id=self.session.workspace_id,
            id=application.id if application else None,
        )

    @property
    def request(self) -> AuthorizationRequest | None:
        """What the application asked for; None for a visit that returns to nobody."""
        if self.session.redirect_uri is None:
            return None
        return AuthorizationRequest(
            redirect_uri=self.session.redirect_uri,
            state=self.session.state,
            code_challenge=self.session.code_challenge,
            response_mode=self.session.response_mode,
        )


class Dead(Exception):  # noqa: N818 - says a state
    """A visit or link that does not go on; `visit` tells whose it was, where that is known."""

    def __init__(self, reason: Reason, visit: Visit | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.visit = visit


async def begin_visit(
    tx: System,
    application: Application,
    request: AuthorizationRequest,
    *,
    system: str = "",
    magic: MagicLink | None = None,
    locale: str = "",
) -> str:
    """Begin a visit that an application asked for and return its token."""
    return await _begin(
        tx,
        _session(
            tx.now,
            application.workspace_id,
            client_id=application.client_id,
            magic_link_id=magic.id if magic else None,
            redirect_uri=request.redirect_uri,
            response_mode=request.response_mode,
            state=request.state,
            code_challenge=request.code_challenge,
            locale=locale,
            fixed_system=magic.system if magic and magic.system else system,
        ),
    )


async def open_magic_link(tx: System, token: str, locale: str = "") -> str:
    """Begin a visit by a magic link and return the visit's token; raise `Dead`."""
    workspace_id, link = await magic_link(tx, token)
    client_id = None
    if link.application_id:
        application = await application_store.application(
            tx.inside(workspace_id), link.application_id
        )
        client_id = application.client_id if application else None
    visit = _session(
        tx.now,
        workspace_id,
        client_id=client_id,
        magic_link_id=link.id,
        locale=locale,
        fixed_system=link.system,
    )
    await magic_store.note_opened(tx.inside(workspace_id), link.id)
    return await _begin(tx, visit)


async def magic_link(tx: System, token: str) -> tuple[UUID, MagicLink]:
    """Return a magic link that can still be used, and whose it is; raise `Dead`."""
    found = await magic_store.link_by_token(tx, fingerprint(token))
    if found is None:
        raise Dead("unknown")
    standing = found[1].standing(tx.now)
    if standing != "waiting":
        raise Dead(OF_STANDING[standing])
    return found


async def visit_of(database: Database, token: str) -> Visit:
    """Return the visit with this token, finished or not; raise `Dead` when it cannot go on."""
    async with database.as_system("whose visit to Link is this") as tx:
        session = await session_store.session_by_token(tx, fingerprint(token))
        if session is None:
            raise Dead("unknown")
        visit = await _described(tx, token, session)
        _refuse_dead(visit, tx.now)
    return visit


async def _described(tx: System, token: str, session: LinkSession) -> Visit:
    application = None
    if session.client_id:
        application = await application_store.application_by_client_id(tx, session.client_id)
    inside: Writing = tx.inside(session.workspace_id)
    magic = None
    if session.magic_link_id:
        magic = await magic_store.MAGIC_LINKS.find(inside, session.magic_link_id)
    name = await session_store.workspace_name(tx, session.workspace_id)
    look = look_of(application) if application else Look(name=name)
    claimed_at = session.claimed_at if session.finished_at is None else None
    return Visit(
        token=token,
        session=session,
        look=look,
        application=application,
        magic=magic,
        is_being_finished=claimed_at is not None and tx.now - claimed_at < CLAIM_LIFE,
    )


def _refuse_dead(visit: Visit, now: datetime) -> None:
    session = visit.session
    if session.ended_at or (session.client_id and not visit.application):
        standing = visit.magic.standing(now) if visit.magic else "waiting"
        raise Dead(OF_STANDING.get(standing, "ended"), visit)
    if session.delivered_at:
        raise Dead("finished", visit)
    if session.expires_at <= now:
        raise Dead("expired", visit)
    if session.finished_at is None and visit.magic:
        standing = visit.magic.standing(now)
        if standing != "waiting":
            raise Dead(OF_STANDING[standing], visit)


def look_of(application: Application) -> Look:
    """Return how an application wants its pages to look."""
    logo = ""
    if application.logo:
        content = base64.b64encode(application.logo).decode()
        logo = f"data:{application.logo_type};base64,{content}"
    return Look(
        name=application.name,
        colour=application.colour if is_colour(application.colour) else "",
        logo=logo,
        is_test=application.environment == "development",
    )


def _session(now: datetime, workspace_id: UUID, **fields: object) -> LinkSession:
    fixed: dict[str, object] = {
        "workspace_id": workspace_id,
        "id": new_id(),
        "created_at": now,
        "expires_at": now + SESSION_LIFE,
    }
    return LinkSession(**fixed | fields)  # type: ignore[arg-type]


async def _begin(tx: System, session: LinkSession) -> str:
    token = new_secret(SESSION_PREFIX)
    await session_store.add_session(tx.inside(session.workspace_id), session, fingerprint(token))
    return token


def origin_of(address: str) -> str | None:
    """Return scheme, host and port of a web address; None for an app's own scheme."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}".lower()
