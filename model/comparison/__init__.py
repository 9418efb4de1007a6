"""The paper's comparison on equal terms: same scenes, same budget, four networks, one table.

`python -m model.comparison --preset small` trains and evaluates; `--render FILE` writes the table
into a document.
"""
