"""What an operator can mend, over all packages."""

from drawbar.house.mendable import Mendable
from drawbar.kit.crypto import MasterKeyError
from drawbar.kit.embedded import EmbeddedPostgresError
from drawbar.kit.errors import Problem
from drawbar.kit.roles import UnfitDatabase
from drawbar.kit.settings import SettingsError

MENDABLE: tuple[type[Exception], ...] = (
    EmbeddedPostgresError,
    MasterKeyError,
    Mendable,
    Problem,
    SettingsError,
    UnfitDatabase,
)
