"""The evaluation: letters of many forms through the whole pipeline, counted field by field in four ways of comparing.

``sets`` makes the letters, ``counting`` compares one extraction with its gold, ``running`` does both for a set, ``summary`` adds
up with intervals and slices, ``markdown`` writes it for people, ``stamp`` says of which commit and data. The commands are
``python -m training.evaluate_all`` and ``python -m training.compare``.
"""
