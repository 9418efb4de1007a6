"""Simulation of stitched designs with Verilator: build (``verilate``), run (``run``), beats."""
