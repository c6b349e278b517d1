"""The encoder to compare with: lines embedded by six layers of multilingual-e5-small, a bidirectional GRU over the lines.

The encoder is frozen at first (a line is embedded once however many letters hold it) and may then be fine-tuned for some steps.
Beside the embedding a line brings what the CRF knows of place and look, hashed to a small vector, with or without the rules' label.
Needs the extra ``train`` and the two wheels of ``training.e5``.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from models.letter import Zone
from models.text import squeeze
from training.e5 import TrimmedEncoder
from training.e5 import load as load_encoder
from training.zones_crf import Settings, features
from training.zones_data import ZonedLetter

Rows = dict[str, dict[str, dict[str, float]]]
SIGNS = 2048
"""Size to which the features of place and look are hashed."""
TOKENS = 40
"""A line is cut to so many pieces; zones show at the beginning of a line."""
_WORDY = ("w=", "w0", "wl=", "b=")


@dataclass(slots=True)
class Prepared:
    """A letter as tensors: index of each line's text, hashed signs, gold."""

    texts: list[int]
    signs: list[list[int]]
    gold: list[int]


class Tagger(nn.Module):
    """A bidirectional GRU over embedded lines and their signs."""

    def __init__(self, width: int, labels: int, hidden: int = 96) -> None:
        super().__init__()
        self.signs = nn.EmbeddingBag(SIGNS, 64, mode="sum")
        self.words = nn.Linear(width, 128)
        self.drop = nn.Dropout(0.3)
        self.gru = nn.GRU(192, hidden, num_layers=2, bidirectional=True, dropout=0.2)
        self.out = nn.Linear(2 * hidden, labels)

    def forward(self, embedded: torch.Tensor, signs: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
        """Logits, one row a line of one letter."""
        joined = self.drop(torch.cat([torch.tanh(self.words(embedded)), torch.tanh(self.signs(signs, offsets))], 1))
        states, _ = self.gru(joined.unsqueeze(1))
        result: torch.Tensor = self.out(self.drop(states.squeeze(1)))
        return result


def embed(encoder: TrimmedEncoder, texts: Sequence[str], *, batch: int = 128) -> torch.Tensor:
    """Mean-pooled embeddings of the texts, lines of like length together."""
    tokenizer = encoder.tokenizer()
    pieces = [one.ids[:TOKENS] for one in tokenizer.encode_batch([f"query: {text}" for text in texts])]
    result = torch.zeros(len(texts), encoder.model.config.hidden_size)
    order = sorted(range(len(texts)), key=lambda i: len(pieces[i]))
    encoder.model.eval()
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            chosen = order[start:start + batch]
            result[chosen] = pooled(encoder.model, [pieces[i] for i in chosen])
    return result


def pooled(model: Any, pieces: Sequence[Sequence[int]]) -> torch.Tensor:
    """The mean of the last layer over the pieces of each text."""
    length = max(map(len, pieces))
    ids = torch.ones(len(pieces), length, dtype=torch.long)
    mask = torch.zeros(len(pieces), length)
    for row, one in enumerate(pieces):
        ids[row, : len(one)] = torch.tensor(one)
        mask[row, : len(one)] = 1
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    found: torch.Tensor = (states * mask.unsqueeze(2)).sum(1) / mask.sum(1, keepdim=True)
    return found


def prepare(letters: Sequence[ZonedLetter], texts: dict[str, int], labels: dict[str, int], settings: Settings) -> list[Prepared]:
    """Letters as tensors; ``texts`` grows by the lines that are new."""
    found: list[Prepared] = []
    for letter in letters:
        signs = [
            sorted({zlib.crc32(f.encode()) % SIGNS for f in line if not f.split(":")[-1].startswith(_WORDY)}) for line in features(letter, settings)
        ]
        indices = [texts.setdefault(squeeze(line.text), len(texts)) for line in letter.document.lines]
        found.append(Prepared(indices, signs, [labels[zone.value] for zone in letter.zones]))
    return found


def _inputs(one: Prepared, vectors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    flat = [sign for line in one.signs for sign in line]
    offsets = [0]
    for line in one.signs[:-1]:
        offsets.append(offsets[-1] + len(line))
    return vectors[one.texts], torch.tensor(flat, dtype=torch.long), torch.tensor(offsets, dtype=torch.long)


def fit(data: Sequence[Prepared], vectors: torch.Tensor, labels: int, *, epochs: int, seed: int) -> Tagger:
    """Train the recurrent layer on frozen embeddings."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Tagger(vectors.shape[1], labels)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    order = [one for one in data if one.gold]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=epochs * len(order))
    for _ in range(epochs):
        model.train()
        rng.shuffle(order)
        for one in order:
            loss = nn.functional.cross_entropy(model(*_inputs(one, vectors)), torch.tensor(one.gold))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    model.eval()
    return model


def compare(
    training: Sequence[ZonedLetter], judging: Sequence[ZonedLetter], wheels: Path, judge: Callable[[Sequence[ZonedLetter], Sequence[Sequence[Zone]]], dict[str, dict[str, float]]],
    *, epochs: int = 5, seed: int = 7, layers: int = 6,
) -> Rows:
    """Rows of the table: the frozen encoder under a GRU, without and with what the rules say."""
    torch.set_num_threads(1)
    chosen = list(training)
    encoder = load_encoder(wheels, [one.document.text for one in training[::5]], layers=layers)
    names = sorted({zone.value for one in (*training, *judging) for zone in one.zones})
    labels = {name: i for i, name in enumerate(names)}
    rows: Rows = {}
    vectors: torch.Tensor | None = None
    for title, settings in (
        ("e5, 6 layers frozen + GRU, words and look", Settings(rules=False, lexicon=False)),
        ("e5, 6 layers frozen + GRU, with anchors and rules", Settings()),
    ):
        start = time.process_time()
        texts: dict[str, int] = {}
        train, test = (prepare(letters, texts, labels, settings) for letters in (chosen, judging))
        if vectors is None:
            vectors = embed(encoder, list(texts))
        model = fit(train, vectors, len(names), epochs=epochs, seed=seed)
        with torch.inference_mode():
            found = [[Zone(names[i]) for i in model(*_inputs(one, vectors)).argmax(1).tolist()] if one.gold else [] for one in test]
        rows[title] = judge(judging, found)
        print(f"{title}: {len(chosen)} training letters, {len(texts)} different lines, {time.process_time() - start:.0f} s of processor time")
    return rows
