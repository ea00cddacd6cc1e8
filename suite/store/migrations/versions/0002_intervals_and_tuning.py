"""A score may carry an interval over the test samples of its one model, and a run what was tuned."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("score", sa.Column("interval", sa.JSON()))
    op.add_column("run", sa.Column("tuning", sa.JSON()))


def downgrade() -> None:
    op.drop_column("run", "tuning")
    op.drop_column("score", "interval")
