"""The archive: letters kept, searched and exchanged.

- :mod:`service.archive.store`     the store: files, letters, extractions, corrections, tasks, jobs, keys, webhooks
- :mod:`service.archive.search`    full-text and field search (derived from the store, rebuildable)
- :mod:`service.archive.bulk`      indexing folders and ZIPs, resumable
- :mod:`service.archive.exchange`  exports and imports in the forms other systems read
"""
