"""Registers a class that derives from nothing, and a method that does not derive from its track's contract."""

from suite import Card, Method, hookimpl


class NoMethod:
    name = "no-method"


class NoDetector(Method):
    track = "ood"
    name = "no-detector"
    version = "1"
    card = Card(title="Not a detector", status="baseline")


@hookimpl
def suite_register_methods(register):
    register(NoMethod)
    register(NoDetector)
