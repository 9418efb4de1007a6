"""Names for new tensors of a graph that has names already."""


def fresh_name(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken; it is then one of those taken."""
    made, count = name, 0
    while made in taken:
        count += 1
        made = f"{name}_{count}"
    taken.add(made)
    return made
