"""Trains the reader of handwritten numbers, days and months: python -m training.digits --fonts DIR

    python -m training.digits --make FILE --count 24000 --seed 1 --fonts DIR    draw pictures (11 ms each) and keep them
    python -m training.digits --train FILE… --test FILE --epochs 6              train on them and write the weights
    python -m training.digits --test FILE                                       the figures of the weights that ship

``--fonts`` names a folder of handwriting fonts (TTF); the shipped weights were trained with 46 fonts under the SIL Open
Font License from the npm packages ``@fontsource/…`` (listed in models/weights/CARDS.md), none of which is shipped. Test
pictures (``--held-out``) use fonts and handwritten digits that no training picture used.

Needs the extra ``train``. The network is small (150,000 weights) so that it costs a page a few milliseconds.
"""

from __future__ import annotations

import argparse
import math
import pickle
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.reading.ocr.digits import CHARACTERS, HEIGHT, normalised
from training.digit_lines import Sources, blanks, sources, written

WEIGHTS = Path(__file__).parent.parent / "models" / "weights" / "digits.onnx"
Image8 = NDArray[np.uint8]


def network() -> Any:
    """Convolutions with strides to one row, two pixels a column, then two over neighbouring columns."""

    def step(a: int, b: int, size: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]) -> list[Any]:
        return [nn.Conv2d(a, b, size, stride, padding, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True)]

    return nn.Sequential(
        *step(1, 16, (5, 5), (2, 2), (2, 2)), *step(16, 32, (3, 3), (2, 1), (1, 1)), *step(32, 48, (3, 3), (2, 1), (1, 1)),
        *step(48, 64, (3, 3), (1, 1), (1, 1)), *step(64, 96, (HEIGHT // 8, 3), (1, 1), (0, 1)),
        nn.Dropout(0.1), *step(96, 96, (1, 7), (1, 1), (0, 3)), nn.Conv2d(96, len(CHARACTERS), (1, 5), padding=(0, 2)),
    )  # fmt: skip


class Reader(nn.Module):
    """The network with its columns as places: [batch, places, classes] log probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = network()

    def forward(self, picture: Any) -> Any:
        """``picture`` is [batch, 1, HEIGHT, width], ink 1 and paper 0."""
        return torch.log_softmax(self.layers(picture).float().squeeze(2).transpose(1, 2), dim=2)


def batches(pictures: Sequence[Image8], texts: Sequence[str], size: int, seed: int | None) -> Any:
    """Batches of pictures of about one width, shuffled where a seed is given."""
    order = sorted(range(len(pictures)), key=lambda i: pictures[i].shape[1])
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    source = np.random.default_rng(seed)
    if seed is not None:
        source.shuffle(groups)
    for group in groups:
        wide = max(pictures[i].shape[1] for i in group)
        wide += wide % 2
        block = np.zeros((len(group), 1, HEIGHT, wide), dtype=np.float32)
        for row, index in enumerate(group):
            picture = (255 - pictures[index]).astype(np.float32) / 255
            if seed is not None:
                picture = np.roll(picture, int(source.integers(-1, 2)), axis=0) * float(source.uniform(0.75, 1))
            block[row, 0, :, : picture.shape[1]] = picture
        yield torch.from_numpy(block), [texts[i] for i in group], [pictures[i].shape[1] for i in group]


def warm_up(model: Any, given: Sources, *, strips: int = 14000, bank: int = 260) -> None:
    """Teach the network single digits first, at places that are known: without that CTC stays at nothing for long.

    Strips of one to five digits of all sources, the class named at the middle of each digit and "nothing" between them.
    """
    rng = Random("warm-up")
    digits = {str(d): [_small(written(str(d), 40, rng, given)) for _ in range(bank)] for d in range(10)}
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    source = np.random.default_rng(3)
    wide, size = 96, 64
    steps = strips // size
    for step in range(steps):
        block = np.zeros((size, 1, HEIGHT, wide), dtype=np.float32)
        target = np.full((size, wide // 2), -100, dtype=np.int64)
        for row in range(size):
            x = int(source.integers(2, 24))
            target[row, : max(0, x // 2 - 1)] = 0
            for char in str(source.integers(0, 10 ** int(source.integers(1, 5)))):
                known = digits[char][int(source.integers(bank))]
                tall = int(source.integers(12, 25))
                across = max(3, round(known.shape[1] * tall / known.shape[0]))
                digit = np.asarray(cv2.resize(known, (across, tall), interpolation=cv2.INTER_AREA), dtype=np.float32)
                if x + digit.shape[1] >= wide:
                    break
                y = int(source.integers(1, HEIGHT - tall))
                room = block[row, 0, y : y + tall, x : x + digit.shape[1]]
                np.maximum(room, digit * source.uniform(0.6, 1), out=room)
                middle = (x + digit.shape[1] / 2) / 2
                target[row, int(middle) : int(middle) + 1 + (digit.shape[1] > 9)] = CHARACTERS.index(char)
                x += digit.shape[1] + int(source.integers(-1, 5))
            target[row, x // 2 + 2 :] = 0
        block += source.normal(0, 0.04, block.shape).astype(np.float32)
        for group in optimiser.param_groups:
            group["lr"] = 4e-3 * min(1.0, step / 20 + 0.05) * (1 - 0.8 * step / steps)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = model(torch.from_numpy(block))
        loss: Any = nn.functional.nll_loss(scores.float().reshape(-1, len(CHARACTERS)), torch.from_numpy(target).reshape(-1), ignore_index=-100)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 40 == 0:
            print(f"warm-up {step}: {float(loss.detach()):.3f}", flush=True)


def _small(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return picture if picture.shape[0] <= 40 else np.asarray(cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA), dtype=np.float32)


def train(pictures: Sequence[Image8], texts: Sequence[str], test: tuple[list[Image8], list[str]], epochs: int, seconds: float, start: Path | None, top: float, given: Sources | None = None) -> Any:
    """Train for ``epochs`` rounds or until ``seconds`` have passed; ``start`` goes on from kept weights."""
    torch.manual_seed(1)
    model = Reader()
    if start and start.is_file():
        model.load_state_dict(torch.load(start))
    elif given is not None:
        warm_up(model, given)
    loss_of = nn.CTCLoss(zero_infinity=True)
    optimiser = torch.optim.AdamW(model.parameters(), lr=top, weight_decay=0.01)
    steps = epochs * math.ceil(len(pictures) / 64)
    began = time.monotonic()
    done = 0
    for epoch in range(epochs):
        model.train()
        total = count = 0.0
        for block, said, _ in batches(pictures, texts, 64, epoch):
            if time.monotonic() - began > seconds:
                break
            # The rate rises, then falls to nothing as the rounds or the time end, whichever comes first.
            part = min(1.0, max(done / steps, (time.monotonic() - began) / seconds))
            for group in optimiser.param_groups:
                group["lr"] = top * min(1.0, part / 0.06 + 0.05) * 0.5 * (1 + math.cos(math.pi * part))
            done += 1
            with torch.autocast("cpu", dtype=torch.bfloat16):  # twice as fast
                scores = model(block)
            scores = scores.float().transpose(0, 1)
            target = torch.tensor([CHARACTERS.index(c) for t in said for c in t], dtype=torch.long)
            lengths = torch.tensor([len(t) for t in said])
            places = torch.full((len(said),), scores.shape[0], dtype=torch.long)
            loss = loss_of(scores, target, places, lengths)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            total, count = total + float(loss.detach()), count + 1
        print(f"epoch {epoch}: loss {total / max(1, count):.3f}, {time.monotonic() - began:.0f} s, held out {accuracy(model, *test):.3f}", flush=True)
    return model


def pictures_of(path: Path) -> tuple[list[Image8], list[str]]:
    """Pictures that were kept, at the height that the network takes."""
    pictures, texts = pickle.loads(path.read_bytes())
    return [normalised(picture) for picture in pictures], texts


def accuracy(model: Any, pictures: Sequence[Image8], texts: Sequence[str]) -> float:
    """Share of blanks read without an error, greedily and without the grammar of dates."""
    model.eval()
    right = 0
    with torch.no_grad():
        for block, said, _ in batches(pictures, texts, 64, None):
            for row, text in zip(model(block).argmax(dim=2).tolist(), said, strict=True):
                read = "".join(CHARACTERS[c] for i, c in enumerate(row) if c and (i == 0 or row[i - 1] != c))
                right += read == text
    return right / max(1, len(pictures))


def export(model: Any, path: Path) -> None:
    """Write the network as ONNX with free width."""
    model.eval()
    torch.onnx.export(
        model, (torch.zeros(1, 1, HEIGHT, 128),), str(path), input_names=["picture"], output_names=["scores"],
        dynamic_axes={"picture": {0: "batch", 3: "width"}, "scores": {0: "batch", 1: "places"}}, dynamo=False,
    )  # fmt: skip


def shipped_accuracy(pictures: Sequence[Image8], texts: Sequence[str]) -> float:
    """The same of the shipped weights, run as the service runs them."""
    from models.reading.ocr.digits import digit_scores

    right = 0
    for picture, text in zip(pictures, texts, strict=True):
        scores = digit_scores(picture)
        row = scores.argmax(axis=1).tolist() if scores is not None else []
        right += "".join(CHARACTERS[c] for i, c in enumerate(row) if c and (i == 0 or row[i - 1] != c)) == text
    return right / max(1, len(pictures))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--make", type=Path)
    parser.add_argument("--count", type=int, default=24000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--train", type=Path, nargs="+")
    parser.add_argument("--test", type=Path)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=540)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--state", type=Path, help="weights to go on from and to keep, for training in parts")
    arguments = parser.parse_args(argv)
    if arguments.make:
        arguments.make.write_bytes(pickle.dumps(blanks(arguments.count, arguments.seed, sources(arguments.fonts, held_out=arguments.held_out))))
        return
    test = pictures_of(arguments.test) if arguments.test else ([], [])
    if arguments.train:
        pictures: list[Image8] = []
        texts: list[str] = []
        for path in arguments.train:
            more, said = pictures_of(path)
            pictures += more
            texts += said
        model = train(pictures, texts, test, arguments.epochs, arguments.seconds, arguments.state, arguments.rate, sources(arguments.fonts))
        if arguments.state:
            torch.save(model.state_dict(), arguments.state)
        export(model, WEIGHTS)
    if test[0]:
        print(f"blanks read without an error: {shipped_accuracy(*test):.3f} of {len(test[0])}")


if __name__ == "__main__":
    main()
