"""The open way to a Zynq-7000 bitstream: yosys, nextpnr-xilinx, prjxray. Experimental."""
