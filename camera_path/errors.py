"""The error of the camera path."""


class CameraPathError(ValueError):
    """A frame, a setting or a network that the camera path cannot take; says what it expected."""
