"""Verdicts on published runs, which the store does not hold."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reproduction") as batch:
        batch.drop_constraint("fk_reproduction_run_run", type_="foreignkey")


def downgrade() -> None:
    op.execute("DELETE FROM reproduction WHERE run NOT IN (SELECT id FROM run)")
    with op.batch_alter_table("reproduction") as batch:
        batch.create_foreign_key("fk_reproduction_run_run", "run", ["run"], ["id"], ondelete="RESTRICT")
