"""Names of hosts that ssh may be given. Imports nothing heavy: make asks before it builds."""

import re

#: user@address, an alias of ssh's configuration, or ssh://user@address:port; no option of ssh's,
#: nothing that a shell in ssh's configuration (ProxyCommand with %h) could take for a command.
_HOST = re.compile(r"(ssh://)?([A-Za-z0-9_][A-Za-z0-9_.+-]*@)?[A-Za-z0-9_\[][A-Za-z0-9_.:%\]-]*")
EXPECTED = "user@address, as ssh takes it"


def is_host(text: str) -> bool:
    """Whether text may be given to ssh as a host."""
    return _HOST.fullmatch(text) is not None
