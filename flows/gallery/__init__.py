"""The gallery: networks of the field, each through the whole flow, and a row of figures each."""
