"""How a source can fail a call: each error asks the hub for something else."""

from datetime import timedelta


class SourceError(Exception):
    """The source refused this very call; repeating it changes nothing.

    `status` is its HTTP status, if it answered.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class SourceUnavailable(SourceError):  # noqa: N818  says a state, and is the hub's own word
    """The source cannot be reached or is down: try again, not before `retry_after` if it said."""

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after


class RateLimited(SourceUnavailable):
    """The source is well and asks for patience."""


class CredentialsRejected(SourceError):  # noqa: N818  says a state
    """The source no longer takes the credentials: the customer must reconnect."""


class PermissionMissing(SourceError):  # noqa: N818  says a state
    """The credentials are good but may not do this."""


class CredentialInvalid(ValueError):  # noqa: N818  says a state
    """What was typed into the form cannot be right; `field` names the form's field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class PushRefused(Exception):  # noqa: N818  says what was done
    """A push that claims to come from the source is not to be believed."""
