"""pytest plugins of the whole repository: notebooks are tests, and tests hold up equations."""

pytest_plugins = ["pytester", "numeric_nbval", "equation_option"]
