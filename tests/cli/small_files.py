"""The command line in a process that may write no file of over 100 kB, as on a disk that is nearly full."""

from __future__ import annotations

import resource
import sys

from layerwise.cli import main

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    sys.exit(main(sys.argv[1:]))
