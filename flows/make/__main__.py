"""``python flows/make/__main__.py GIVEN IGNORED GOALS NAME=VALUE ...``: a command line of make.

The first line printed is ``ok WEIGHTS own|shipped`` or ``error TEXT``; notes go to standard error.
GIVEN, IGNORED, GOALS: names of variables on the command line of make, names of variables that the
environment has, and goals, each in one argument with blanks between them.

This file is run by its path and must be readable for any Python, so that an old one is told apart
before anything else is imported.
"""

import os
import sys

if sys.version_info[:2] != (3, 11) and not set(sys.argv[3].split()) <= {"help", "clean"}:
    print("error Python 3.11 is needed, found %d.%d; set PYTHON=" % sys.version_info[:2])  # noqa: UP031
    sys.exit(0)

sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from flows.make.check import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
