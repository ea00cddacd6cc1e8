"""Cells, runs, scores and environments."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NOW = sa.text("CURRENT_TIMESTAMP")
TAKEN = sa.text("state IN ('running', 'done')")
STATES = ("running", "done", "failed", "timeout", "out-of-memory", "killed", "invalid", "stale", "late")


def upgrade() -> None:
    op.create_table(
        "cell",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("protocol", sa.String(64), nullable=False),
        sa.Column("task", sa.String(100), nullable=False),
        sa.Column("task_version", sa.String(40), nullable=False),
        sa.Column("method", sa.String(100), nullable=False),
        sa.Column("method_version", sa.String(40), nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_cell"),
    )
    op.create_index("ix_cell_task_method", "cell", ["task", "method"])
    op.create_table(
        "environment",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_environment"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("cell", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("lease_until", sa.DateTime),
        sa.Column("started", sa.DateTime, nullable=False, server_default=NOW),
        sa.Column("ended", sa.DateTime),
        sa.Column("error", sa.Text),
        sa.Column("traceback", sa.Text),
        sa.Column("command", sa.JSON),
        sa.Column("environment", sa.String(64)),
        sa.Column("device", sa.String(40)),
        sa.Column("threads", sa.Integer),
        sa.Column("wall_seconds", sa.Float),
        sa.Column("cpu_seconds", sa.Float),
        sa.Column("peak_memory_bytes", sa.BigInteger),
        sa.Column("cost", sa.JSON),
        sa.Column("facts", sa.JSON),
        sa.Column("missing", sa.JSON),
        sa.Column("ingredients", sa.JSON),
        sa.Column("samples", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.ForeignKeyConstraint(["cell"], ["cell.id"], name="fk_run_cell_cell", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["environment"], ["environment.id"], name="fk_run_environment_environment", ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("cell", "attempt", name="uq_run_cell_attempt"),
        sa.CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name=op.f("ck_run_state")),
    )
    op.create_index("uq_run_cell_taken", "run", ["cell"], unique=True, sqlite_where=TAKEN, postgresql_where=TAKEN)
    op.create_table(
        "score",
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("metric", sa.String(50), nullable=False),
        sa.Column("subset", sa.String(100), nullable=False),
        sa.Column("metric_version", sa.String(40), nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("run", "metric", "subset", name="pk_score"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_score_run_run", ondelete="RESTRICT"),
    )


def downgrade() -> None:
    for table in ("score", "run", "environment", "cell"):
        op.drop_table(table)
