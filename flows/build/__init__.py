"""The build: its configuration, its steps one a file, and the folder that they fill."""
