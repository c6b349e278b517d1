"""The notebooks run from the first cell to the last, and those in the repository are executed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"


def _builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebooks_build", FOLDER / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["notebooks_build"] = module
    spec.loader.exec_module(module)
    return module


BUILDER = _builder()


@pytest.mark.parametrize("name", BUILDER.NOTEBOOKS)
def test_notebook_runs(name: str) -> None:
    notebook = BUILDER.build(name)
    assert all(cell.outputs for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("name", BUILDER.NOTEBOOKS)
def test_stored_notebook_is_the_written_one_executed(name: str) -> None:
    stored = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    assert [cell.source for cell in stored.cells] == [text for _, text in BUILDER.NOTEBOOKS[name]]
    assert all(cell.outputs for cell in stored.cells if cell.cell_type == "code")
