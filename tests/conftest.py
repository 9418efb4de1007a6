"""What holds for every test."""

from hypothesis import settings

# by the clock a test fails where the machine is busy, which says nothing of the code
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
