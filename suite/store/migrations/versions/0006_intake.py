"""Tokens, and the queue of uploaded submissions with its history."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NOW = sa.text("CURRENT_TIMESTAMP")
ROLES = ("submitter", "maintainer", "admin")
STATES = ("waiting", "checking", "accepted", "refused", "failed")
TAKEN = sa.text("state IN ('checking', 'accepted')")


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False, server_default=NOW),
        sa.Column("expires", sa.DateTime),
        sa.Column("revoked", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("hash", name="uq_token_hash"),
        sa.CheckConstraint(one_of("role", ROLES), name=op.f("ck_token_role")),
    )
    op.create_table(
        "intake",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("name", sa.String(100)),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("owner", sa.String(200)),
        sa.Column("lease_until", sa.DateTime),
        sa.PrimaryKeyConstraint("number", name="pk_intake"),
        sa.ForeignKeyConstraint(["token"], ["token.id"], name="fk_intake_token_token", ondelete="RESTRICT"),
        sa.UniqueConstraint("id", name="uq_intake_id"),
        sa.UniqueConstraint("holder", "sha256", name="uq_intake_holder_sha256"),
        sa.CheckConstraint(one_of("state", STATES), name=op.f("ck_intake_state")),
    )
    op.create_index("ix_intake_state_number", "intake", ["state", "number"])
    op.create_index("uq_intake_name_taken", "intake", ["name"], unique=True, sqlite_where=TAKEN, postgresql_where=TAKEN)
    op.create_table(
        "intake_event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False, server_default=NOW),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_intake_event"),
        sa.ForeignKeyConstraint(["entry"], ["intake.number"], name="fk_intake_event_entry_intake", ondelete="RESTRICT"),
    )
    op.create_index("ix_intake_event_entry", "intake_event", ["entry"])


def downgrade() -> None:
    for table in ("intake_event", "intake", "token"):
        op.drop_table(table)
