"""Has a hook whose name is misspelt."""

from suite import hookimpl


@hookimpl
def suite_register_method(register):
    raise AssertionError("nobody calls this")
