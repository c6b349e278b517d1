"""The linear models of task types that are compared: their features, their training, the folds on which they are chosen.

What is shipped: TF-IDF of syllable n-grams (the whole task, and its head again), the lexicon's verbs in their roles, the rules' scores, all
of the task and once more of its gist; trained on the tasks, on tasks written beside the letters, and on pairs of them joined into one, since the items of real letters hold more
duties than those of the corpus.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from corpus.load import load
from corpus.splits import groups
from models.tasks.classifier import PARTS, grams
from training.tasks_data import LABELS, TaskExample, duties, rule_features, targets

SEED = 20261124
FOLDS = 5
Predictor = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One configuration of the linear model."""

    words: str = "syllables"
    """``syllables``, or ``words`` of underthesea."""
    verbs: bool = True
    gist: bool = True
    """Whether the task's gist (``models/tasks/gist.py``) is read beside the task."""
    rules: bool = True
    joined: float = 1.0
    """How many joined pairs are made, as a share of the tasks."""
    duties: int = 2
    """How often the tasks written beside the letters (``corpus/tables/duties.tsv``) are given, 0 for the letters' tasks alone."""
    balanced: bool = False
    strength: float = 10.0
    """Inverse of the regularisation."""


SHIPPED = Recipe()
RECIPES: dict[str, Recipe] = {
    "tfidf": Recipe(verbs=False, rules=False, gist=False, joined=0, duties=0, balanced=True, strength=8),
    "tfidf + rules": Recipe(verbs=False, gist=False, joined=0, duties=0, balanced=True, strength=8),
    "tfidf + rules + verbs": Recipe(gist=False, joined=0, duties=0, balanced=True, strength=6),
    "tfidf + rules + verbs, pairs joined": Recipe(gist=False, duties=0),
    "the same, with written duties": Recipe(gist=False),
    "shipped: the same, with the gist": SHIPPED,
}


@dataclass(slots=True)
class LinearModel:
    """A trained model: vectorizer, coefficients (labels x features) and intercepts."""

    recipe: Recipe
    vectors: FeatureUnion
    coefficients: np.ndarray
    intercepts: np.ndarray

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities, one row a text and one column a label."""
        logits = _matrix(self.vectors, texts, self.recipe) @ self.coefficients.T + self.intercepts
        result: np.ndarray = 1 / (1 + np.exp(-logits))
        return result


def train_linear(data: Sequence[TaskExample], recipe: Recipe = SHIPPED) -> LinearModel:
    """Fit one logistic regression a label; the same data give the same model."""
    data = [*data, *duties() * recipe.duties]
    texts = [e.text for e in data]
    vectors = vectorizer(recipe).fit(texts)
    matrix, wanted, weights = _matrix(vectors, texts, recipe), targets(data), np.ones(len(data))
    if recipe.joined:
        pairs = joined(data, recipe.joined)
        matrix = vstack([matrix, _matrix(vectors, [e.text for e in pairs], recipe)]).tocsr()
        wanted, weights = np.vstack([wanted, targets(pairs)]), np.concatenate([weights, np.full(len(pairs), 0.5)])
    coefficients = np.zeros((len(LABELS), matrix.shape[1]))
    intercepts = np.full(len(LABELS), -6.0)
    for column in range(len(LABELS)):
        if 0 < wanted[:, column].sum() < len(wanted):
            model = LogisticRegression(C=recipe.strength, class_weight="balanced" if recipe.balanced else None, max_iter=400)
            model.fit(matrix, wanted[:, column], sample_weight=weights)
            coefficients[column], intercepts[column] = model.coef_[0], model.intercept_[0]
    return LinearModel(recipe, vectors, coefficients, intercepts)


def vectorizer(recipe: Recipe) -> FeatureUnion:
    """The TF-IDF blocks, in the order of :data:`models.tasks.classifier.PARTS`."""
    if recipe.words == "words":
        from underthesea import word_tokenize

        return FeatureUnion([("all", TfidfVectorizer(analyzer=lambda t: _word_grams(word_tokenize(t.lower())), min_df=2, sublinear_tf=True))])
    parts = [p for p in PARTS if (recipe.gist or not p.startswith("gist_")) and (recipe.verbs or not p.endswith("verbs"))]
    return FeatureUnion([(part, TfidfVectorizer(analyzer=partial(_grams, part=part), min_df=2, sublinear_tf=not part.endswith("head"))) for part in parts])


def joined(data: Sequence[TaskExample], share: float) -> list[TaskExample]:
    """Pairs of tasks joined into one with the labels of both, where these are three at most."""
    rng = random.Random(SEED)
    found: list[TaskExample] = []
    for _ in range(int(len(data) * share) if len(data) > 1 else 0):
        a, b = rng.sample(list(data), 2)
        labels = tuple(dict.fromkeys([*a.labels, *b.labels]))
        if len(labels) <= 3:
            found.append(TaskExample(a.text + rng.choice(["; ", ". ", ", "]) + b.text[:1].lower() + b.text[1:], labels, a.letter))
    return found


def folds(data: Sequence[TaskExample], count: int = FOLDS) -> Iterator[tuple[list[int], list[int]]]:
    """Training and judging indices, fold by fold; letters of one group (issuer, topic, wording) stay together."""
    group = {letter.id: i for i, members in enumerate(groups(list(load("all")))) for letter in members}
    order = sorted({group[e.letter] for e in data})
    random.Random(SEED).shuffle(order)
    side = {g: i % count for i, g in enumerate(order)}
    for fold in range(count):
        inside = [i for i, e in enumerate(data) if side[group[e.letter]] == fold]
        yield [i for i, e in enumerate(data) if side[group[e.letter]] != fold], inside


def cross_validated(data: Sequence[TaskExample], train: Callable[[Sequence[TaskExample]], Predictor]) -> np.ndarray:
    """Probabilities of every task by a model that has not seen its group."""
    found = np.zeros((len(data), len(LABELS)))
    for inside, outside in folds(data):
        found[outside] = train([data[i] for i in inside])([data[i].text for i in outside])
    return found


def _matrix(vectors: FeatureUnion, texts: Sequence[str], recipe: Recipe) -> csr_matrix:
    parts = [vectors.transform(texts)]
    if recipe.rules:
        parts.append(csr_matrix(np.vstack([_rules(text) for text in texts])[:, : None if recipe.gist else len(LABELS)]))
    return hstack(parts).tocsr()


@lru_cache(maxsize=100_000)
def _grams(text: str, part: str) -> list[str]:
    return grams(text, part)


@lru_cache(maxsize=20_000)
def _rules(text: str) -> np.ndarray:
    row: np.ndarray = rule_features([text])[0]
    return row


def _word_grams(words: Sequence[str]) -> list[str]:
    return [" ".join(words[i : i + size]) for size in (1, 2) for i in range(len(words) - size + 1)]
