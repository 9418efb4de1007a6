"""Place and route for Lattice ECP5 by nextpnr: delays of a placed and routed design.

``ecp5.synthesize_ecp5`` and ``ecp5.route`` run yosys and nextpnr on a top module;
``boundary.with_registers`` writes a top level that gives one operator few pins, and registers at
its ports.
"""
