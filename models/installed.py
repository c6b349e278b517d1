"""Trained weights of an installation: found beside the package, loaded once a process, exchangeable for evaluation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Generic, TypeVar

Model = TypeVar("Model")


class Installed(Generic[Model]):
    """One model of the installation. Safe to share between threads.

    ``weights`` is the path of its file or folder below ``models/``, ``known`` the file that must be there (the weights
    themselves where it is empty), ``load`` makes the model from that path.
    """

    def __init__(self, weights: str, load: Callable[[Path], Model], known: str = "") -> None:
        self._weights, self._load, self._known = weights, load, known
        self._lock = threading.Lock()
        self._other: Path | None = None
        self._loaded: dict[Path, Model | None] = {}

    def get(self) -> Model | None:
        """The model, loaded when first asked for; None where its weights are not installed (the rules decide then)."""
        with self._lock:
            path = self._other or Path(str(files("models").joinpath(self._weights)))
            if path not in self._loaded:
                self._loaded[path] = self._load(path) if (path / self._known).is_file() else None
            return self._loaded[path]

    def use(self, path: Path | None) -> None:
        """Let :meth:`get` give the weights at ``path`` in this process (none where there are none), None for the installation's own again.

        For evaluation: what is shipped may have seen the letters that are judged.
        """
        with self._lock:
            self._other = path
