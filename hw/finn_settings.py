"""Where FINN looks for its settings: nowhere that another user of this machine could write.

FINN reads the YAML file that ``FINN_SETTINGS`` names with a loader that can run code, and without
that variable keeps files in the home folder. Its defaults are all that is needed here, so the name
is one below a file of this package: nothing can be there, and FINN takes its defaults.
"""

import os
from pathlib import Path

#: No file can be there, as what would be its folder is a file.
NOWHERE = Path(__file__).resolve() / "settings.yaml"


def use_default_settings() -> None:
    """Have FINN take its defaults, in this process and in those that it starts.

    A ``FINN_SETTINGS`` of the caller's shell does not count: results depend on no variable there.
    """
    os.environ["FINN_SETTINGS"] = str(NOWHERE)
