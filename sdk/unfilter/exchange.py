"""Exchanging two files or folders by one call of the operating system, which Python does not offer."""

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


def exchange(first: Path, second: Path) -> bool:
    """Give each of two paths, which both exist, the content of the other, with no moment in between.

    Source: renameat2(2) of Linux, renamex_np(2) of macOS.

    Returns:
        False, with nothing changed, where the system or the file system cannot do that.

    Raises:
        OSError: a path is missing, or may not be renamed.
    """
    names = os.fsencode(first), os.fsencode(second)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            code = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE))
        elif sys.platform == "darwin":
            code = library.renamex_np(names[0], names[1], ctypes.c_uint(_RENAME_SWAP))
        else:
            return False
    except (AttributeError, TypeError):  # a C library without it
        return False
    if code == 0:
        return True
    error = ctypes.get_errno()
    if error in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
        return False
    raise OSError(error, os.strerror(error), str(first), None, str(second))
