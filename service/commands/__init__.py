"""Commands of ``congvan``, one file a subject."""
