"""An annotated corpus of Vietnamese official letters, with splits, statistics, generated and rendered letters.

``corpus.load("train")`` iterates over annotated letters; ``corpus.gold.to_gold`` gives their gold. See ``MARKUP.md``
for the form of a letter, ``GUIDELINE.md`` for how to annotate one, ``DATASHEET.md`` for what the corpus holds.
"""

from corpus.load import load as load
from corpus.markup import parse as parse
from corpus.model import AnnotatedLetter as AnnotatedLetter
from corpus.model import MarkupError as MarkupError
