"""The Python client against a running service that asks for a key; every call that it makes stands in the OpenAPI."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import httpx
import pytest

from service.client import Client, ServiceError
from tests.archive_seed import TYPED, seed
from tests.conftest import LETTER
from tests.serving import serving

Ids = dict[str, str]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Ids]]:
    folder = tmp_path_factory.mktemp("client")
    ids = seed(folder)
    with serving(folder) as base:
        yield base, ids


@pytest.fixture
def client(archive: tuple[str, Ids]) -> Iterator[Client]:
    with Client(archive[0], key=archive[1]["key"]) as made:
        yield made


@pytest.fixture
def ids(archive: tuple[str, Ids]) -> Ids:
    return archive[1]


def test_a_letter_is_read_and_nothing_kept(client: Client) -> None:
    before = client.stats().letters
    letter = client.extract(TYPED)
    assert letter.identifier is not None
    assert letter.identifier.value == "1584/SNN-TL"
    assert client.extract(("cv.txt", LETTER.replace("318/SYT", "319/SYT").encode())).identifier.value == "319/SYT-NVY"  # type: ignore[union-attr]
    assert client.stats().letters == before


def test_letters_are_sent_waited_for_corrected_and_deleted(client: Client, tmp_path: Path) -> None:
    (tmp_path / "cv.txt").write_text(LETTER.replace("318/SYT", "320/SYT"), encoding="utf-8")
    job = client.wait(client.send([tmp_path / "cv.txt", ("hong.pdf", b"%PDF-1.7 hong")]).id, timeout=60, every=0.2)
    good, bad = job.files
    assert (good.state, bad.state) == ("done", "failed")
    assert bad.error is not None
    assert bad.error.code == "unreadable"
    assert good.letter_id is not None
    corrected = client.correct(good.letter_id, {"subject": "trang thiết bị", "signer.name": None}, who="chị Lan")
    assert corrected.subject is not None
    assert corrected.subject.value == "trang thiết bị"
    assert {c.who for c in corrected.archive.corrections} == {"chị Lan"}
    assert client.letter(good.letter_id, version=1).subject.value != "trang thiết bị"  # type: ignore[union-attr]
    assert client.source(good.letter_id) == (tmp_path / "cv.txt").read_bytes()
    client.delete(good.letter_id)
    with pytest.raises(ServiceError) as gone:
        client.letter(good.letter_id)
    assert (gone.value.status, gone.value.code) == (404, "not_found")


def test_the_same_key_sends_once(client: Client) -> None:
    files = [("a.txt", LETTER.replace("318/SYT", "321/SYT").encode())]
    first = client.send(files, idempotency_key="phieu-1", wait=20)
    assert client.send(files, idempotency_key="phieu-1").id == first.id


def test_lists_are_followed_to_the_end(client: Client, ids: Ids) -> None:
    pages = [letter.id for letter in client.all_letters(sort="date")]
    assert len(pages) == len(set(pages)) == client.stats().letters
    assert [letter.id for letter in client.all_letters(number="145 KH UBND")] == [ids["plan.txt"]]
    assert client.letters(from_=date(2019, 6, 1), to=date(2019, 6, 30)).items[0].identifier == "145/KH-UBND"


def test_search_tasks_citations_and_exports(client: Client, ids: Ids) -> None:
    found = client.search('"trang thiết bị"', facets=["type"], type="KH")
    assert [hit.id for hit in found.hits] == [ids["plan.txt"]]
    assert found.facets["type"]
    task = next(t for t in client.letter_tasks(ids["letter.txt"]) if t.deadline)
    assert client.set_task(task.id, "done", note="xong").history[-1].note == "xong"
    assert task.id in {t.id for t in client.tasks(status="done", due_before=date(2019, 12, 31)).items}
    [reference] = [r for r in client.references(ids["letter.txt"]).items if r.letter]
    assert reference.letter is not None
    assert reference.letter.id == ids["plan.txt"]
    assert [letter.id for letter in client.cited_by(ids["plan.txt"]).items][:1] != []
    assert any(node["id"] == ids["plan.txt"] for node in client.graph(ids["letter.txt"], steps=1).nodes)
    assert b"145/KH-UBND" in b"".join(client.export("csv", letter=ids["plan.txt"]))
    assert client.page(ids["letter-typed.pdf"], 1, width=300).startswith(b"\x89PNG")


def test_refusals_say_what_to_do(archive: tuple[str, Ids], client: Client) -> None:
    with Client(archive[0], key="cv_sai") as stranger, pytest.raises(ServiceError) as caught:
        stranger.stats()
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")
    assert caught.value.remedy
    with pytest.raises(ServiceError) as caught:
        client.search("nguoiki:An")
    assert caught.value.code == "invalid_query"
    with pytest.raises(ServiceError) as caught:
        list(client.export("khong-co"))
    assert caught.value.status in (400, 422)


def test_the_examples_of_the_readme_work(archive: tuple[str, Ids], tmp_path: Path) -> None:
    base, ids = archive
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8").split("## Clients")[1]
    examples = re.findall(r"^curl .*$", readme, re.MULTILINE)
    assert len(examples) == 7
    (tmp_path / "letter.pdf").write_bytes(TYPED.read_bytes())
    for example in examples:
        command = example.replace("http://127.0.0.1:8000", base).replace("curl", "curl --silent --show-error --fail-with-body", 1)
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=os.environ | {"KEY": ids["key"], "ID": ids["letter-typed.pdf"]}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, example + done.stdout + done.stderr
        assert "xlsx" in example or json.loads(done.stdout), example
    assert (tmp_path / "letters.xlsx").read_bytes().startswith(b"PK")


def test_a_busy_service_is_asked_again_and_writing_is_not_repeated() -> None:
    """A stand-in only for answers that a healthy service cannot be made to give at will: two refusals, then success."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        return httpx.Response(503, headers={"Retry-After": "0"}, json={"code": "busy"}) if len(seen) < 3 else httpx.Response(200, json={"items": [], "next_cursor": None})

    with Client("http://x", transport=httpx.MockTransport(answer)) as client:
        assert client.letters().items == []
        assert seen == ["GET"] * 3
        seen.clear()
        with pytest.raises(ServiceError):
            client.delete("0" * 24)
        assert seen == ["DELETE"]


