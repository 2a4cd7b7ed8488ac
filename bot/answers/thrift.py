"""Gives memory back to the system after an index was built, where Linux lets a process do so.

Reading the word dictionary once leaves most of its 110 MB file counted to the process, although
answering touches little of it; and making an index leaves freed memory with the allocator.
Nothing here changes what is answered; elsewhere than on Linux nothing happens.
"""

import ctypes
import sys
from pathlib import Path

_FILES = ("/system.dic", "/e5-small-q4.bin")
_RANDOM = 1  # MADV_RANDOM: map the page that is read, not its neighbours
_DONT_NEED = 4  # MADV_DONTNEED: unmap; read again from the system's cache when touched
_MAPS = Path("/proc/self/maps")


def give_back() -> None:
    """Unmaps what was read of large read-only files, and returns freed memory. Takes about a
    millisecond; doing it again is harmless."""
    if not sys.platform.startswith("linux"):
        return
    try:
        library = ctypes.CDLL(None)
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in lines:
            if line.endswith(_FILES) and " r--" in line:
                first, last = (int(end, 16) for end in line.split(" ", 1)[0].split("-"))
                place, size = ctypes.c_void_p(first), ctypes.c_size_t(last - first)
                library.madvise(place, size, _DONT_NEED)
                library.madvise(place, size, _RANDOM)
        library.malloc_trim(ctypes.c_size_t(0))
    except (OSError, AttributeError):
        return  # another C library: only thrift is lost
