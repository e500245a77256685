"""The course: assignments that are graded, and the tool that grades them, ``python -m assignments``."""
