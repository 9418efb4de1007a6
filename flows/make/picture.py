"""``python -m flows.make.picture FILE``: whether ``IMAGE=`` is a picture, before a build."""

import sys

from model.detection.image import load_image
from model.errors import ModelError


def main() -> int:
    """Returns the exit status."""
    try:
        load_image(sys.argv[1])
    except ModelError as error:
        print(f"error: IMAGE={error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
