"""Asked into a workspace by letter: who comes in, as what, and who does not."""

from typing import Any

from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from tests.identity.conftest import Browser
from tests.support.cast import PASSWORD, Cast
from tests.support.clock import FakeClock
from tests.support.letters import Post

Client = AsyncTestClient[Any]
HUB, ASSETS = "/hub/settings/people", "/assets/settings/people"
ROSAS = {"name": "Rosa", "password": "a password of Rosa's own"}


def asked(cast: Cast, **fields: str) -> dict[str, str]:
    email = f"rosa-{cast.alice.id.hex}@example.com"
    return {"email": email, "hub_role": "", "asset_role": "inspector", **fields}


async def invite(client: Client, cast: Cast, **fields: str) -> Any:
    return await Browser(client, cast.alice).post(f"{HUB}/invitations", asked(cast, **fields))


async def test_an_invited_person_opens_the_letter_and_is_in(
    client: Client, cast: Cast, post: Post, stranger: Browser, database: Database
) -> None:
    sent = await invite(client, cast)
    email = asked(cast)["email"]
    letter = (await post.to(email))[0]
    link = await post.link(email)
    page = await stranger.get(link)
    joined = await stranger.post(link, ROSAS)
    inside = await stranger.get("/assets")
    people = await Browser(client, cast.alice).get(ASSETS)
    async with database.reading(cast.alice.workspace_id) as tx:
        told = await tx.fetch(
            "SELECT action, actor_label FROM audit_entries "
            "WHERE action IN ('invitation.sent', 'member.joined') ORDER BY at, id"
        )
    assert (sent.status_code, letter.kind) == (303, "invitation")
    assert letter.subject == "Alice invites you to Northern Rail Depot"
    assert "Alice invites" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (joined.status_code, inside.status_code) == (303, 200)
    assert "Rosa" in people.text
    assert [tuple(row) for row in told] == [
        ("invitation.sent", "Alice"),
        ("member.joined", "Rosa"),
    ]


