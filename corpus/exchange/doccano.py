"""doccano (MIT): sequence labelling with overlapping spans, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from corpus.exchange.spans import LabelledSpan, from_spans, header_data, layout_data, to_spans
from corpus.model import AnnotatedLetter


def to_doccano(letters: Iterable[AnnotatedLetter]) -> Iterator[str]:
    """Lines for doccano's JSONL import; the project needs "allow overlapping entities"."""
    for letter in letters:
        yield json.dumps(
            {
                "text": letter.text,
                "label": [[s.start, s.end, s.label] for s in to_spans(letter)],
                "header": header_data(letter.header),
                "layout": layout_data(letter),
            },
            ensure_ascii=False,
        )


def from_doccano(line: str | Mapping[str, Any]) -> str:
    """Markup of one exported line, in either of doccano's forms. Raises ExchangeError, or ValueError for no JSON."""
    record = json.loads(line) if isinstance(line, str) else line
    labels = record.get("label") or record.get("entities") or []
    spans: list[LabelledSpan] = []
    for item in labels:
        if isinstance(item, Mapping):
            spans.append(LabelledSpan(int(item["start_offset"]), int(item["end_offset"]), str(item["label"])))
        else:
            spans.append(LabelledSpan(int(item[0]), int(item[1]), str(item[2])))
    return from_spans(record["text"], spans, record["header"], record.get("layout") or [])
