"""The mailbox folder: where letters go while no mail server is set."""

import os
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID


def mailbox_of(data: Path) -> Path:
    """Return the folder of letters in the data folder."""
    return data / "mailbox"


def put(folder: Path, id: UUID, message: EmailMessage) -> Path:
    """Write the message as a file any mail program opens, readable by its owner only.

    A letter put twice is one file. Ids go up with time, so the newest letter is the last name.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, draft = folder / f"{id}.eml", folder / f".{id}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
    draft.replace(path)
    return path
