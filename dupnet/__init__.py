"""The command ``dupnet``: one name for all that ``python -m flows``, ``model.X`` and ``hw.X`` do.

It only finds the module of a command and passes the command line on; each module has its own
options, messages and statuses.
"""

import os
import sys

from outside.early import guard_start

guard_start(always=os.path.basename(sys.argv[0]) == "dupnet")
