"""What must not be read on a screen: values whose names say they are secret."""

import re

SECRET_NAME = re.compile(
    r"(secret|token|password|passphrase|api_?key|private_?key|authorization|cookie|credential)",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Tell whether a member of a JSON object is masked, by its name."""
    return SECRET_NAME.search(name) is not None
