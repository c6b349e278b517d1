"""Jobs know what they were asked and how much waits; deliveries of webhooks have a log.

SQLite makes a table anew to let a column be null; that is done only to ``job_files``, which no other table points to
(dropping a table that others point to would delete their rows).

A file that a job could not take (a bad entry of a ZIP) has no bytes, so ``job_files.sha256`` may be null.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns."""
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("fingerprint", sa.String(64)))
    with op.batch_alter_table("job_files") as table:
        table.add_column(sa.Column("size", sa.BigInteger()))
        table.alter_column("sha256", existing_type=sa.String(64), nullable=True)
    with op.batch_alter_table("webhook_deliveries") as table:
        table.add_column(sa.Column("last_status", sa.Integer()))
        table.add_column(sa.Column("created_at", sa.String(32)))
        table.add_column(sa.Column("finished_at", sa.String(32)))
        table.create_index("ix_webhook_deliveries_webhook_id", ["webhook_id"])


def downgrade() -> None:
    """Not offered: restore a backup."""
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
