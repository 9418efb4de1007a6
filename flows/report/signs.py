"""Signs that are easily taken for others, by their names."""

TIMES = "\N{MULTIPLICATION SIGN}"
DASH = "\N{EN DASH}"
