"""Become an unprivileged account that can still reach our folders, then run a program.

Run as a script by `drawbar.kit.embedded.cluster` when Drawbar itself is root, which PostgreSQL
refuses to be. Imports the standard library only: it starts before every server start.

    python launch.py UID GID NEEDED-PATH... -- PROGRAM ARGUMENT...
"""

from __future__ import annotations

import ctypes
import os
import sys

# Numbers from <linux/prctl.h> and <linux/capability.h>; capabilities(7).
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Words(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def become(uid: int, gid: int, needed: list[str]) -> None:
    """Turn this process into `uid`, keeping no more privilege than the needed paths ask for.

    Most folders are open to everyone and nothing is kept. Below a private folder of root's, the
    right to read and search is kept as an ambient capability, so that no folder's mode changes;
    containers that withhold it usually grant CAP_DAC_OVERRIDE, which serves as well.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    keeps = hasattr(libc, "prctl") and libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0
    try:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    except OSError as error:
        _refuse(f"this system does not let root become uid {uid} ({error})")
    # access(2) asks without capabilities, which is the question here.
    unreachable = [path for path in needed if not os.access(path, os.R_OK)]
    if not unreachable:
        return
    kept = keeps and any(_keep(libc, each) for each in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE))
    if not kept:
        _refuse(f"uid {uid} cannot reach {unreachable[0]} and this system keeps capabilities away")


def _keep(libc: ctypes.CDLL, capability: int) -> bool:
    """Keep one capability over the coming exec; false if the system will not have it."""
    bit = 1 << capability
    words = (_Words * 2)(_Words(bit, bit, bit), _Words(0, 0, 0))
    header = _Header(CAPABILITY_VERSION_3, 0)
    if libc.capset(ctypes.byref(header), ctypes.byref(words)) != 0:
        return False
    return bool(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)


def _refuse(reason: str) -> None:
    sys.exit(
        f"PostgreSQL will not run as root, and {reason}. Run Drawbar as an ordinary user, "
        "or set DRAWBAR_DATABASE_URL to a PostgreSQL server of your own."
    )


def main(arguments: list[str]) -> None:
    """Drop root and replace this process by the program named after `--`."""
    cut = arguments.index("--")
    uid, gid, *needed = arguments[:cut]
    program = arguments[cut + 1 :]
    become(int(uid), int(gid), needed)
    os.execv(program[0], program)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
