"""The commands of ``python -m flows``, one a file: what it takes, and what is run with that.

These files load quickly: what a command needs, it imports when it runs.
"""