def test_every_call_of_the_client_stands_in_the_openapi(archive: tuple[str, Ids]) -> None:
    base, ids = archive
    api = httpx.get(base + "/openapi.json").json()
    made: list[httpx.Request] = []
    with Client(base, key=ids["key"], retries=0) as client:
        client._http.event_hooks["request"].append(made.append)
        letter, plan = ids["letter.txt"], ids["plan.txt"]
        job = client.send([TYPED], wait=20)
        task = client.letter_tasks(letter)[0]
        calls = {
            "extract": lambda: client.extract(TYPED), "send": lambda: job, "job": lambda: client.job(job.id, state="done", limit=5), "wait": lambda: client.wait(job.id),
            "cancel": lambda: client.cancel(job.id), "retry": lambda: client.retry(job.id), "letters": lambda: client.letters(type="CV", issuer="x", number="1", cites="1", from_=date(2020, 1, 1), to=date(2020, 1, 1), year=2020, has_tasks=True, sort="date"),
            "all_letters": lambda: list(client.all_letters()), "letter": lambda: client.letter(plan, version=1), "correct": lambda: client.correct(plan, {"place": "Khánh Sơn"}, who="Lan"),
            "delete": lambda: client.delete("0" * 24), "source": lambda: client.source(plan), "page": lambda: client.page(ids["letter-typed.pdf"], 1, width=200), "references": lambda: client.references(plan), "cited_by": lambda: client.cited_by(plan), "graph": lambda: client.graph(plan),
            "search": lambda: client.search("x", facets=["year"], sort="date", type=["CV", "KH"], year="2019"), "tasks": lambda: client.tasks(status="open", assignee="Sở", due_after=date(2019, 1, 1)), "letter_tasks": lambda: client.letter_tasks(plan),
            "set_task": lambda: client.set_task(task.id, "open", note="n", owner="o", who="w"), "stats": client.stats, "export": lambda: list(client.export("csv", from_=date(2019, 1, 1))), "close": lambda: None,
        }
        assert set(calls) == {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}, "a method without a call here"
        for name, call in calls.items():
            with pytest.raises(ServiceError, match="not_found") if name == "delete" else nullcontext():
                call()
    assert len(made) >= len(calls) - 2
    for request in made:
        path, operation = next((p, m[request.method.lower()]) for p, m in sorted(api["paths"].items(), key=lambda item: item[0].count("{")) if request.method.lower() in m
                               and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", p), request.url.path))
        declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        assert set(request.url.params) <= declared, path
        if request.headers.get("content-type", "").startswith("application/json"):
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            model = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            assert set(json.loads(request.content)) <= set(model["properties"]), path
