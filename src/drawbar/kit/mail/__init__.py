"""Letters by e-mail: queued in the transaction of their fact, sealed, posted by a worker."""

from drawbar.kit.mail.letters import Letter, send

__all__ = ["Letter", "send"]
