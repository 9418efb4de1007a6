"""Reading of files from outside: each kind in one way, within limits, with one error."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from outside import arrays, documents, files
from outside.documents import Malformed
from outside.errors import UserError
from outside.schema import fit

#: Bytes that are read at most: of YAML, of JSON, of what tools write, of arrays.
MAX_YAML = 1 << 16
MAX_JSON = 1 << 25
MAX_TOOL = 1 << 28
MAX_ARRAY = 1 << 31

T = TypeVar("T")


@dataclass(frozen=True)
class Reader:
    """Reads files; what is wrong is raised as error: "<path>: <what>; <hint>".

    hint: what was expected, or what makes the file anew; "" for none.
    """

    error: type[UserError]

    def _fails(self, path: Path, what: str, hint: str) -> UserError:
        return self.error(f"{path}: {what}; {hint}" if hint else f"{path}: {what}")

    def data(self, path: Path, hint: str = "", limit: int = MAX_ARRAY) -> bytes:
        """Content of a regular file."""
        try:
            return files.read_bytes(path, limit)
        except files.Unreadable as error:
            raise self._fails(path, str(error), hint) from error

    def text(self, path: Path, hint: str = "", limit: int = MAX_JSON) -> str:
        """UTF-8 text of a regular file."""
        try:
            return files.read_text(path, limit)
        except files.Unreadable as error:
            raise self._fails(path, str(error), hint) from error

    def json(self, path: Path, schema: type[T], hint: str = "", limit: int = MAX_JSON) -> T:
        """A JSON file as schema (see ``outside.schema.fit``)."""
        text = self.text(path, hint, limit)
        return self._fitted(path, text, documents.parse_json, schema, "JSON", hint)

    def yaml(self, path: Path, schema: type[T], hint: str = "") -> T:
        """A YAML file as schema (see ``outside.schema.fit``)."""
        text = self.text(path, hint, MAX_YAML)
        return self._fitted(path, text, documents.parse_yaml, schema, "YAML", hint)

    def parse(self, name: str, text: str, schema: type[T], hint: str = "") -> T:
        """A JSON text that is in no file of its own, such as a model's metadata, as schema."""
        place = Path(name)
        return self._fitted(place, text, documents.parse_json, schema, "JSON", hint)

    def _fitted(
        self,
        path: Path,
        text: str,
        parse: Callable[[str], Any],
        schema: type[T],
        kind: str,
        hint: str,
    ) -> T:
        try:
            data = parse(text)
        except Malformed as error:
            raise self._fails(path, f"not readable as {kind}: {error}", hint) from error
        try:
            return fit(data, schema, text if kind == "JSON" else None)
        except Malformed as error:
            said = str(error).startswith("expected ") and hint.startswith("expected ")
            raise self._fails(path, str(error), "" if said else hint) from error

    def npz(self, path: Path, hint: str = "", limit: int = MAX_ARRAY) -> dict[str, Any]:
        """The arrays of a .npz file of numbers, by name."""
        content = self.data(path, hint, limit)
        try:
            return arrays.read_npz(content, limit)
        except Malformed as error:
            raise self._fails(path, f"not a readable .npz file ({error})", hint) from error

    def npy(self, path: Path, hint: str = "", limit: int = MAX_ARRAY) -> Any:
        """The array of a .npy file of numbers."""
        try:
            with files.open_regular(path, limit) as file:
                return arrays.read_npy(file, file.seek(0, 2) - file.seek(0))
        except (files.Unreadable, Malformed) as error:
            raise self._fails(path, f"not a readable .npy file ({error})", hint) from error
