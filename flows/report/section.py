"""A section of a page: its heading, the template that lays it out, and its data."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Section:
    """One section. link: its name in the list of contents; template: below ``templates``.

    data: what the template calls ``data``.
    """

    identifier: str
    link: str
    title: str
    template: str
    data: Any
