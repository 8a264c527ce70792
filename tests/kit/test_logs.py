import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog

from drawbar.kit.logs import MASK, configure, logger, masked, masked_text, request_id

SECRET = "s3cr3t-Value-9f8e7d6c5b4a"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log as a file, at the most talkative level; the old handlers come back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    out = io.StringIO()
    configure("DEBUG", stream=out)
    yield out
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


def last(lines: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lines.getvalue().splitlines()[-1])
    return found


def test_a_line_is_json_with_level_time_name_and_fields(lines: io.StringIO) -> None:
    logger("drawbar.sync").info("sync finished", entity="assets", records=12)

    line = last(lines)
    assert (
        line.items()
        >= {
            "event": "sync finished",
            "level": "info",
            "logger": "drawbar.sync",
            "entity": "assets",
            "records": 12,
        }.items()
    )
    assert line["at"].endswith("Z")


def test_a_line_below_a_request_carries_its_id(lines: io.StringIO) -> None:
    token = request_id.set("req_1")
    logger("drawbar").info("hello")
    request_id.reset(token)

    assert last(lines)["request_id"] == "req_1"


@pytest.mark.parametrize(
    "fields",
    [
        {"authorization": SECRET},
        {"Authorization": f"Bearer {SECRET}"},
        {"password": SECRET},
        {"new_password": SECRET},
        {"client_secret": SECRET},
        {"access_token": SECRET},
        {"api_key": SECRET},
        {"apiKey": SECRET},
        {"X-Api-Key": SECRET},
        {"credentials": {"user": "alice", "key": SECRET}},
        {"headers": {"Cookie": SECRET, "Set-Cookie": SECRET}},
        {"headers": [("ok", "1"), {"set-cookie": SECRET}]},
        {"deep": {"a": [{"b": ({"password": SECRET},)}]}},
        {"body": f'{{"api_key": "{SECRET}", "n": 1}}'},
        {"body": f'{{"password": "{SECRET}"}}'.encode()},
        {"url": f"https://h.example/cb?code=1&access_token={SECRET}"},
        {"url": f"https://h.example/cb?ticket={SECRET}xxxxxxxx"},
        {"path": f"/setup/{SECRET}"},
        {"sentence": f"GET http://h.example//setup//{SECRET}?a=1 failed"},
        {"path": f"/link/s/{SECRET}/systems/assettracs"},
        {"sentence": f"opened https://h.example/link/m/{SECRET}, then went on"},
        {"path": f"/link/m/{SECRET}"},
        {"path": f"/reset/{SECRET}"},
        {"path": f"/confirm/{SECRET}"},
        {"path": f"/invitation/{SECRET}"},
        {"path": f"/sign-up/{SECRET}"},
        {"path": f"/alerts/unsubscribe/{SECRET}"},
        {"sentence": f"a letter led to https://h.example/reset/{SECRET}."},
        {"url": f"postgresql://app:{SECRET}@db/drawbar"},
        {"sentence": f"sent Authorization: Bearer {SECRET} to host"},
        {"sentence": f"sent bearer {SECRET}"},
        {"sentence": f"webhook signed with whsec_{SECRET}"},
        {"sentence": f"exchanged dbg_{SECRET} for dbr_{SECRET}"},
        {"sentence": f"login failed, password={SECRET}"},
        {"error": ValueError(f"token={SECRET}")},
        {"object": type("Login", (), {"__repr__": lambda _: f"Login(password='{SECRET}')"})()},
    ],
)
def test_a_secret_does_not_reach_the_log(lines: io.StringIO, fields: dict[str, Any]) -> None:
    logger("drawbar").debug("attempt", **fields)

    assert SECRET not in lines.getvalue()
    assert MASK in lines.getvalue()


def test_a_librarys_line_is_masked_too(lines: io.StringIO) -> None:
    logging.getLogger("aiohttp.client").warning("request with %s", f"api_key={SECRET}")

    assert last(lines)["event"] == f"request with api_key={MASK}"


def test_a_traceback_is_masked_too(lines: io.StringIO) -> None:
    logger("drawbar").error("failed", exc_info=RuntimeError(f"client_secret={SECRET}"))

    assert SECRET not in lines.getvalue()
    assert "RuntimeError" in last(lines)["exception"]


def test_a_terminal_gets_masked_lines_without_json() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    root = logging.getLogger()
    before = root.handlers[:]
    out = Terminal()
    configure("INFO", stream=out)
    logger("drawbar").info("attempt", password=SECRET)
    root.handlers[:] = before
    structlog.reset_defaults()

    assert "attempt" in out.getvalue()
    assert MASK in out.getvalue()
    assert SECRET not in out.getvalue()


def test_lines_below_the_level_are_left_out(lines: io.StringIO) -> None:
    configure("WARNING", stream=lines)

    logger("drawbar").info("chatter")

    assert lines.getvalue() == ""


def test_what_is_no_secret_stays_as_it_was() -> None:
    id = UUID(int=7)

    assert masked({"id": id, "n": 1.5, "ok": True, "none": None, "list": ["WO-10042"]}) == {
        "id": id,
        "n": 1.5,
        "ok": True,
        "none": None,
        "list": ["WO-10042"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/assets?limit=100&cursor=abc 200",
        "the bearer of bad news",
        "pump P-101: bearing = worn",
        "https://hooks.example.com/a/b",
    ],
)
def test_plain_sentences_are_not_touched(text: str) -> None:
    assert masked_text(text) == text


def test_a_structure_that_contains_itself_ends() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle

    assert MASK in str(masked(circle))
