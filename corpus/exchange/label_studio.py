"""Label Studio (Apache-2.0): one task a letter, labels on text spans, the head of a mark in a text area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from corpus.exchange.spans import (
    ZONE_PREFIX,
    ExchangeError,
    LabelledSpan,
    from_spans,
    header_data,
    layout_data,
    to_spans,
)
from corpus.markup import MARK_NAMES
from corpus.model import AnnotatedLetter
from models.letter import Zone


def config() -> str:
    """The labelling interface: zones, marks, and a text area for the rest of a mark's head (ids, links, value)."""
    zones = "\n".join(f"    <Label value={quoteattr(ZONE_PREFIX + z.value)}/>" for z in Zone)
    marks = "\n".join(f"    <Label value={quoteattr(name)}/>" for name in [*sorted(MARK_NAMES), "task", "reference"])
    return f"""<View>
  <Labels name="zone" toName="text">
{zones}
  </Labels>
  <Labels name="mark" toName="text">
{marks}
  </Labels>
  <Text name="text" value="$text" granularity="character"/>
  <TextArea name="head" toName="text" perRegion="true" editable="true" placeholder="t1&lt;h1=bao_cao"/>
</View>
"""


def to_label_studio(letters: Iterable[AnnotatedLetter]) -> list[dict[str, Any]]:
    """Tasks for Label Studio's JSON import, each with one finished annotation."""
    return [_task(letter) for letter in letters]


def _task(letter: AnnotatedLetter) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    for number, span in enumerate(to_spans(letter)):
        zone = span.label.startswith(ZONE_PREFIX)
        region = {"start": span.start, "end": span.end, "text": letter.text[span.start : span.end]}
        results.append(
            {
                "id": f"{letter.id}-{number}",
                "from_name": "zone" if zone else "mark",
                "to_name": "text",
                "type": "labels",
                "value": {**region, "labels": [span.label if zone else _kind(span.label)]},
            }
        )
        if not zone:
            results.append(
                {
                    "id": f"{letter.id}-{number}",
                    "from_name": "head",
                    "to_name": "text",
                    "type": "textarea",
                    "value": {**region, "text": [span.label]},
                }
            )
    return {
        "data": {"text": letter.text, "header": header_data(letter.header), "layout": layout_data(letter)},
        "annotations": [{"result": results}],
    }


def _kind(head: str) -> str:
    name = head.partition("=")[0].partition("<")[0].partition(":")[0]
    if name[1:].isdigit():
        return "task" if name[0] == "t" else "reference"
    return name


def from_label_studio(task: Mapping[str, Any]) -> str:
    """Markup of one exported task (its first annotation that was not cancelled).

    Raises ExchangeError for annotations that are no letter: crossing labels, text in no zone, a task or reference
    without its head.
    """
    annotations = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
    if not annotations:
        raise ExchangeError("the task has no annotation", remedy="submit it in Label Studio before exporting")
    heads: dict[str, str] = {}
    for result in annotations[0]["result"]:
        if result.get("type") == "textarea" and result["value"].get("text"):
            heads[result["id"]] = str(result["value"]["text"][0]).strip()
    spans: list[LabelledSpan] = []
    for result in annotations[0]["result"]:
        if result.get("type") != "labels":
            continue
        value = result["value"]
        label = value["labels"][0]
        if not label.startswith(ZONE_PREFIX):
            head = heads.get(result["id"])
            if head is None and label in ("task", "reference"):
                raise ExchangeError(
                    f"{label} {value.get('text', '')[:30]!r} has no head",
                    remedy="write t1=bao_cao or r1 into its text area",
                )
            label = head or label
        spans.append(LabelledSpan(int(value["start"]), int(value["end"]), label))
    data = task["data"]
    return from_spans(data["text"], spans, data["header"], data.get("layout") or [])
