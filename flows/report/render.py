"""Typed data laid out as HTML: the Jinja2 templates in ``templates``, and their filters.

Templates escape all that they print; only ``Markup`` passes as it is, and what makes such escapes
its parts.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
#: A cell without a value.
NOTHING = Markup('<span class="none" title="no value">&ndash;</span>')
#: The browser is told to load nothing, whatever a page says.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def number(value: float | None, decimals: int = 0) -> Markup:
    """Number with separators of thousands; a dash for None."""
    return NOTHING if value is None else Markup(f"{value:,.{decimals}f}")


def some(value: float | None, decimals: int = 0) -> Markup:
    """As ``number``; a dash for 0, too."""
    return number(value or None, decimals)


def percent(share: float | None, decimals: int = 0) -> Markup:
    """Share 0..1 as a percentage; a dash for None."""
    return NOTHING if share is None else Markup(f"{100 * share:.{decimals}f}&#8239;%")


def change(share: float) -> Markup:
    """A change by a share, with its sign, as a percentage."""
    return Markup(f"{100 * share:+.1f}&#8239;%")


def code(value: object) -> Markup:
    """Value escaped, as a name of file, node or key."""
    return Markup("<code>{}</code>").format(str(value))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "some": some, "percent": percent, "change": change}
    environment.filters["code"] = code
    environment.globals |= {"policy": POLICY, "nothing": NOTHING}
    return environment


def render(template: str, **values: Any) -> str:
    """The text that a template makes of values; an undefined name in it is an error."""
    return _environment().get_template(template).render(**values)
