"""Templates: write a small package for a new method or task from the templates of a track."""

from suite.scaffold.images import GivenImages
from suite.scaffold.method import new_method
from suite.scaffold.package import Package
from suite.scaffold.task import new_task

__all__ = ["GivenImages", "Package", "new_method", "new_task"]
