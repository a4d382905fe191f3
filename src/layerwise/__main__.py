"""`python -m layerwise`: the same as the command `layerwise`."""

import sys

from layerwise.cli import main

sys.exit(main())
