"""Layers over time: what goes round in a file is written out, once a step."""
