"""Place and route for Lattice ECP5 by nextpnr: delays of a placed and routed design.

``ecp5.place_and_route`` runs yosys and nextpnr on a top module and returns a ``PnrResult``;
``boundary.with_registers`` writes a top level that gives one operator few pins, and registers at
its ports.
"""
