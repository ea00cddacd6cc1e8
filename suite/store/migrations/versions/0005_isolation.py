"""How a run was kept apart from its judge: what the kernel enforced, and the secret of the order of its test."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("isolation", sa.JSON()))


def downgrade() -> None:
    op.drop_column("run", "isolation")
