"""Submissions as they lie on the disk: the format, its strict reader, their histories. No code of them is run."""

from suite.store.submission.document import Submission
from suite.store.submission.history import Event
from suite.store.submission.reading import Listed, listed, read_history, read_submission, read_submissions

__all__ = ["Event", "Listed", "Submission", "listed", "read_history", "read_submission", "read_submissions"]
