"""A cell may be of a setting: one combination of the values of its task's axes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cell", sa.Column("setting", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("cell", "setting")
