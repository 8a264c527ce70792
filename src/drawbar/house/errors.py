"""What an operator can mend: shown as one line with the remedy, never as a traceback."""

from drawbar.house.backup import BackupError
from drawbar.house.occupancy import Occupied
from drawbar.house.up import NoAnswerError
from drawbar.kit.crypto import MasterKeyError
from drawbar.kit.embedded import EmbeddedPostgresError
from drawbar.kit.errors import Problem
from drawbar.kit.roles import UnfitDatabase
from drawbar.kit.settings import SettingsError

MENDABLE: tuple[type[Exception], ...] = (
    BackupError,
    EmbeddedPostgresError,
    MasterKeyError,
    NoAnswerError,
    Occupied,
    Problem,
    SettingsError,
    UnfitDatabase,
)
