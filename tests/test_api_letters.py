"""Letters of the archive over HTTP: lists, ETags, corrections, pages, citations, tasks, deletion for good."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from models.letter import Extraction
from service.app import create_app
from service.settings import Settings
from tests.conftest import LETTER

TYPED = Path(__file__).parent.parent / "corpus" / "samples" / "letter-typed.pdf"
PLAN = """ỦY BAN NHÂN DÂN        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH KHÁNH SƠN        Độc lập - Tự do - Hạnh phúc
Số: 145/KH-UBND        Khánh Sơn, ngày 20 tháng 6 năm 2019

KẾ HOẠCH
Đầu tư trang thiết bị y tế

Ủy ban nhân dân tỉnh ban hành kế hoạch đầu tư trang thiết bị y tế giai đoạn 2019 - 2025.
1. Sở Y tế chủ trì thực hiện, báo cáo trước ngày 01/7/2019.

Nơi nhận:        TM. ỦY BAN NHÂN DÂN
- Sở Y tế;        CHỦ TỊCH
- Lưu: VT.
        Lê Văn Bình
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), workers=1, auth="off")
    with TestClient(create_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def put(client: TestClient, name: str, data: bytes) -> str:
    answer = client.post("/v1/letters", params={"wait": 60}, files=[("file", (name, data))])
    assert answer.json()["progress"]["done"] == 1, answer.text
    id: str = answer.json()["files"][0]["letter_id"]
    return id


@pytest.fixture(scope="module")
def ids(client: TestClient) -> dict[str, str]:
    return {"letter": put(client, "cv.txt", LETTER.encode()), "plan": put(client, "kh.txt", PLAN.encode()), "pdf": put(client, "tờ trình.pdf", TYPED.read_bytes())}


@pytest.mark.parametrize(("query", "names"), [
    ({}, {"letter", "plan", "pdf"}), ({"type": "KH"}, {"plan"}), ({"issuer": "sở y tế"}, {"letter"}), ({"number": "318 syt nvy"}, {"letter"}), ({"cites": "145-KH/UBND"}, {"letter"}),
    ({"from": "2019-08-01", "to": "2019-08-31"}, {"letter"}), ({"place": "Khánh Sơn"}, {"letter", "plan"}), ({"year": 1999}, set()), ({"secrecy": "mat"}, set()),
    ({"has_deadline": True, "place": "Khánh Sơn"}, {"letter", "plan"}), ({"status": "done"}, set()), ({"status": "open", "type": "KH"}, {"plan"}),
])
def test_filters(client: TestClient, ids: dict[str, str], query: dict[str, Any], names: set[str]) -> None:
    answer = client.get("/v1/letters", params=query).json()
    assert {item["id"] for item in answer["items"]} == {ids[name] for name in names}
    assert answer["next_cursor"] is None


def test_pages_of_a_list_are_followed_to_their_end(client: TestClient, ids: dict[str, str]) -> None:
    seen, cursor = [], None
    while True:
        answer = client.get("/v1/letters", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids.values())


@pytest.mark.parametrize(("query", "status", "code"), [
    ({"limit": 1001}, 422, "invalid_request"), ({"limit": 0}, 422, "invalid_request"), ({"cursor": "zzz"}, 400, "invalid_cursor"), ({"sort": "name"}, 422, "invalid_request"),
    ({"from": "32/13/2020"}, 422, "invalid_request"), ({"issuer": "a\0b"}, 400, "bad_request"),
])
def test_wrong_queries_are_problems(client: TestClient, query: dict[str, Any], status: int, code: str) -> None:
    answer = client.get("/v1/letters", params=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_letter_is_its_extraction_and_an_etag_spares_sending_it(client: TestClient, ids: dict[str, str]) -> None:
    answer = client.get(f"/v1/letters/{ids['letter']}")
    assert Extraction.model_validate(answer.json()).identifier.value == "318/SYT-NVY"  # type: ignore[union-attr]
    assert client.get(f"/v1/letters/{ids['letter']}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.get("/v1/letters/" + "0" * 24).status_code == 404


def test_a_correction_keeps_the_machines_value_and_two_people_do_not_overwrite_each_other(client: TestClient, ids: dict[str, str]) -> None:
    url = f"/v1/letters/{ids['plan']}"
    before = client.get(url)
    body = {"corrections": [{"field": "subject", "value": "Đầu tư thiết bị"}, {"field": "signer.name", "value": None}], "who": "chi.lan"}
    after = client.patch(url, json=body, headers={"If-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["subject"]["value"] == "Đầu tư thiết bị"
    assert after.headers["etag"] != before.headers["etag"]
    noted = {c["path"]: c for c in after.json()["archive"]["corrections"]}
    assert noted["signer.name"]["machine_value"] == "Lê Văn Bình"
    assert noted["subject"]["who"] == "chi.lan"
    late = client.patch(url, json=body, headers={"If-Match": before.headers["etag"]})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert client.get(url, params={"version": 1}).json()["signer"]["name"]["value"] == "Lê Văn Bình"


@pytest.mark.parametrize("body", [
    {"corrections": []}, {}, {"corrections": [{"field": "text", "value": "x"}]}, {"corrections": [{"field": "subject", "value": 5}]},
    {"corrections": [{"field": "subject", "value": "fine"}, {"field": "tasks.99.text", "value": "x"}]}, {"corrections": [{"field": "subject", "value": {"a": [1]}}]},
])
def test_wrong_corrections_change_nothing(client: TestClient, ids: dict[str, str], body: dict[str, Any]) -> None:
    url = f"/v1/letters/{ids['letter']}"
    before = client.get(url).headers["etag"]
    assert client.patch(url, json=body).status_code == 422
    assert client.get(url).headers["etag"] == before


def test_pages_with_and_without_boxes(client: TestClient, ids: dict[str, str]) -> None:
    url = f"/v1/letters/{ids['pdf']}/pages/1.png"
    plain = client.get(url, params={"width": 500})
    assert Image.open(BytesIO(plain.content)).width == 500
    framed = {boxes: client.get(url, params={"width": 500, "boxes": boxes}).content for boxes in ("none", "zones", "fields")}
    assert len(set(framed.values())) == 3
    assert client.get(url, params={"width": 500}, headers={"If-None-Match": plain.headers["etag"]}).status_code == 304
    assert client.get(f"/v1/letters/{ids['pdf']}/pages/99.png").json()["code"] == "page_not_found"
    assert client.get(f"/v1/letters/{ids['letter']}/pages/1.png").json()["code"] == "no_page_pictures"


def test_the_source_comes_back_as_an_attachment(client: TestClient, ids: dict[str, str]) -> None:
    answer = client.get(f"/v1/letters/{ids['pdf']}/source")
    assert answer.content == TYPED.read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"  # a letter in HTML must not run as a page of ours
    assert client.get(f"/v1/letters/{ids['pdf']}/source", headers={"Range": "bytes=0-3"}).content == b"%PDF"


def test_citations_lead_to_letters_of_the_archive_and_back(client: TestClient, ids: dict[str, str]) -> None:
    cited = client.get(f"/v1/letters/{ids['letter']}/references").json()["items"]
    assert [(r["identifier"], (r["letter"] or {}).get("id")) for r in cited] == [("145/KH-UBND", ids["plan"])]
    assert [letter["id"] for letter in client.get(f"/v1/letters/{ids['plan']}/cited-by").json()["items"]] == [ids["letter"]]
    graph = client.get(f"/v1/letters/{ids['letter']}/graph").json()
    assert (ids["letter"], ids["plan"]) in {(edge["source"], edge["target"]) for edge in graph["edges"]}
    drawing = client.get(f"/v1/letters/{ids['letter']}/graph", params={"format": "svg"})
    assert drawing.headers["content-type"].startswith("image/svg+xml")
    assert "318/SYT-NVY" in drawing.text


def test_tasks_by_deadline_and_their_history(client: TestClient, ids: dict[str, str]) -> None:
    tasks = client.get("/v1/tasks", params={"due_after": "2019-08-01", "due_before": "2019-08-31"}).json()["items"]
    assert [(t["letter_id"], t["deadline"], t["types"]) for t in tasks] == [(ids["letter"], "2019-08-30", tasks[0]["types"])]
    assert tasks[0]["id"] in {t["id"] for t in client.get(f"/v1/letters/{ids['letter']}/tasks").json()["items"]}
    changed = client.patch(f"/v1/tasks/{tasks[0]['id']}", json={"status": "done", "note": "đã gửi", "who": "anh.ba", "owner": "Phòng Nghiệp vụ Y"}).json()
    assert (changed["status"], changed["owner"]) == ("done", "Phòng Nghiệp vụ Y")
    assert [(h["status_before"], h["status_after"], h["who"], h["note"]) for h in changed["history"]] == [("open", "done", "anh.ba", "đã gửi")]
    assert tasks[0]["id"] in {t["id"] for t in client.get("/v1/tasks", params={"status": "done", "owner": "Phòng Nghiệp vụ Y"}).json()["items"]}
    assert client.patch(f"/v1/tasks/{tasks[0]['id']}", json={"status": "xong"}).status_code == 422
    assert client.patch(f"/v1/tasks/{'0' * 24}-{'0' * 10}", json={"status": "done"}).status_code == 404
    assert client.get("/v1/stats").json()["tasks"]["done"] == 1


def test_deleted_for_good(client: TestClient) -> None:
    secret = "Bản đồ kho lương thực số hiệu bảy bảy chín"
    id = put(client, "xóa.txt", LETTER.replace("318/", "319/").replace("Rà soát số trang thiết bị hiện có", secret).encode())
    url = f"/v1/letters/{id}"
    mark = client.get(url).headers["etag"]
    assert client.delete(url, headers={"If-Match": '"cũ"'.encode()}).status_code == 412
    assert client.delete(url, headers={"If-Match": mark}).status_code == 204
    for path in ("", "/source", "/tasks", "/references", "/cited-by", "/graph", "/duplicates", "/pages/1.png"):
        assert client.get(url + path).status_code == 404, path
    data = client.app.state.settings.data  # type: ignore[attr-defined]
    assert [path for path in data.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(("setting", "status"), [("flag", "done"), ("no_search", "done"), ("refuse", "failed")])
def test_letters_under_a_secrecy_mark(tmp_path: Path, setting: Any, status: str) -> None:
    marked = LETTER.replace("V/v rà soát", "MẬT\nV/v rà soát").encode()
    with TestClient(create_app(Settings(data=tmp_path, workers=1, auth="off", secret_letters=setting)), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        once = client.post("/v1/extract", files={"file": ("m.txt", marked)})
        kept = client.post("/v1/letters", params={"wait": 60}, files=[("file", ("m.txt", marked))]).json()["files"][0]
        assert kept["state"] == status
        if setting == "refuse":
            assert (once.status_code, once.json()["code"], kept["error"]["code"]) == (422, "secret_letter", "secret_letter")
            assert list(client.app.state.store.blobs.names()) == []  # type: ignore[attr-defined]
        else:
            assert "secrecy" in [w["code"] for w in once.json()["warnings"]]
            assert client.get("/v1/letters", params={"secrecy": "mat"}).json()["items"][0]["id"] == kept["letter_id"]
