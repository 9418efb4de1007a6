"""Other weights and thresholds for a build that takes such while it runs."""