async def test_an_invitation_works_once(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    await invite(client, cast)
    link = await post.link(asked(cast)["email"])
    await stranger.post(link, ROSAS)
    again = await Browser(client).get(link)
    anew = await Browser(client).post(link, {**ROSAS, "name": "Somebody else"})
    assert [again.status_code, anew.status_code] == [404, 404]
    assert "This invitation has ended" in anew.text


async def test_opening_the_link_alone_changes_nothing(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    await invite(client, cast)
    link = await post.link(asked(cast)["email"])
    await stranger.get(link)
    people = await Browser(client, cast.alice).get(HUB)
    assert "Send again" in people.text
    assert (await stranger.get(link)).status_code == 200


async def test_an_invitation_ends_after_seven_days(
    client: Client, cast: Cast, post: Post, stranger: Browser, clock: FakeClock
) -> None:
    await invite(client, cast)
    link = await post.link(asked(cast)["email"])
    clock.forward(days=7, seconds=-1)
    good = await stranger.get(link)
    clock.forward(seconds=1)
    ended = await stranger.get(link)
    assert [good.status_code, ended.status_code] == [200, 404]


async def test_somebody_with_an_account_keeps_name_and_password_and_has_two_workspaces(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    await invite(client, cast, email=cast.mallory.email.upper(), hub_role="viewer")
    link = await post.link(cast.mallory.email)
    page = await stranger.get(link)
    await stranger.post(link, {"name": "Not Mallory", "password": "not Mallory's password"})
    entered = await stranger.sign_in(cast.mallory.email, PASSWORD)
    account = await stranger.get("/account")
    again = await invite(client, cast, email=cast.mallory.email)
    assert "You have an account" in page.text
    assert entered.status_code == 303
    assert 'value="Mallory"' in account.text
    assert "Northern Rail Depot" in account.text
    assert "Mallory Ltd" in account.text
    assert (again.status_code, "in this workspace already" in again.text) == (409, True)


async def test_accepting_for_an_account_signs_nobody_in(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    await invite(client, cast, email=cast.mallory.email)
    await stranger.post(await post.link(cast.mallory.email))
    assert "drawbar_session" not in stranger.cookies


async def test_sent_again_the_letter_before_opens_nothing(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    await invite(client, cast)
    email = asked(cast)["email"]
    former = await post.link(email)
    alice = Browser(client, cast.alice)
    page = await alice.get(HUB)
    path = page.text.partition(f'action="{HUB}/invitations/')[2].partition('/resend"')[0]
    await alice.post(f"{HUB}/invitations/{path}/resend")
    current = await post.link(email)
    assert (await stranger.get(former)).status_code == 404
    assert (await stranger.get(current)).status_code == 200
    await alice.post(f"{HUB}/invitations/{path}/revoke")
    assert (await stranger.get(current)).status_code == 404
    assert email not in (await alice.get(HUB)).text


async def test_nobody_touches_another_workspaces_invitations(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    await invite(client, cast)
    email = asked(cast)["email"]
    page = await Browser(client, cast.alice).get(HUB)
    path = page.text.partition(f'action="{HUB}/invitations/')[2].partition('/resend"')[0]
    mallory = Browser(client, cast.mallory)
    again = await mallory.post(f"{HUB}/invitations/{path}/resend")
    back = await mallory.post(f"{HUB}/invitations/{path}/revoke")
    theirs = await mallory.get(HUB)
    assert [again.status_code, back.status_code] == [404, 404]
    assert email not in theirs.text
    assert (await stranger.get(await post.link(email))).status_code == 200


async def test_an_invitation_dies_with_the_power_of_who_sent_it(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    alice = Browser(client, cast.alice)
    await alice.post(f"{HUB}/{cast.bob.id}/roles", {"hub_role": "admin", "asset_role": "admin"})
    bob = Browser(client, cast.bob)
    email = f"eve-{cast.bob.id.hex}@example.com"
    await bob.post(f"{HUB}/invitations", asked(cast, email=email, hub_role="admin"))
    link = await post.link(email)
    await alice.post(f"{HUB}/{cast.bob.id}/roles", {"hub_role": "developer"})
    weaker = await stranger.post(link, ROSAS)
    await alice.post(f"{HUB}/{cast.bob.id}/remove")
    gone = await stranger.get(link)
    assert [weaker.status_code, gone.status_code] == [404, 404]


async def test_nothing_typed_is_lost_when_an_invitation_cannot_be_sent(
    client: Client, cast: Cast
) -> None:
    wrong = await invite(client, cast, email="rosa,eve@example.com")
    roleless = await invite(client, cast, asset_role="")
    unknown = await invite(client, cast, asset_role="emperor")
    await invite(client, cast)
    twice = await invite(client, cast)
    assert [wrong.status_code, roleless.status_code, unknown.status_code] == [422, 422, 422]
    assert "Write an address such as" in wrong.text
    assert 'value="rosa,eve@example.com"' in wrong.text
    assert "Choose a role" in roleless.text
    assert (twice.status_code, "is invited already" in twice.text) == (409, True)


async def test_a_weak_password_or_no_name_is_told_beside_the_field_and_the_link_stays(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    await invite(client, cast)
    email = asked(cast)["email"]
    link = await post.link(email)
    short = await stranger.post(link, {"name": "", "password": "short"})
    own = await stranger.post(link, {"name": "Rosa", "password": email.upper()})
    common = await stranger.post(link, {"name": "Rosa", "password": "Password123"})
    fine = await stranger.post(link, ROSAS)
    assert [short.status_code, own.status_code, common.status_code] == [422, 422, 422]
    assert "Write your name." in short.text
    assert "Use at least 10 characters." in short.text
    assert "This is your address." in own.text
    assert "one of the first that somebody guesses" in common.text
    assert fine.status_code == 303


async def test_links_begin_with_the_operators_address_whatever_the_host_header_says(
    client: Client, cast: Cast, post: Post
) -> None:
    poisoned = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    await Browser(client, cast.alice).post(f"{HUB}/invitations", asked(cast), **poisoned)
    (letter,) = await post.to(asked(cast)["email"])
    assert "http://drawbar.test/invitation/" in letter.text
    assert "evil" not in letter.text


async def test_nobodys_mailbox_is_filled_by_invitations(
    client: Client, cast: Cast, post: Post
) -> None:
    alice, email = Browser(client, cast.alice), asked(cast)["email"]
    await invite(client, cast)
    page = await alice.get(HUB)
    path = page.text.partition(f'action="{HUB}/invitations/')[2].partition('/resend"')[0]
    _ = [await alice.post(f"{HUB}/invitations/{path}/resend") for _ in range(6)]
    assert len(await post.to(email)) == 5
