"""``python -m service.archive.benchmarks.search [LETTERS.jsonl]``: how well and how fast the archive is searched.

LETTERS.jsonl comes from ``python -m corpus.generate --count 20000 --seed 7 --form extraction``, which is run when no file is
given. Prints, by family of query, nDCG@10 and recall of the archive's search beside Tantivy as it comes (default tokenizer,
BM25, any word) and SQLite FTS5 (``unicode61 remove_diacritics 2``, BM25; any word, and all words).
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from math import log2
from pathlib import Path
from statistics import fmean

import tantivy

from service.archive.benchmarks.clerk import FAMILY as CLERK
from service.archive.benchmarks.clerk import clerk_queries
from service.archive.benchmarks.queries import FAMILIES, Judged, Letter, queries, read_letters
from service.archive.search.index import SearchIndex, fill

DEEP = 100
Engine = Callable[[str], list[str]]
"""A query's letters, best first, at most :data:`DEEP`."""


def ndcg(ranked: Sequence[str], grades: dict[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), gain 2^grade - 1."""
    def total(values: Sequence[int]) -> float:
        return float(sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(values)))

    best = total(sorted(grades.values(), reverse=True)[:depth])
    return total([grades.get(id, 0) for id in ranked[:depth]]) / best if best else 0.0


def recall(ranked: Sequence[str], grades: dict[str, int]) -> float:
    """Of the letters of the best grade (as many as fit), the share among the first :data:`DEEP`."""
    top = max(grades.values())
    wanted = {id for id, grade in grades.items() if grade == top}
    return len(wanted.intersection(ranked[:DEEP])) / min(len(wanted), DEEP)


def ours(letters: list[Letter], room: Path) -> tuple[Engine, SearchIndex]:
    """The archive's search."""
    index = SearchIndex(room)
    fill(index, ((letter.id, letter.extraction) for letter in letters))

    def engine(text: str) -> list[str]:
        return [hit.id for hit in index.search(re.sub(r'[()":]|(?<!\w)-', " ", text), limit=DEEP, highlight=False).hits]

    return engine, index


def plain_tantivy(letters: list[Letter]) -> Engine:
    """Tantivy with its default tokenizer over the letters' text."""
    schema = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw").add_text_field("text").build()
    index = tantivy.Index(schema)
    writer = index.writer(256_000_000, 1)
    for letter in letters:
        writer.add_document(tantivy.Document(id=letter.id, text=letter.extraction["text"]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()

    def engine(text: str) -> list[str]:
        searcher = index.searcher()
        query = index.parse_query(" ".join(re.findall(r"\w+", text)), ["text"])
        return [str(searcher.doc(address).get_first("id")) for _, address in searcher.search(query, DEEP).hits]

    return engine


def fts5(letters: list[Letter]) -> tuple[Engine, Engine]:
    """SQLite FTS5 without diacritics: any word, all words."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, text, tokenize = 'unicode61 remove_diacritics 2')")
    database.executemany("INSERT INTO t VALUES (?, ?)", ((letter.id, letter.extraction["text"]) for letter in letters))

    def engine(joint: str) -> Engine:
        def run(text: str) -> list[str]:
            match = joint.join(f'"{word}"' for word in re.findall(r"\w+", text))
            return [row[0] for row in database.execute("SELECT id FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?", (match, DEEP))]

        return run

    return engine(" OR "), engine(" ")


def table_of(asked: list[Judged], engines: dict[str, Engine]) -> dict[str, dict[str, tuple[float, float]]]:
    """Family -> engine -> mean (nDCG@10, recall)."""
    out: dict[str, dict[str, tuple[float, float]]] = {}
    ranked = {name: [engine(one.text) for one in asked] for name, engine in engines.items()}
    groups: dict[str, list[int]] = {family: [n for n, one in enumerate(asked) if one.family == family] for family in (*FAMILIES, CLERK)}
    groups["all typed without marks"] = [n for n, one in enumerate(asked) if "no marks" in one.family]
    groups["all"] = list(range(len(asked)))
    for family, numbers in groups.items():
        if numbers:
            out[family] = {
                name: (fmean(ndcg(found[n], asked[n].grades) for n in numbers), fmean(recall(found[n], asked[n].grades) for n in numbers)) for name, found in ranked.items()
            }
    return out


def _letters(path: Path | None, count: int) -> Iterator[Letter]:
    if path is not None:
        with path.open(encoding="utf-8") as file:
            yield from read_letters(file)
        return
    command = [sys.executable, "-m", "corpus.generate", "--count", str(count), "--seed", "7", "--split", "all", "--form", "extraction"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        yield from read_letters(process.stdout)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m service.archive.benchmarks.search", description=__doc__)
    parser.add_argument("letters", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=20, help="queries of each family")
    parser.add_argument("--half", choices=["tune", "test", "both"], default="both", help="only the queries of even or odd number")
    parser.add_argument("--show", metavar="FAMILY", help="print the queries of a family with nDCG of each engine")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(argv)
    letters = list(_letters(arguments.letters, arguments.count))
    asked = [*queries(letters, arguments.each), *clerk_queries(letters)]
    if arguments.half != "both":
        asked = [one for n, one in enumerate(asked) if n % 2 == (arguments.half == "test")]
    with tempfile.TemporaryDirectory(prefix="congvan-search-") as room:
        any_word, all_words = fts5(letters)
        mine, _ = ours(letters, Path(room))
        engines = {"archive": mine, "Tantivy as it comes": plain_tantivy(letters), "FTS5 any word": any_word, "FTS5 all words": all_words}
        found = table_of(asked, engines)
        if arguments.show:
            for one in asked:
                if one.family == arguments.show:
                    scores = ", ".join(f"{name} {ndcg(engine(one.text), one.grades):.2f}" for name, engine in engines.items())
                    print(f"  {one.text!r} ({len(one.grades)} letters): {scores}")
    print(f"{len(letters):,} letters, {len(asked)} queries; nDCG@10 / recall@{DEEP} of the best grade")
    print(f"{'family':28}" + "".join(f"{name:>22}" for name in engines))
    for family, row in found.items():
        print(f"{family:28}" + "".join(f"{row[name][0]:>14.3f} / {row[name][1]:.3f}" for name in engines))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
