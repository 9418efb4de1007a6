"""Synthesis of operators by yosys, and reading of what it says. Estimates, no vendor's figures."""
