"""``python -m dupnet``: as ``dupnet``."""

import sys

from dupnet.cli import main

if __name__ == "__main__":
    sys.exit(main())
