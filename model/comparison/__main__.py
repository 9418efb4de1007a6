"""`python -m model.comparison`."""

import sys

from model.comparison.cli import main

if __name__ == "__main__":
    sys.exit(main())
