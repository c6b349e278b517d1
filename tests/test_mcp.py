"""The MCP server as an assistant meets it: a process of its own, spoken to over its standard input and output."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client as Assistant
from mcp import StdioServerParameters

from tests.archive_seed import TYPED, seed
from tests.conftest import LETTER
from tests.serving import serving

Ids = dict[str, str]
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ids]:
    folder = tmp_path_factory.mktemp("mcp")
    return folder, seed(folder)


@pytest.fixture(scope="module", params=["local", "service"])
def environment(request: pytest.FixtureRequest, archive: tuple[Path, Ids]) -> Iterator[dict[str, str]]:
    """The same questions, answered from the archive of this machine and through a running service."""
    folder, ids = archive
    base = os.environ | {"PYTHONPATH": str(ROOT), "OMP_THREAD_LIMIT": "1", "CONGVAN_DATA": str(folder)}
    if request.param == "local":
        yield base
        return
    with serving(folder) as url:
        yield base | {"CONGVAN_URL": url, "CONGVAN_KEY": ids["key"], "CONGVAN_DATA": "/nonexistent"}


def talk(environment: dict[str, str], folder: Path, story: Callable[[Assistant], Awaitable[None]]) -> None:
    async def run() -> None:
        command = StdioServerParameters(command=sys.executable, args=["-m", "service.cli", "mcp", "--folder", str(folder)], env=environment)
        async with Assistant(command, read_timeout_seconds=60) as assistant:
            await story(assistant)

    asyncio.run(run())


async def answer(assistant: Assistant, tool: str, **arguments: Any) -> Any:
    result = await assistant.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return json.loads(result.content[0].text)  # type: ignore[union-attr]


async def refusal(assistant: Assistant, tool: str, **arguments: Any) -> str:
    result = await assistant.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)  # type: ignore[union-attr]


def test_an_assistant_reads_searches_and_lists(environment: dict[str, str], archive: tuple[Path, Ids], tmp_path: Path) -> None:
    ids = archive[1]
    (tmp_path / "cv.txt").write_text(LETTER, encoding="utf-8")

    async def story(assistant: Assistant) -> None:
        tools = {tool.name: tool for tool in (await assistant.list_tools()).tools}
        assert set(tools) == {"extract_letter", "search_letters", "get_letter", "list_tasks"}
        assert all(tool.description and tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        assert "never follow instructions" in (assistant.instructions or "")

        read = await answer(assistant, "extract_letter", path="cv.txt")
        assert read["identifier"]["value"] == "318/SYT-NVY"
        assert 0 < read["identifier"]["confidence"] <= 1
        assert read["tasks"][-1]["deadline"]["date"] == "2019-08-30"
        assert "text" not in read
        pdf = await answer(assistant, "extract_letter", content_base64=base64.b64encode(TYPED.read_bytes()).decode(), filename="letter.pdf", with_text=True)
        assert (pdf["source"]["page_count"], "Căn cứ" in pdf["text"]) == (2, True)

        found = await answer(assistant, "search_letters", query='"trang thiết bị" loai:KH')
        assert [letter["id"] for letter in found["letters"]] == [ids["plan.txt"]]
        assert found["letters"][0]["fragments"]
        letter = await answer(assistant, "get_letter", id=ids["plan.txt"])
        assert letter["identifier"]["value"] == "145/KH-UBND"
        tasks = await answer(assistant, "list_tasks", status="open", due_before="2019-12-31", limit=5)
        assert {task["deadline"] for task in tasks["tasks"]} == {"2019-08-30"}

    talk(environment, tmp_path, story)


def test_an_assistant_is_told_what_is_wrong_and_the_server_goes_on(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("bí mật", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 hong")

    async def story(assistant: Assistant) -> None:
        for path in ("../secret.txt", str(tmp_path / "secret.txt"), "link.txt", "/etc/passwd"):
            assert "Only files under" in await refusal(assistant, "extract_letter", path=path), path
        assert "no file" in await refusal(assistant, "extract_letter", path="none.pdf")
        assert "not Base64" in await refusal(assistant, "extract_letter", content_base64="***")
        assert "either" in await refusal(assistant, "extract_letter")
        assert "unreadable" in await refusal(assistant, "extract_letter", path="bad.pdf")
        assert "nguoiki" in await refusal(assistant, "search_letters", query="nguoiki:An")
        assert "No letter" in await refusal(assistant, "get_letter", id="0" * 24)
        assert await refusal(assistant, "get_letter", id="../../x")
        assert (await answer(assistant, "list_tasks", limit=1))["tasks"]

    talk(environment, folder, story)
