"""What runs on a finished build: emulator, simulators, synthesis, bitstreams, boards."""
