"""All networks of the gallery, by name."""

from model.errors import ModelError
from model.gallery import bnn_pynq, dense, images
from model.gallery.entry import Entry

ENTRIES: dict[str, Entry] = {
    entry.name: entry for entry in (*dense.ENTRIES, *bnn_pynq.ENTRIES, *images.ENTRIES)
}


def chosen(names: str | None) -> list[Entry]:
    """Entries of "a,b" in that order, or all; ModelError for a name that is none."""
    if names is None:
        return list(ENTRIES.values())
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in ENTRIES:
            raise ModelError(f"no network {name} (--only, ONLY=); networks: {', '.join(ENTRIES)}")
    return [ENTRIES[name] for name in wanted]
