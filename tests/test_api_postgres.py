"""Two services over one PostgreSQL and one folder: both take letters, both read, each letter is read once."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import text
from starlette.testclient import TestClient

from service.app import create_app
from service.archive.database import reading, writing
from service.archive.schema import metadata
from service.archive.store import Store
from service.settings import Settings
from tests.conftest import LETTER
from tests.postgres import postgresql

__all__ = ["postgresql"]


def test_two_services_share_the_work(tmp_path: Path, postgresql: str) -> None:
    store = Store.open(tmp_path, postgresql)
    with writing(store.engine) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    settings = Settings(data=tmp_path, database_url=postgresql, workers=1, auth="off", rate_limit="")
    own = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 5)}
    with TestClient(create_app(settings), **own) as one, TestClient(create_app(settings), **own) as two:  # type: ignore[arg-type]
        jobs = []
        for n in range(24):
            service = (one, two)[n % 2]
            answer = service.post("/v1/letters", files=[("file", (f"{n}.txt", LETTER.replace("318/", f"{n + 1}/").encode()))])
            assert answer.status_code in (200, 202)
            jobs.append(answer.json()["id"])
        for n, job in enumerate(jobs):
            service = (two, one)[n % 2]  # each asks for what the other took
            for _ in range(300):
                if service.get(f"/v1/jobs/{job}").json()["finished_at"]:
                    break
                time.sleep(0.1)
            assert service.get(f"/v1/jobs/{job}").json()["progress"]["done"] == 1
        assert one.get("/v1/stats").json()["letters"] == 24
        assert one.get("/v1/letters", params={"number": "7/syt nvy"}).json()["items"][0]["identifier"] == "7/SYT-NVY"
        assert two.get("/v1/tasks", params={"assignee": "đơn vị"}).status_code == 200
        assert two.get("/readyz").status_code == 200
    with reading(store.engine) as connection:
        assert connection.execute(text("SELECT count(*), count(DISTINCT letter_id) FROM extractions")).one() == (24, 24)
        assert connection.execute(text("SELECT count(DISTINCT worker) FROM job_files WHERE attempts = 1")).scalar() == 2
    store.close()
