"""A run that has ended carries a digest of all that it says; `suite.store.migrate` seals those that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("seal", sa.String(64)))


def downgrade() -> None:
    op.drop_column("run", "seal")
