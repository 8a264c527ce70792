"""What a browser itself would stop: forms whose choice may stay at its first word."""

from tests.browser.conftest import Windows
from tests.support.cast import Cast


async def test_somebody_is_invited_into_one_half_only(windows: Windows, cast: Cast) -> None:
    visitor = await windows.open(cast.alice)
    page = visitor.page
    await visitor.open("/hub/settings/people")
    await page.get_by_label("E-mail").fill("rosa@plant.example")
    await page.locator("#asset_role").select_option("inspector")
    await page.get_by_role("button", name="Invite", exact=True).click()
    await page.get_by_text("A letter is on its way to rosa@plant.example.").wait_for()
    await page.get_by_role("button", name="Send again").wait_for()
    assert visitor.complaints == []


async def test_a_profile_is_saved_without_choosing_a_language(windows: Windows, cast: Cast) -> None:
    visitor = await windows.open(cast.alice)
    page = visitor.page
    await visitor.open("/account")
    await page.get_by_label("Name", exact=True).fill("Alice Northern")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_text("Saved.").wait_for()
    assert await page.get_by_label("Name", exact=True).input_value() == "Alice Northern"
    assert visitor.complaints == []
