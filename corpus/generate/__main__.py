"""``python -m corpus.generate --count 20000 --seed 7 > letters.jsonl``: one generated letter with its gold a line.

``--form extraction`` gives the perfect extraction (CONTRACT section 1) instead, beside what the letter's author noted of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.generate import generate
from corpus.gold import to_extraction, to_gold
from corpus.load import load


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m corpus.generate", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", choices=["train", "dev", "test", "all"], default="train")
    parser.add_argument("--form", choices=["gold", "extraction"], default="gold")
    parser.add_argument("--out", type=Path, help="file to write; default: standard output")
    arguments = parser.parse_args(argv)
    if arguments.count < 1:
        parser.error("--count must be at least 1")
    letters = list(load(arguments.split))
    stream = arguments.out.open("w", encoding="utf-8") if arguments.out else sys.stdout
    made = 0
    try:
        for one in generate(letters, arguments.count, arguments.seed):
            record: dict[str, Any] = {"id": one.letter.id, "base": one.base, "edits": one.edits}
            if arguments.form == "gold":
                record |= {"text": one.letter.text, "gold": to_gold(one.letter)}
            else:
                header = one.letter.header
                record |= {"topic": header.topic, "province": header.province, "extraction": to_extraction(one.letter).to_dict()}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            made += 1
    finally:
        if arguments.out:
            stream.close()
    print(f"{made} letters out of {len(letters)}", file=sys.stderr)
    return 0 if made == arguments.count else 1


if __name__ == "__main__":
    sys.exit(main())
