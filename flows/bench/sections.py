"""The sections of ``make bench`` by name. A further one is one more entry."""

from collections.abc import Callable

from flows.bench.cppsim import cppsim_section
from flows.bench.rows import Options, Section
from flows.config import BuildConfig

SECTIONS: dict[str, Callable[[BuildConfig, Options], Section]] = {
    "cppsim": cppsim_section,
}
