"""The letter's text as bad software gives it: merged columns, hard wraps, lost blanks and tones, OCR, encodings, web.

Each noise takes an annotated letter and a seed and gives a :class:`NoisyText`: the new text and, for every character of
it, the place in the letter it came from, so that gold spans can be carried over with :meth:`NoisyText.span`.
"""

from corpus.noise.encodings import to_tcvn3 as to_tcvn3
from corpus.noise.encodings import to_vni as to_vni
from corpus.noise.text import NOISES as NOISES
from corpus.noise.text import NoisyText as NoisyText
from corpus.noise.text import make_noise as make_noise
