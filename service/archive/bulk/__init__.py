"""Taking in whole archives: folders, ZIPs and object stores, by all cores, resumable at any moment.

Parts: :mod:`~service.archive.bulk.sources` (which files there are), :mod:`~service.archive.bulk.work` (what happens to one in
a reading process), :mod:`~service.archive.bulk.run` (the run), :mod:`~service.archive.bulk.report` (how it went).
"""
