"""Products with constant integer matrices as graphs of adders that rows share."""
