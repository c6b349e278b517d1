"""The capital and small letters of Vietnamese, as the inside of a character class.

A range such as ``à-ỹ`` will not do: capitals and small letters alternate in Unicode's Vietnamese block.
"""

from __future__ import annotations

_ALL = [chr(code) for code in [*range(0x41, 0x7B), *range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)]]
UPPER = "".join(c for c in _ALL if c.isupper())
LOWER = "".join(c for c in _ALL if c.islower())
