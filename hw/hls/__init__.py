"""HLS C++: one header an operator, the project around them, its emulation by a C++ compiler."""
