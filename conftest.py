"""pytest plugins of the whole repository: notebooks are tests, tests hold up equations, and chapters have budgets."""

pytest_plugins = ["pytester", "numeric_nbval", "equation_option", "budget"]
