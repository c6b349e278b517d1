"""Fits and judges the grade of a scanned page: python -m training.page_quality [--pages 24] [--seed 5]

First pages of corpus letters in five grades of scan, and each fourth ruined (60 to 90 dots an inch, strong blur, faint),
are read; the share of wrong characters is known, because the text is. Prints the coefficients of
:data:`models.reading.ocr.quality.WEIGHTS` by logistic regression, and how the shipped ones grade the pages.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from corpus.render.scan import GRADES
from models.reading.ocr.language import share_of_doubtful
from models.reading.ocr.page import read_page_image
from models.reading.ocr.quality import estimated_error
from models.reading.ocr.syllables import share_of_syllables
from training.benchmark_scans import DPI, rendered
from training.characters import free_errors

Image8 = NDArray[np.uint8]


def ruined(image: Image8, rng: Random) -> tuple[Image8, float]:
    """The page as a bad fax or a careless photograph shows it, at the size it had, and its true resolution."""
    dpi = rng.choice([60, 70, 80, 90])
    small = cv2.resize(image, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 0.9))
    faded = 255 - (255 - small.astype(np.float32)) * rng.uniform(0.3, 1.0)
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(2, 14), faded.shape)
    back = cv2.resize(np.clip(faded + noise, 0, 255).astype(np.uint8), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(back, dtype=np.uint8), float(dpi)


def measured(pages: int, seed: int) -> list[dict[str, Any]]:
    """For each page its grade of rendering, share of wrong characters, signs, and the grade it was given."""
    rng = Random(seed)
    rows: list[dict[str, Any]] = []
    for index, sample in enumerate(rendered(GRADES, -(-pages // len(GRADES)), 9, seed)):
        image, dpi = sample.pages[0], float(DPI)
        name = sample.grade
        if index % 4 == 3:
            image, dpi = ruined(image, rng)
            name = "ruined"
        reading = read_page_image(image, dpi=DPI, scan_dpi=dpi)
        text = "\n".join(line.text for line in reading.lines)
        errors, total = free_errors(sample.lines[0], text)
        syllables, _ = share_of_syllables(text)
        signs = (1.0, 1 - (reading.confidence or 0.0), 1 - syllables, share_of_doubtful(text)[0])
        rows.append({"grade": name, "cer": errors / max(1, total), "signs": signs, "quality": reading.quality, "size": total})
    return rows


def fit(rows: Sequence[dict[str, Any]], rounds: int = 4000) -> NDArray[np.float64]:
    """Coefficients that explain the shares of wrong characters (logistic, none of the signs may speak for a page)."""
    x = np.array([r["signs"] for r in rows])
    y = np.clip([r["cer"] for r in rows], 0.0005, 0.95)
    weights = np.array([-5.0, 5.0, 5.0, 5.0])
    for _ in range(rounds):
        odds = x @ weights
        # Errors of the logarithm of the odds: a page of 1% and one of 2% must be told apart as well as 20% and 40%.
        gradient = x.T @ (odds - np.log(y / (1 - y))) / len(y) + 0.002 * np.array([0, *weights[1:]])
        weights -= 0.8 * gradient
        weights[1:] = np.maximum(weights[1:], 0)
    return weights


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=25)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args(argv)
    rows = measured(arguments.pages, arguments.seed)
    print("coefficients:", np.round(fit(rows), 1).tolist())
    for row in sorted(rows, key=lambda r: float(r["cer"])):
        quality = row["quality"]
        error = estimated_error(1 - row["signs"][1], 1 - row["signs"][2], row["signs"][3])
        what = "no words" if quality is None else f"{quality.grade} ({quality.reason}) {quality.sharpness} {quality.contrast} {quality.specks}"
        print(f"{row['grade']:7} CER {row['cer']:.3f} estimated {error:.3f} {what} signs {[round(s, 3) for s in row['signs']]}")


if __name__ == "__main__":
    main()
