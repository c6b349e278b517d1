"""Time and memory of reading: python -m training.benchmark [--letters N] [--folder DIR]

Prints, of one core: milliseconds for typed PDFs of two pages in a batch (reading apart from the stages after it), milliseconds for text and
DOCX, what the stages after OCR add to a scan, how long the command takes to start work, and the memory that a thousand letters leave behind.
The PDFs are corpus letters set by the project's renderer; ``--folder`` takes letters of one's own instead.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.load import load
from corpus.render.__main__ import render
from models.letter import Source
from models.pipeline import extract, extract_document
from models.reading import read


def cpu_ms(work: Callable[[], object], *, repeats: int = 3) -> float:
    """Least processor time of some runs in milliseconds: what the work costs when nothing else disturbs it."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000


def batch(files: Sequence[tuple[str, bytes]]) -> tuple[float, float]:
    """Median milliseconds a letter: the whole, and the stages after reading."""
    whole, after = [], []
    for name, data in files:
        whole.append(cpu_ms(lambda n=name, d=data: extract(d, n)))  # type: ignore[misc]
        document = read(data, name)
        source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
        after.append(cpu_ms(lambda d=document, s=source: extract_document(d, s)))  # type: ignore[misc]
    return statistics.median(whole), statistics.median(after)


def rendered(form: str, count: int, *, pages: int | None = None) -> list[tuple[str, bytes]]:
    """Corpus letters in one form; with ``pages`` only those of so many pages."""
    found: list[tuple[str, bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, letter in enumerate(load("all")):
            if len(found) == count:
                break
            out = Path(folder, str(number))
            out.mkdir()
            render(letter, out, [form], "scan", number)
            path = next(p for p in sorted(out.iterdir()) if p.suffix not in (".json",))
            data = path.read_bytes()
            if pages is None or data.count(b"/Type /Page\n") == pages or len(read(data, path.name).pages) == pages:
                found.append((path.name, data))
    return found


def memory_mb() -> float:
    """Resident memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Print the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=12, help="letters a form")
    parser.add_argument("--thousand", type=int, default=1000, help="letters of the memory run")
    parser.add_argument("--scans", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="typed letters to time instead of rendered ones")
    arguments = parser.parse_args()
    if arguments.folder:
        own = [(p.name, p.read_bytes()) for p in sorted(arguments.folder.iterdir()) if p.suffix != ".json"]
        whole, after = batch(own)
        print(f"{len(own)} letters of {arguments.folder.name}: {whole:.0f} ms each, of which {after:.0f} after reading")
    else:
        for form, pages in (("pdf", 2), ("docx", None), ("txt", None)):
            files = rendered(form, arguments.letters, pages=pages)
            whole, after = batch(files)
            print(f"{form}{f' of {pages} pages' if pages else ''}: {whole:.0f} ms each (median of {len(files)}), of which {after:.0f} after reading")
    for name, data in rendered("scan", arguments.scans):
        start = time.process_time()
        document = read(data, name)
        reading = time.process_time() - start
        source = Source(media_type=document.media_type, sha256="", page_count=len(document.pages), text_origin=document.text_origin)
        after_ms = cpu_ms(lambda d=document, s=source: extract_document(d, s))  # type: ignore[misc]
        print(f"scan of {len(document.pages)} pages: {reading:.1f} s of reading, stages after it {after_ms:.0f} ms ({after_ms / reading / 10:.1f}%)")
    start_ms = []
    for _ in range(3):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "service.cli", "--help"], capture_output=True, check=True)
        start_ms.append((time.perf_counter() - begin) * 1000)
    print(f"command starts within {min(start_ms):.0f} ms (wall)")
    texts = [letter.text.encode() for letter in load("all")]
    for number in range(100):
        extract(texts[number % len(texts)], "thu.txt")
    gc.collect()
    before = memory_mb()
    for number in range(arguments.thousand):
        extract(texts[number % len(texts)], "thu.txt")
    gc.collect()
    print(f"memory after 100 letters {before:.0f} MB, after {arguments.thousand} more {memory_mb():.0f} MB")


if __name__ == "__main__":
    main()
