"""The tables of the archive, the same in SQLite and PostgreSQL.

Dates of letters are ISO 8601 text (a letter may state only a year and month wrongly; text sorts right); moments are UTC
ISO 8601 text with microseconds, which both databases compare alike. Extractions are zlib-compressed JSON: they are read
whole or not at all, and compression takes four fifths of their size. Every change of a letter writes a row of
``changes``: its ``seq`` is the cursor of exports, of the change feed and of the search index.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(naming_convention={
    "ix": "ix_%(column_0_N_label)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
})
_Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in INTEGER PRIMARY KEY

files = Table(
    "files", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text),
    Column("added_at", String(32), nullable=False),
)

letters = Table(
    "letters", metadata,
    Column("id", String(32), primary_key=True),
    Column("sha256", String(64), ForeignKey("files.sha256"), nullable=False, unique=True),
    Column("filename", Text),
    Column("added_at", String(32), nullable=False),
    Column("updated_at", String(32), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("type_code", String(20)),
    Column("document_type", Text),
    Column("identifier", Text),
    Column("identifier_key", Text),
    Column("date", String(10)),
    Column("year", Integer),
    Column("place", Text),
    Column("issuer", Text),
    Column("issuer_key", Text),
    Column("subject", Text),
    Column("urgency", String(20)),
    Column("secrecy", String(20)),
    Column("signer", Text),
    Column("page_count", Integer, nullable=False),
    Column("text_origin", String(10), nullable=False),
    Column("task_count", Integer, nullable=False),
    Column("simhash", String(16)),
    Index(None, "date", "id"), Index(None, "added_at", "id"), Index(None, "identifier_key"), Index(None, "issuer_key"),
)

extractions = Table(
    "extractions", metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("letter_id", String(32), ForeignKey("letters.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("letter_id", "version"),
)

corrections = Table(
    "corrections", metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("letter_id", String(32), ForeignKey("letters.id", ondelete="CASCADE"), nullable=False),
    Column("path", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("machine_value", Text, nullable=False),
    Column("anchor", Text),
    Column("who", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Index(None, "letter_id"),
)

references = Table(
    "letter_references", metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("letter_id", String(32), ForeignKey("letters.id", ondelete="CASCADE"), nullable=False),
    Column("ref", String(20), nullable=False),
    Column("type", Text),
    Column("type_code", String(20)),
    Column("identifier", Text),
    Column("identifier_key", Text),
    Column("date", String(10)),
    Column("issuer", Text),
    Column("title", Text),
    Column("relation", String(30), nullable=False),
    Column("via", String(20)),
    Column("confidence", Float, nullable=False),
    Index(None, "letter_id"), Index(None, "identifier_key"),
)

tasks = Table(
    "tasks", metadata,
    Column("id", String(64), primary_key=True),
    Column("letter_id", String(32), ForeignKey("letters.id", ondelete="CASCADE"), nullable=False),
    Column("task", String(20), nullable=False),
    Column("position", Integer, nullable=False),
    Column("item", Text),
    Column("text", Text, nullable=False),
    Column("assignees", Text, nullable=False),
    Column("types", Text, nullable=False),
    Column("deadline", String(10)),
    Column("deadline_text", Text),
    Column("status", String(20), nullable=False),
    Column("owner", Text),
    Column("updated_at", String(32), nullable=False),
    Index(None, "letter_id"), Index(None, "deadline", "id"), Index(None, "status"),
)

task_history = Table(
    "task_history", metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("task_id", String(64), ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False),
    Column("at", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("status_before", String(20)),
    Column("status_after", String(20), nullable=False),
    Column("note", Text),
    Index(None, "task_id"),
)

similar = Table(
    "similar_letters", metadata,
    Column("letter_id", String(32), ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", String(32), ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    Column("similarity", Float, nullable=False),
    Column("kind", String(20), nullable=False),
    Index(None, "other_id"),
)

simhash_bands = Table(
    "simhash_bands", metadata,
    Column("band", String(20), primary_key=True),
    Column("letter_id", String(32), ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "letter_id"),
)

changes = Table(
    "changes", metadata,
    Column("seq", _Id, primary_key=True, autoincrement=True),
    Column("letter_id", String(32), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("at", String(32), nullable=False),
    Index(None, "letter_id"),
    sqlite_autoincrement=True,  # a deleted row's number must never come back: cursors would skip a change
)

jobs = Table(
    "jobs", metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("options", Text, nullable=False),
    Column("idempotency_key", String(200), unique=True),
    Column("fingerprint", String(64)),
    Column("owner", Text),
    Column("created_at", String(32), nullable=False),
    Column("finished_at", String(32)),
)

job_files = Table(
    "job_files", metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("sha256", String(64)),
    Column("size", BigInteger),
    Column("filename", Text),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text),
    Column("lease", String(32)),
    Column("heartbeat_at", String(32)),
    Column("letter_id", String(32)),
    Column("error", Text),
    Column("finished_at", String(32)),
    UniqueConstraint("job_id", "sha256"), Index(None, "state", "id"), Index(None, "sha256"),
)

quarantine = Table(
    "quarantine", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("filename", Text, nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("error", Text, nullable=False),
    Column("at", String(32), nullable=False),
)

seen_files = Table(
    "seen_files", metadata,
    Column("name", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("sha256", String(64)),
    Column("outcome", String(10), nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("at", String(32), nullable=False),
    Index(None, "sha256"),
)

api_keys = Table(
    "api_keys", metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("used_at", String(32)),
    Column("revoked_at", String(32)),
)

webhooks = Table(
    "webhooks", metadata,
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("owner", Text),
    Column("created_at", String(32), nullable=False),
    Column("disabled_at", String(32)),
)

deliveries = Table(
    "webhook_deliveries", metadata,
    Column("id", String(32), primary_key=True),
    Column("webhook_id", String(32), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event", String(40), nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", String(32), nullable=False),
    Column("last_error", Text),
    Column("last_status", Integer),
    Column("created_at", String(32)),
    Column("finished_at", String(32)),
    Index(None, "state", "next_at"), Index(None, "webhook_id"),
)
