"""``congvan search`` and ``congvan reindex``: the archive of this machine, searched without a server."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from typing import Annotated, Any

import typer


def search(
    query: Annotated[list[str], typer.Argument(metavar="QUERY…", help="Words, numbers, dates, \"phrases\", fields such as so:168-KH/TU or tu:2024-01-01 (service/archive/search/QUERY.md).")],
    facets: Annotated[str, typer.Option("--facets", "-f", metavar="NAME,NAME", help="Count the letters found by type, issuer, level, province, year, urgency, task …")] = "",
    sort: Annotated[str, typer.Option("--sort", help="relevance, -date, date, -added or due.")] = "relevance",
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, max=200)] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Search the archive. A query that breaks the syntax is explained, with exit status 1."""
    from models.errors import CongvanError
    from service.archive.search.index import SearchIndex
    from service.commands.archive import archive

    with archive() as store:
        try:
            index = SearchIndex.open(store)
            index.catch_up(store)
            found = index.search(" ".join(query), facets=[name for name in facets.split(",") if name], sort=sort, limit=limit)
        except CongvanError as error:
            print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
            raise typer.Exit(1) from error
    if as_json:
        json.dump(asdict(found), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        _show(asdict(found))


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    about = "khoảng " if found["approximate"] else ""
    nearly = " (có văn bản chỉ khớp phần lớn câu hỏi)" if found["widened"] else ""
    console.print(f"{about}{found['total']:,} văn bản{nearly}")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Số, ký hiệu", "Ngày", "Cơ quan ban hành", "Trích yếu và đoạn khớp"):
        table.add_column(name, overflow="fold")
    for hit in found["hits"]:
        letter = hit["letter"]
        shown = Text(letter["subject"] or letter["filename"] or "", style="bold")
        for part in hit["fragments"][:1]:
            line = Text("\n" + part["text"].replace("\n", " "), style="not bold")
            for start, end in part["marks"]:
                line.stylize("reverse", start + 1, end + 1)
            shown.append_text(line)
        table.add_row(letter["identifier"] or "", letter["date"] or "", letter["issuer"] or "", shown)
    console.print(table)
    for name, values in found["facets"].items():
        console.print(f"{name}: " + ", ".join(f"{one['value']} {one['count']}" for one in values[:12]))


def reindex(
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="Processes that prepare letters at the same time; default: all cores.")] = os.cpu_count() or 1,
) -> None:
    """Make the search index anew from the archive. The old index answers until the new one is there."""
    from models.errors import CongvanError
    from service.archive.search.index import SearchIndex
    from service.commands.archive import archive

    start = time.monotonic()
    with archive() as store:
        try:
            count = SearchIndex.open(store).rebuild(store, processes=jobs)
        except CongvanError as error:
            print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
            raise typer.Exit(1) from error
    print(f"congvan: {count} letters indexed in {time.monotonic() - start:.1f} s", file=sys.stderr)
