"""Has a hook that raises."""

from suite import hookimpl


@hookimpl
def suite_register_methods(register):
    raise RuntimeError("the hook gave up")
