"""The archive: letters kept, with their corrections, tasks and jobs (:mod:`service.archive.store`)."""
