"""What a route may ask for by name: `database: TheDatabase`."""

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.listing import Cursors
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings

TheDatabase = NamedDependency[Database]
TheCursors = NamedDependency[Cursors]
TheVault = NamedDependency[Vault]
TheSettings = NamedDependency[Settings]
TheHttp = NamedDependency[OutgoingHttp]


def provided() -> dict[str, Provide]:
    """Return the application's dependencies; each is a field of its state."""

    def database(state: State) -> Database:
        return state.database  # type: ignore[no-any-return]

    def cursors(state: State) -> Cursors:
        return state.cursors  # type: ignore[no-any-return]

    def vault(state: State) -> Vault:
        return state.vault  # type: ignore[no-any-return]

    def settings(state: State) -> Settings:
        return state.settings  # type: ignore[no-any-return]

    def http(state: State) -> OutgoingHttp:
        return state.http  # type: ignore[no-any-return]

    found = (database, cursors, vault, settings, http)
    return {one.__name__: Provide(one, sync_to_thread=False) for one in found}
