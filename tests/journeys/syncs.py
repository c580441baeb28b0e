"""A disk that does not answer for what it was given: fsync and fdatasync fail."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.needs import need

_SHIM = r"""
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
static int fails(void) {
    const char *flag = getenv("FSYNC_FAILS");
    return flag && !access(flag, F_OK);
}
static int sync_by(long call, int fd) {
    if (fails()) { errno = EIO; return -1; }
    return syscall(call, fd);
}
int fsync(int fd) { return sync_by(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }
"""


def failing_syncs(place: Path, flag: Path) -> dict[str, str]:
    """The environment of a program whose every fsync fails with EIO for as long as `flag` is there.

    The shim that makes it so is compiled in `place`.
    """
    source, shim = place / "shim.c", place / "shim.so"
    source.write_text(_SHIM)
    subprocess.run([need("gcc"), "-shared", "-fPIC", "-o", shim, source], check=True)
    shim.chmod(0o755)
    return {"LD_PRELOAD": str(shim), "FSYNC_FAILS": str(flag)}
