"""First versions of what people bring: a small package, written from the templates of a track's role."""

from suite.scaffold.method import new_method
from suite.scaffold.package import Package

__all__ = ["Package", "new_method"]
