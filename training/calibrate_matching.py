"""Calibration of the title threshold by which a citation without a number is matched to a stored letter.

    python -m training.calibrate_matching              precision and recall by threshold, and the threshold in force

The archive is the subjects of the corpus letters, and beside each the rivals that offices really have: the same subject
of another year, another instalment ("đợt 2"), another place, and its supplement or repeal. Every subject is cited once
as citations spell it: whole, with abbreviations, without its tail, with letters misread, with tones lost. A citation
matched to its letter is right; matched to another, or to any where the archive lacks the letter, wrong.
"""

from __future__ import annotations

import argparse
import heapq
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import corpus
from models.references.matching import TITLE_THRESHOLD, TitleKey, choose, title_likeness
from models.text import fold

PRECISION_WANTED = 0.99
_SHORT = (
    ("ủy ban nhân dân", "UBND"), ("hội đồng nhân dân", "HĐND"), ("thành phố", "TP"), ("liên đoàn lao động", "LĐLĐ"),
    ("giai đoạn", "gđ"), ("công chức, viên chức", "CCVC"),
)  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Pair:
    """A title as cited, and the archive's subject that it means; None where the archive lacks the letter."""

    cited: str
    meant: str | None
    spelling: str


def rivals(subject: str, rng: random.Random) -> list[str]:
    """Other documents' subjects that look like this one."""
    found = [f"{subject} (đợt 2)", f"bãi bỏ văn bản về {subject}"]
    if year := _YEAR.search(subject):
        found.append(subject.replace(year[0], str(int(year[0]) + 1)))
    words = subject.split()
    if len(words) > 6:
        found.append(" ".join([*words[:-2], rng.choice(["trên địa bàn huyện", "tại các trường học", "của khối đảng"])]))
    return found


def spellings(subject: str, rng: random.Random) -> dict[str, str]:
    """How a citation may spell a subject."""
    short = subject
    for full, abbreviation in _SHORT:
        short = re.sub(full, abbreviation, short, flags=re.IGNORECASE)
    words = subject.split()
    out = {
        "whole": subject,
        "one letter in 25 misread": "".join(rng.choice("aeiou ") if rng.random() < 0.04 else c for c in subject),
        "tones lost": fold(subject),
    }
    if short != subject:
        out["abbreviated"] = short
    if len(words) > 9:
        out["without its last two words"] = " ".join(words[:-2])
    return out


def pairs(seed: int = 11) -> tuple[list[str], list[Pair]]:
    """The archive's subjects, and the citations. A fifth of the letters is not in the archive, their rivals are."""
    rng = random.Random(seed)
    subjects = sorted({s.strip() for letter in corpus.load() if (m := letter.first("subject")) and len(s := letter.joined(m)) > 12})
    archive: list[str] = []
    cited: list[Pair] = []
    for subject in subjects:
        stored = rng.random() >= 0.2
        archive += [subject] if stored else []
        archive += rivals(subject, rng)
        cited += [Pair(text, subject if stored else None, name) for name, text in spellings(subject, rng).items()]
    return archive, cited


def judge(archive: Sequence[str], cited: Sequence[Pair]) -> list[tuple[Pair, list[tuple[float, str]]]]:
    """Every citation with the likest subjects."""
    keys = [(TitleKey.of(subject), subject) for subject in archive]
    out = []
    for pair in cited:
        wanted = TitleKey.of(pair.cited)
        scored = ((title_likeness(wanted, key), subject) for key, subject in keys)
        out.append((pair, heapq.nlargest(3, scored)))
    return out


def at(threshold: float, judged: Sequence[tuple[Pair, list[tuple[float, str]]]]) -> tuple[float, float]:
    """Precision and recall of the matcher's choice at a threshold."""
    right = wrong = wanted = 0
    for pair, scored in judged:
        wanted += pair.meant is not None
        if best := choose(scored, threshold):
            right += best[1] == pair.meant
            wrong += best[1] != pair.meant
    return right / (right + wrong) if right + wrong else 1.0, right / wanted if wanted else 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; exit 1 where the threshold in force is no longer precise enough."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args(argv)
    archive, cited = pairs()
    judged = judge(archive, cited)
    print(f"{len(archive)} subjects, {len(cited)} citations")
    print(f"{'threshold':>9} {'precision':>10} {'recall':>7}")
    table = {float(t): at(t, judged) for t in range(70, 100, 2)}
    for threshold, (precision, recall) in table.items():
        print(f"{threshold:9.0f} {precision:10.4f} {recall:7.4f}{'  in force' if threshold == TITLE_THRESHOLD else ''}")
    enough = [t for t, (precision, _) in table.items() if precision >= PRECISION_WANTED]
    best = max(enough, key=lambda t: table[t][1], default=None)
    print(f"most recall at precision {PRECISION_WANTED}: {best}")
    for name in sorted({p.spelling for p in cited}):
        print(f"  {name:<28} recall {at(TITLE_THRESHOLD, [(p, s) for p, s in judged if p.spelling == name])[1]:.3f}")
    return 0 if at(TITLE_THRESHOLD, judged)[0] >= PRECISION_WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
