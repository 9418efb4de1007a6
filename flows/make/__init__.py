"""Checks that the Makefile makes before all else, and the configuration that it writes.

``flows/make/__main__.py`` runs before the environment exists: ``check`` and what it imports need
nothing but Python's own library.
"""
