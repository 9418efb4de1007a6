"""`python -m model.training`."""

import sys

from model.training.cli import main

if __name__ == "__main__":
    sys.exit(main())
