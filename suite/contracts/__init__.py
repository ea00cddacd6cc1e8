"""What the parts promise each other."""

from suite.contracts.card import Card, Status
from suite.contracts.context import Context, Resources, TaskContext
from suite.contracts.executor import Ended, Executor, Job
from suite.contracts.ingredient import Ingredient, Missing
from suite.contracts.interval import Interval
from suite.contracts.method import Method, Parameters
from suite.contracts.metric import Column, Metric
from suite.contracts.outcome import Outcome, Score
from suite.contracts.page import Page
from suite.contracts.picture import Picture
from suite.contracts.task import Task, Tier
from suite.contracts.track import Track
from suite.contracts.tuning import TUNED, Trial, Tuning

__all__ = [
    "TUNED",
    "Card",
    "Column",
    "Context",
    "Ended",
    "Executor",
    "Ingredient",
    "Interval",
    "Job",
    "Method",
    "Metric",
    "Missing",
    "Outcome",
    "Page",
    "Parameters",
    "Picture",
    "Resources",
    "Score",
    "Status",
    "Task",
    "TaskContext",
    "Tier",
    "Track",
    "Trial",
    "Tuning",
]
