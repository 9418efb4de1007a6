"""Proofs of the RTL's handshakes without a bound, by yosys and the ABC inside it.

The contracts are modules of ``contracts/``: what is asserted of a stream, and for each module of
the RTL a harness that says what should come out. ``catalogue`` has the shapes that are proven, and
the faults that have to be found; ``prover`` does it. ``python -m hw.formal`` is the command.
"""
