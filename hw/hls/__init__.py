"""HLS C++: one header an operator, the project around them, its simulation by a C++ compiler."""
