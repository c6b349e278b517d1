"""Near-duplicates: the same letter scanned twice, a draft and its signed copy.

A 64-bit simhash (Charikar 2002) of word triples without marks; letters whose hashes differ in at most 6 bits are linked.
Seven bands of the hash are stored: by the pigeonhole principle two hashes within 6 bits share at least one band.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from itertools import pairwise

from sqlalchemy import Connection, delete, insert, select, update

from models.text import fold
from service.archive.schema import letters, simhash_bands, similar

MAX_BITS = 6
_BANDS = 7
_WORD = re.compile(r"\w+")
_MOST_CANDIDATES = 2000


def simhash(text: str) -> int | None:
    """64-bit hash of the text; None when it has under 20 words (too short to tell)."""
    import numpy as np

    words = _WORD.findall(fold(text).casefold())
    if len(words) < 20:
        return None
    grams = Counter(zip(words, words[1:], words[2:], strict=False))
    hashes = b"".join(hashlib.blake2b(" ".join(gram).encode(), digest_size=8).digest() for gram in grams)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(-1, 8), axis=1).astype(np.int32)
    votes = (2 * bits - 1) * np.minimum(np.fromiter(grams.values(), np.int32), 3)[:, None]
    return int.from_bytes(np.packbits(votes.sum(axis=0) > 0).tobytes(), "big")


def bands(value: int) -> list[str]:
    """The seven pieces of a hash, each named by its place."""
    edges = [round(64 * n / _BANDS) for n in range(_BANDS + 1)]
    return [f"{n}:{(value >> low) & ((1 << (high - low)) - 1):x}" for n, (low, high) in enumerate(pairwise(edges))]


def link_similar(connection: Connection, id: str, text: str) -> None:
    """Store the letter's hash and link it with the letters near it."""
    value = simhash(text)
    new = f"{value:016x}" if value is not None else None
    if connection.execute(select(letters.c.simhash).where(letters.c.id == id)).scalar() == new:
        return
    connection.execute(delete(similar).where((similar.c.letter_id == id) | (similar.c.other_id == id)))
    connection.execute(delete(simhash_bands).where(simhash_bands.c.letter_id == id))
    connection.execute(update(letters).where(letters.c.id == id).values(simhash=new))
    if value is None:
        return
    names = bands(value)
    near = connection.execute(
        select(letters.c.id, letters.c.simhash).where(letters.c.id.in_(select(simhash_bands.c.letter_id).where(simhash_bands.c.band.in_(names)))).limit(_MOST_CANDIDATES)
    ).all()
    connection.execute(insert(simhash_bands), [{"band": band, "letter_id": id} for band in names])
    links = [(min(id, other), max(id, other), (value ^ int(stored, 16)).bit_count()) for other, stored in near if stored and other != id]
    rows = [{"letter_id": a, "other_id": b, "similarity": round(1 - bits / 64, 3), "kind": "near_duplicate"} for a, b, bits in links if bits <= MAX_BITS]
    if rows:
        connection.execute(insert(similar), rows)
