"""What holds for every test."""

import signal

from hypothesis import settings

# by the clock a test fails where the machine is busy, which says nothing of the code
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

# a shell that starts the tests in the background has Ctrl-C ignored, also in what they start
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
