"""Registers by strings that do not resolve: no such class, no such module, not a reference."""

from suite import hookimpl


@hookimpl
def suite_register_methods(register):
    register("broken_string:Missing")
    register("broken_string_that_is_not_there:Missing")
    register("no reference at all")
