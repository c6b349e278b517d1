"""Annotated letters to and from annotation tools: Label Studio and doccano, so that others can extend the corpus."""

from corpus.exchange.doccano import from_doccano as from_doccano
from corpus.exchange.doccano import to_doccano as to_doccano
from corpus.exchange.label_studio import config as label_studio_config
from corpus.exchange.label_studio import from_label_studio as from_label_studio
from corpus.exchange.label_studio import to_label_studio as to_label_studio

__all__ = ["from_doccano", "from_label_studio", "label_studio_config", "to_doccano", "to_label_studio"]
