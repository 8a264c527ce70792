"""Letters by e-mail: queued in the transaction of their fact, sealed, posted by a worker."""

from drawbar.kit.mail.letters import Letter, can_reach, send

__all__ = ["Letter", "can_reach", "send"]
