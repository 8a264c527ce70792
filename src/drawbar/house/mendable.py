"""The kind of error an operator can mend: shown as its text, never as a traceback."""


class Mendable(Exception):  # noqa: N818 - subclasses say what happened
    """The text says what happened and what to do next."""
