"""What is shipped for running the service elsewhere says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from service.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent


def test_every_setting_that_deployment_names_exists() -> None:
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    for path in ("Dockerfile", "compose.yaml", "service/deploy/congvan.service", "service/deploy/README.md"):
        used = set(re.findall(r"CONGVAN_[A-Z_]+", (ROOT / path).read_text(encoding="utf-8")))
        assert used - names - {"CONGVAN_URL", "CONGVAN_KEY"} == set(), path


def test_compose_uses_secrets_that_it_declares_and_publishes_nothing_beyond_this_machine() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert {name for service in composed["services"].values() for name in service["secrets"]} == set(composed["secrets"])
    assert all(port.startswith("127.0.0.1:") for service in composed["services"].values() for port in service.get("ports", []))
    assert {volume.split(":")[0] for service in composed["services"].values() for volume in service["volumes"]} == set(composed["volumes"])


def test_the_image_installs_what_setup_installs_and_copies_every_package() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    setup = (ROOT / ".ci" / "setup").read_text(encoding="utf-8")
    needed = re.search(r"^packages=\((.*)\)$", setup, re.MULTILINE)
    assert needed
    assert [name for name in needed[1].split() if name not in image] == []
    assert set(re.findall(r"^COPY (\w+) \w+$", image, re.MULTILINE)) == {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}


def test_settings_are_read_from_the_folder_of_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "congvan_database_url").write_text("postgresql://congvan:x@db/congvan", encoding="utf-8")
    monkeypatch.delenv("CONGVAN_DATABASE_URL", raising=False)
    assert Settings(_secrets_dir=str(tmp_path)).database_url == "postgresql://congvan:x@db/congvan"
