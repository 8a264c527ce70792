"""Answers that are streamed carry what every answer carries."""

from drawbar import __version__
from tests.dashboard.browser import Browser
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import hub_and_platform


async def test_streamed_answers_carry_their_request_id_and_the_version(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        csv, table = (
            f"{world.address}/admin/v1/credits/ledger.csv",
            f"/hub/connections/{world.connection_id}/live",
        )
        own = {"Authorization": f"Bearer {world.admin_token}", "X-Request-Id": "of-the-caller-1"}
        async with world.session.get(csv, headers=own) as ledger:
            entries = await ledger.text()
        async with Browser(world, cast.mallory).stream(table) as live:
            assert live.content_type == "text/event-stream"
            assert live.headers["X-Request-Id"].startswith("req_")
            assert live.headers["Drawbar-Version"] == __version__
        assert ledger.content_type == "text/csv"
        assert ledger.headers["X-Request-Id"] == "of-the-caller-1"
        assert ledger.headers["Drawbar-Version"] == __version__
        assert entries.count("\n") == 3
