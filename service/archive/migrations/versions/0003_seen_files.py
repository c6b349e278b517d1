"""Files that bulk runs have seen, by name, size and stamp: what is done is skipped without being read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "seen_files",
        sa.Column("name", sa.Text(), nullable=False), sa.Column("size", sa.BigInteger(), nullable=False), sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64)), sa.Column("outcome", sa.String(10), nullable=False), sa.Column("model_version", sa.String(80), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_seen_files")),
    )
    op.create_index(op.f("ix_seen_files_sha256"), "seen_files", ["sha256"])


def downgrade() -> None:
    """Remove the table: the next run looks at every file again."""
    op.drop_table("seen_files")
