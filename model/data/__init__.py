"""Data on disk: WIDER FACE, FDDB and prediction files in their published layouts."""
