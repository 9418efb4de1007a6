"""What the build reports: JSON files, and one HTML page made of them."""
