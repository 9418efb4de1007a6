"""The camera path beside the float path: what both find in the same pictures."""
