"""Input from outside, for all packages: files of other hands, command lines, signals.

``Reader`` reads files by described schemas, within limits; ``run_command`` is the frame of every
command. Nothing here knows networks, hardware or flows.
"""
