"""Runs of a finished build: emulator, simulators, synthesis, bitstreams, boards."""
