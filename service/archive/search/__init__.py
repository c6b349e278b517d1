"""Search over the archive: Tantivy embedded, Vietnamese analysis, an index that can be made again from the store.

    index = SearchIndex.open(store)            # catches up with the store's changes
    found = index.search("ke hoach cong tac tu:2024-01-01", facets=("type", "year"))

Parts: :mod:`~service.archive.search.words` (analysis), :mod:`~service.archive.search.documents` (a letter as a document
of the index), :mod:`~service.archive.search.syntax` (the query language of ``QUERY.md``),
:mod:`~service.archive.search.compile` (its meaning), :mod:`~service.archive.search.index` (the index and its upkeep).
"""
