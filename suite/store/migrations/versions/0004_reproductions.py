"""Verdicts of running a cell again, and where a run comes from that was made elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

VERDICTS = ("equal", "within tolerance", "different", "cannot")


def upgrade() -> None:
    op.add_column("run", sa.Column("origin", sa.JSON()))
    op.create_table(
        "reproduction",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False, server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("difference", sa.Float),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed", sa.JSON, nullable=False),
        sa.Column("environment", sa.String(64)),
        sa.Column("device", sa.String(40)),
        sa.Column("threads", sa.Integer),
        sa.Column("reproducer", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reproduction"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_reproduction_run_run", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["environment"], ["environment.id"], name="fk_reproduction_environment_environment", ondelete="RESTRICT"
        ),
        sa.CheckConstraint(
            f"verdict IN ({', '.join(repr(verdict) for verdict in VERDICTS)})", name=op.f("ck_reproduction_verdict")
        ),
    )
    op.create_index("ix_reproduction_run", "reproduction", ["run"])


def downgrade() -> None:
    op.drop_table("reproduction")
    op.drop_column("run", "origin")
