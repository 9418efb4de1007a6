"""Small files with one feature each, as exporters write them."""
