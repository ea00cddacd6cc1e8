"""Submissions: pack your own; check, run and reproduce those of others. `suite.store.submission` reads their files."""

from suite.store.submission import read_submissions
from suite.submit.check import check
from suite.submit.report import Problem, Report
from suite.submit.unpack import unpack

__all__ = ["Problem", "Report", "check", "read_submissions", "unpack"]
