"""Contracts: what methods, tasks, metrics, samples and cards must provide."""

from suite.contracts.border import LOG, Border, Reference, Remote
from suite.contracts.card import Card, Status
from suite.contracts.context import Context, Resources, TaskContext
from suite.contracts.cost import Cost
from suite.contracts.executor import Executor, Job, JobExit, Loaded, Split
from suite.contracts.ingredient import Ingredient, Missing
from suite.contracts.interval import Interval
from suite.contracts.listener import CellEnd, Listener
from suite.contracts.method import Method, Parameters, Standing
from suite.contracts.metric import Column, Metric
from suite.contracts.outcome import Inconsistent, Outcome, Score
from suite.contracts.page import Page
from suite.contracts.picture import Picture
from suite.contracts.requirements import Requirements
from suite.contracts.role import Role
from suite.contracts.samples import Influence, Resampled, Samples, Value
from suite.contracts.setting import Axis, Setting
from suite.contracts.substitute import Substitute
from suite.contracts.task import Task, Tier
from suite.contracts.task_kit import TaskKit
from suite.contracts.track import Access, Track
from suite.contracts.tuning import TUNED, Trial, Tuning

__all__ = [
    "LOG",
    "TUNED",
    "Access",
    "Axis",
    "Border",
    "Card",
    "CellEnd",
    "Column",
    "Context",
    "Cost",
    "Executor",
    "Inconsistent",
    "Influence",
    "Ingredient",
    "Interval",
    "Job",
    "JobExit",
    "Listener",
    "Loaded",
    "Method",
    "Metric",
    "Missing",
    "Outcome",
    "Page",
    "Parameters",
    "Picture",
    "Reference",
    "Remote",
    "Requirements",
    "Resampled",
    "Resources",
    "Role",
    "Samples",
    "Score",
    "Setting",
    "Split",
    "Standing",
    "Status",
    "Substitute",
    "Task",
    "TaskContext",
    "TaskKit",
    "Tier",
    "Track",
    "Trial",
    "Tuning",
    "Value",
]
