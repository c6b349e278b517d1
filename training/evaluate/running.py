"""Reading the letters of a set and counting them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from models.confidence import rate
from models.errors import CongvanError
from models.letter import Extraction, Source
from models.pipeline import extract_document
from models.reading import read
from models.tasks.classifier import use
from training.calibrate import judge
from training.evaluate.counting import Counts, LetterCount, count, count_zones
from training.evaluate.sets import Case


@dataclass(slots=True)
class Result:
    """What came out for one case: counts, errors, and every value's kind, confidence and whether it was right."""

    letter: str
    form: str
    slices: dict[str, str]
    counts: dict[str, Counts]
    errors: list[dict[str, Any]] = field(default_factory=list)
    confidences: list[tuple[str, float, bool]] = field(default_factory=list)
    sure_and_wrong: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    failure: str | None = None

    @property
    def key(self) -> str:
        """Names the case in results."""
        return f"{self.letter} · {self.form}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


SURE = 0.95
"""From this confidence on a value counts as sure."""


def run(case: Case) -> Result:
    """Read one case and count it; what cannot be read counts as having found nothing."""
    start = time.process_time()
    try:
        document = read(case.data, case.filename)
        source = Source(filename=case.filename, media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
        extraction = extract_document(document, source)
    except CongvanError as error:
        return Result(case.letter, case.form, case.slices, count(case.gold, {}).counts, failure=error.code)
    seconds = time.process_time() - start
    counted = count(case.gold, extraction.model_dump(mode="json"))
    if case.zones is not None:
        _zones(counted, extraction, case.zones)
    rated = list(rate(document, extraction))
    result = Result(case.letter, case.form, case.slices, counted.counts, counted.errors, seconds=round(seconds, 4))
    for item, judged in judge(rated, extraction, case.gold, case.form):
        result.confidences.append((judged.kind, item.value.confidence, judged.right))
        if item.value.confidence >= SURE and not judged.right:
            result.sure_and_wrong.append({"field": judged.kind, "confidence": item.value.confidence, "value": judged.value})
    return result


def run_all(cases: Iterable[Case], *, jobs: int = 1, types: Path | None = None) -> Iterator[Result]:
    """Every case in turn, in ``jobs`` processes; those use the task-type weights in ``types``."""
    if jobs <= 1:
        yield from map(run, cases)
        return
    with ProcessPoolExecutor(jobs, initializer=use, initargs=(types,)) as pool:
        yield from pool.map(run, cases, chunksize=4)


def _zones(counted: LetterCount, extraction: Extraction, wanted: Sequence[tuple[str, str]]) -> None:
    """Zones line by line; the lines of the text read are found again by their words, in order."""
    lines: list[tuple[str, str]] = []
    offset = 0
    for line in extraction.text.split("\n"):
        if line.strip():
            zone = next((str(s.zone) for s in extraction.segments if s.span[0] <= offset + len(line) / 2 < s.span[1]), "")
            lines.append((" ".join(line.split()), zone))
        offset += len(line) + 1
    found: list[str | None] = [None] * len(wanted)
    matcher = SequenceMatcher(None, [" ".join(text.split()) for text, _ in wanted], [text for text, _ in lines], autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            found[block.a + step] = lines[block.b + step][1]
    count_zones(counted, [zone for _, zone in wanted], found)
