"""Alembic runs this: migrations on the connection that :func:`service.archive.database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from service.archive.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
