"""Reports of a build: JSON files, and one HTML page made of them."""
