"""Settings for every test."""

import os
import signal

from hypothesis import settings

# one worker of pytest a processor: where each had as many threads, they would wait for each other
# (a training of 8 steps took 7 times as long); this is read when torch is loaded
os.environ.setdefault("OMP_NUM_THREADS", "1")

# by the clock a test fails where the machine is busy, which says nothing of the code
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

# a shell that starts the tests in the background has Ctrl-C ignored, also in what they start
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
