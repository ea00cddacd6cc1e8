"""Submissions from and to anybody: check, pack, run, reproduce. What reads their files is `suite.store.submission`."""

from suite.store.submission import read_submissions
from suite.submit.check import check
from suite.submit.report import Problem, Report
from suite.submit.unpack import unpack

__all__ = ["Problem", "Report", "check", "read_submissions", "unpack"]
