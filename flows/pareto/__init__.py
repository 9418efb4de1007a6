"""Frames per second against LUTs: what each rate of pixels costs, by cost model and by yosys."""
