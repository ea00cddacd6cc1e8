"""Has a hook with an argument that the hook does not offer."""

from suite import hookimpl


@hookimpl
def suite_register_methods(registry):
    raise AssertionError("nobody calls this")
