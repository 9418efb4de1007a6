"""The faces that WIDER FACE's evaluation compares with: the lists of eval_tools/ground_truth/*.mat.

wider_face_val.mat holds cells of cells, one per event (61), one per picture in it: event_list and
file_list (names), face_bbx_list (int32 x y w h). wider_{easy,medium,hard}_val.mat hold gt_list: of
each picture the indices, from 1, of the faces that count; all other faces of it are ignored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from model.data.lines import LARGEST
from model.data.predictions import key
from model.data.wider import Annotation
from model.errors import ModelError

SETTINGS = ("easy", "medium", "hard")
LISTS = "wider_face_val.mat"


@dataclass(frozen=True, eq=False)
class Picture:
    """The faces of one picture and which of them count in each setting."""

    name: str  # event/image
    boxes: NDArray[np.float64]  # (M, 4) left, top, right, bottom
    counted: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)  # setting: (M,)


def from_annotations(annotations: Iterable[Annotation]) -> list[Picture]:
    """Pictures with one setting, "all": every face counts but those flagged invalid."""
    return [Picture(key(one.name), one.boxes, {"all": ~one.invalid}) for one in annotations]


def load_lists(folder: Path) -> list[Picture]:
    """Pictures with the settings easy, medium and hard, from the tool's ground_truth folder."""
    lists = _Lists(folder / LISTS)
    settings = {name: _Lists(folder / f"wider_{name}_val.mat") for name in SETTINGS}
    events = lists.cells("event_list")
    pictures: dict[str, Picture] = {}
    for i, event in enumerate(events):
        title = lists.text(event, f"event_list{{{i + 1}}}")
        names = lists.cells("file_list", i, of=len(events))
        faces = lists.cells("face_bbx_list", i, of=len(events), count=len(names))
        counted = {
            setting: one.cells("gt_list", i, of=len(events), count=len(names))
            for setting, one in settings.items()
        }
        for j, name in enumerate(names):
            place = f"{{{i + 1}}}{{{j + 1}}}"
            boxes = lists.boxes(faces[j], f"face_bbx_list{place}")
            picture = f"{title}/{lists.text(name, f'file_list{place}')}"
            masks = {
                setting: settings[setting].mask(cells[j], len(boxes), f"gt_list{place}")
                for setting, cells in counted.items()
            }
            if picture in pictures:
                raise lists.fail(f"{picture} stands in it twice; expected each picture once")
            pictures[picture] = Picture(picture, boxes, masks)
    return list(pictures.values())


class _Lists:
    """One .mat file of nested cells, read with errors that name the file and the cell."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise ModelError(
                f"{path}: no such file; expected the ground truth of WIDER FACE's eval_tools, "
                f"{LISTS} and wider_{{easy,medium,hard}}_val.mat"
            )
        try:
            self._content: dict[str, Any] = loadmat(path)
        except Exception as error:  # scipy raises many kinds on damaged files
            raise ModelError(
                f"{path}: not a MATLAB 5 file ({error}); expected lists of WIDER FACE"
            ) from error

    def fail(self, problem: str) -> ModelError:
        return ModelError(f"{self.path}: {problem}")

    def cells(
        self, name: str, event: int | None = None, of: int | None = None, count: int | None = None
    ) -> list[Any]:
        """The cells of a list, or of one event in it; of how many is checked where it is known."""
        if name not in self._content:
            raise self.fail(f"holds no {name}; expected cells, one for each event")
        cells = self._flat(self._content[name], name)
        if of is not None and len(cells) != of:
            raise self.fail(f"{name} has {len(cells)} events; expected {of}, as in event_list")
        if event is None:
            return cells
        place = f"{name}{{{event + 1}}}"
        inner = self._flat(cells[event], place)
        if count is not None and len(inner) != count:
            raise self.fail(f"{place} has {len(inner)} pictures; expected {count}, as in file_list")
        return inner

    def _flat(self, cells: Any, place: str) -> list[Any]:
        if not isinstance(cells, np.ndarray) or cells.dtype != np.object_:
            raise self.fail(f"{place} is not a cell array; expected cells")
        return list(cells.ravel())

    def text(self, cell: Any, place: str) -> str:
        value = np.asarray(cell)
        if value.size != 1 or value.dtype.kind != "U":
            raise self.fail(f"{place} is not text; expected a name")
        return str(value.item())

    def boxes(self, cell: Any, place: str) -> NDArray[np.float64]:
        value = np.asarray(cell)
        if value.size == 0:
            return np.zeros((0, 4))
        if value.dtype.kind not in "iuf" or value.ndim != 2 or value.shape[1] != 4:
            raise self.fail(f"{place} has shape {value.shape}; expected boxes (M, 4), x y w h")
        rows = value.astype(np.float64)
        if not (np.abs(rows) <= LARGEST).all():
            raise self.fail(f"{place} has a number that is not finite or beyond {LARGEST:g}")
        return np.column_stack([rows[:, :2], rows[:, :2] + rows[:, 2:]])

    def mask(self, cell: Any, faces: int, place: str) -> NDArray[np.bool_]:
        value = np.asarray(cell)
        index = value.ravel() if value.dtype.kind in "iuf" else np.array([0])
        if not np.isin(index, np.arange(1, faces + 1)).all():
            raise self.fail(f"{place} names faces that are not there; expected 1 to {faces}")
        if len(np.unique(index)) < len(index):
            raise self.fail(f"{place} names a face twice; expected each once")
        mask = np.zeros(faces, dtype=np.bool_)
        mask[index.astype(np.int64) - 1] = True
        return mask
