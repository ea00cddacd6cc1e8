"""Cannot be imported: needs a package that is not there."""

import a_package_that_is_not_installed  # noqa: F401 - importing it is what fails
