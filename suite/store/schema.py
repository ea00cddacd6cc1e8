"""The schema: cells, runs, scores, the environments that runs were made in, and what came of running cells again.

Beside them lies what `suite serve` keeps: tokens, and the queue of uploads.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

REVISION = "0009"
"""The newest Alembic revision, which this code reads and writes. A test holds it equal to the migrations' head."""

VERSION_TABLE = "suite_alembic_version"
"""Not Alembic's default name: two tools in one shared database would take each other's revision for their own."""

STATES = ("running", "done", "failed", "timeout", "out-of-memory", "killed", "invalid", "stale", "late")
"""``stale``: its runner died or lost its lease. ``late``: it ended after another run had taken the cell over."""

OPEN = ("running", "stale")
"""States of runs that have not ended, or of which the end is not known."""

CANCELLED = "cancelled"
"""How the error of a stale run begins that somebody took away: no runner that is at work takes its cell again."""

VERDICTS = ("equal", "within tolerance", "different", "cannot")
"""What can come of running a cell again; ``cannot``: it was not run, or this machine could not finish it."""

ROLES = ("submitter", "maintainer", "admin")
"""What the holder of a token may do; each may do what those before it may."""

INTAKE_STATES = ("waiting", "checking", "accepted", "refused", "failed")
"""``failed``: the check itself did not end, which is no word about the upload."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

cell = Table(
    "cell",  # the unit of work: one (task, setting, method, parameters, seed)
    metadata,
    Column("id", String(64), primary_key=True),  # sha256 of the identity
    Column("identity", Text, nullable=False),  # the canonical JSON behind the hash, compared on reuse
    Column("protocol", String(64), nullable=False),  # sha256 of what rows must share to be comparable
    Column("task", String(100), nullable=False),  # as `track/name`
    Column("task_version", String(40), nullable=False),  # as the task declares it
    Column("method", String(100), nullable=False),  # as `track/name`
    Column("method_version", String(40), nullable=False),  # as the method declares it
    Column("setting", JSON, nullable=False, server_default="{}"),  # every axis of the task with its value
    Column("parameters", JSON, nullable=False),  # all of them, the defaults too, and partners by role
    Column("seed", Integer, nullable=False),  # as the task knows it
    Column("created", DateTime, nullable=False, server_default=text("CURRENT_TIMESTAMP")),  # first claimed; UTC
    Index(None, "task", "method"),
)

environment = Table(
    "environment",  # what runs were made in, each once
    metadata,
    Column("id", String(64), primary_key=True),  # sha256 of the document
    Column("document", JSON, nullable=False),  # packages, hardware, git revisions: what `suite show` prints
)

run = Table(
    "run",  # one attempt at a cell
    metadata,
    Column("id", String(32), primary_key=True),  # random
    Column("cell", String(64), ForeignKey("cell.id", ondelete="RESTRICT"), nullable=False),  # the cell that was run
    Column("attempt", Integer, nullable=False),  # 1 for the first run of the cell
    Column("state", String(20), nullable=False),  # how it ended; see below
    Column("owner", String(200), nullable=False),  # host:pid:start of the runner, see `suite.store.owner`
    Column("lease_until", DateTime),  # when its claim runs out, unless its runner renews it
    Column("started", DateTime, nullable=False, server_default=text("CURRENT_TIMESTAMP")),  # when; UTC
    Column("ended", DateTime),  # when it was recorded
    Column("error", Text),  # the reason, where it did not end well
    Column("traceback", Text),  # where a method raised
    Column("command", JSON),  # the arguments as they were passed
    Column("environment", String(64), ForeignKey("environment.id", ondelete="RESTRICT")),  # what it was made in
    Column("device", String(40)),  # `cpu`, or `cuda:0`
    Column("threads", Integer),  # of the cell
    Column("wall_seconds", Float),  # of the whole cell
    Column("cpu_seconds", Float),  # of its process and their children
    Column("peak_memory_bytes", BigInteger),  # largest resident memory
    Column("cost", JSON),  # what the task measured, as seconds to fit
    Column("facts", JSON),  # short statements beside the scores
    Column("tuning", JSON),  # the chosen point of the grid, what it was chosen by, and every trial
    Column("missing", JSON),  # subsets whose data was not at hand
    Column("ingredients", JSON),  # fingerprints of data and weights, as they were found by the worker
    Column("samples", String(64)),  # sha256 of the per-sample Parquet file
    Column("origin", JSON),  # the file that a run was merged from, and who made that; null for a run of this store
    Column("isolation", JSON),  # how the method was kept from its judge; null where both ran in one process
    Column("seal", String(64)),  # sha256 of all that a run that has ended says, see `suite.store.seals`
    UniqueConstraint("cell", "attempt"),
    CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
    # What makes "every cell exactly once" true: the database itself refuses a second claim.
    Index(
        "uq_run_cell_taken",
        "cell",
        unique=True,
        sqlite_where=text("state IN ('running', 'done')"),
        postgresql_where=text("state IN ('running', 'done')"),
    ),
)

score = Table(
    "score",  # one number of a run
    metadata,
    Column("run", String(32), ForeignKey("run.id", ondelete="RESTRICT"), primary_key=True),  # the run that has it
    Column("metric", String(50), primary_key=True),  # its name
    Column("subset", String(100), primary_key=True),  # a part of the answer, as the task names it
    Column("metric_version", String(40), nullable=False),  # as the metric declares it
    Column("value", Float, nullable=False),  # a fraction stays in 0 to 1
    Column("n", Integer, nullable=False),  # how many samples it rests on
    Column("partial", Boolean, nullable=False),  # whether a part of its data was missing
    Column("interval", JSON),  # {low, high, level, basis, n}, over the test samples of this one model
)

reproduction = Table(
    "reproduction",  # a run that was made again
    metadata,
    Column("id", String(32), primary_key=True),  # the time in nanoseconds, and something random
    Column("run", String(32), nullable=False),  # of this store, or a published one that it does not hold
    Column("made", DateTime, nullable=False, server_default=text("CURRENT_TIMESTAMP")),  # when; UTC
    Column("judged", String(64)),  # `judged_digest` of the run as it was then; null before schema 0008
    Column("verdict", String(20), nullable=False),  # what came of it; see below
    Column("difference", Float),  # the largest of any score; null where nothing could be compared
    Column("reason", Text, nullable=False),  # the verdict in words
    Column("changed", JSON, nullable=False),  # {what differs in the environment: [recorded, now]}
    Column("environment", String(64), ForeignKey("environment.id", ondelete="RESTRICT")),  # what it was run again in
    Column("device", String(40)),  # `cpu`, or `cuda:0`
    Column("threads", Integer),  # of the cell
    Column("reproducer", String(100), nullable=False),  # who ran it again, as they say
    CheckConstraint(f"verdict IN ({', '.join(repr(verdict) for verdict in VERDICTS)})", name="verdict"),
    Index(None, "run"),
)

token = Table(
    "token",  # who may send results to `suite serve`
    metadata,
    Column("id", String(16), primary_key=True),  # random, and no secret
    Column("hash", String(64), nullable=False),  # sha256 of the secret, which is kept nowhere
    Column("holder", String(100), nullable=False),  # the person who has it
    Column("role", String(20), nullable=False),  # what they may do; see below
    Column("created", DateTime, nullable=False, server_default=text("CURRENT_TIMESTAMP")),  # when; UTC
    Column("expires", DateTime),  # from when on it is refused
    Column("revoked", DateTime),  # when it was taken back
    UniqueConstraint("hash"),
    CheckConstraint(f"role IN ({', '.join(repr(role) for role in ROLES)})", name="role"),
)

intake = Table(
    "intake",  # an upload that waits for `suite worker`, or waited
    metadata,
    Column("number", Integer, primary_key=True),  # the order of arrival
    Column("id", String(32), nullable=False),  # random; also the name of the uploaded file
    Column("sha256", String(64), nullable=False),  # of the uploaded file
    Column("bytes", BigInteger, nullable=False),  # its size
    Column("holder", String(100), nullable=False),  # who sent it
    Column("token", String(16), ForeignKey("token.id", ondelete="RESTRICT"), nullable=False),  # by which it was sent
    Column("state", String(20), nullable=False),  # where it stands; see below
    Column("reason", Text),  # why it is refused or failed
    Column("name", String(100)),  # of the submission, once its file was read
    Column("attempts", Integer, nullable=False, server_default="0"),  # how often its check was begun
    Column("owner", String(200)),  # host:pid:start time of the worker that checks it
    Column("lease_until", DateTime),  # when the claim of its worker runs out
    UniqueConstraint("id"),
    UniqueConstraint("holder", "sha256"),  # the same upload twice is one entry
    CheckConstraint(f"state IN ({', '.join(repr(state) for state in INTAKE_STATES)})", name="state"),
    Index(None, "state", "number"),
    # Two uploads under one name: the database lets one of them be put in place.
    Index(
        "uq_intake_name_taken",
        "name",
        unique=True,
        sqlite_where=text("state IN ('checking', 'accepted')"),
        postgresql_where=text("state IN ('checking', 'accepted')"),
    ),
)

intake_event = Table(
    "intake_event",  # a change of the state of an upload
    metadata,
    Column("id", Integer, primary_key=True),  # in the order in which they came
    Column("entry", Integer, ForeignKey("intake.number", ondelete="RESTRICT"), nullable=False),  # the upload
    Column("made", DateTime, nullable=False, server_default=text("CURRENT_TIMESTAMP")),  # when; UTC
    Column("state", String(20), nullable=False),  # the new one
    Column("reason", Text),  # why
    Index(None, "entry"),
)
