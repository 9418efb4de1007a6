"""Another size of the image for a build that takes such while it runs."""
