"""Has a hook that lacks its marker."""


def suite_register_methods(register):
    raise AssertionError("nobody calls this")
