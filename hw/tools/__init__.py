"""The tools that hw runs, one a module: how each is found, run, and what is said where it fails.

``process`` runs any of them, ``parallel`` several at a time, ``cache`` keeps what they made under a
hash of all that went in. Nothing here knows an operator or a network.
"""
