"""Which scores a verdict is about."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reproduction", sa.Column("judged", sa.String(64)))


def downgrade() -> None:
    op.drop_column("reproduction", "judged")
