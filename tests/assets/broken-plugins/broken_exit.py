"""Ends the process when it is imported, as scripts without a main guard do."""

import sys

sys.exit("this module is a script")
