"""A model of the streams' timing without their data: which beat passes at which clock.

``machines`` says of every operator in which order it takes and gives beats, ``engine`` computes
when. It needs milliseconds where the simulated RTL needs minutes, and serves to size FIFOs and to
know latencies; hw.sim remains what is measured.
"""
