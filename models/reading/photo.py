"""Photographed sheets: the outline of the paper found, the sheet cut out and squared, places on it told back.

A picture file that may be a photograph is squared before it is read, and shown squared. A PDF whose page is a photograph is
read squared too, but a viewer shows the page as it is: there the boxes are told back with :class:`Squared`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.letter import Box

_LOG = logging.getLogger(__name__)
PAGE_INCHES = 11.69
"""Height of an A4 sheet: what a picture without a resolution is taken to show."""


@dataclass(frozen=True, slots=True)
class Squared:
    """A sheet cut out of a picture: its image, and the way back."""

    image: NDArray[np.uint8]
    matrix: NDArray[np.float64]
    """From pixels of the picture to pixels of the squared sheet."""
    size: tuple[int, int]
    """Width and height of the picture in pixels."""

    @property
    def dpi(self) -> float:
        """Dots an inch of the squared sheet, taken for A4."""
        return float(max(self.image.shape[:2])) / PAGE_INCHES

    def back(self, box: Box, rotation: int, upright: tuple[float, float], dpi: float) -> Box:
        """A box in points of the squared sheet after it was turned upright by ``rotation`` (0, 90, 180, 270 degrees clockwise
        undone), as the box around it in points of the picture turned in the same way, drawn at ``dpi``.

        ``upright`` are the width and height of the squared upright sheet in points.
        """
        x0, y0, x1, y1 = box
        corners = [_turned_back((x, y), rotation, upright) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        scale = self.dpi / 72
        points = np.array([[(x * scale, y * scale) for x, y in corners]], dtype=np.float64)
        moved = cv2.perspectiveTransform(points, np.linalg.inv(self.matrix))[0] * (72 / dpi)
        whole = (self.size[0] * 72 / dpi, self.size[1] * 72 / dpi)
        ends = [_turned((float(x), float(y)), rotation, whole) for x, y in moved]
        xs, ys = [p[0] for p in ends], [p[1] for p in ends]
        return (round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))


def _turned_back(point: tuple[float, float], rotation: int, upright: tuple[float, float]) -> tuple[float, float]:
    """A point of an upright sheet on the sheet as it lay, ``rotation`` being what :class:`Page` says."""
    x, y = point
    if rotation == 90:
        return upright[1] - y, x
    if rotation == 180:
        return upright[0] - x, upright[1] - y
    return (y, upright[0] - x) if rotation == 270 else (x, y)


def _turned(point: tuple[float, float], rotation: int, lying: tuple[float, float]) -> tuple[float, float]:
    """The other way: a point of a sheet as it lies (``lying``: its width and height) on the upright one."""
    x, y = point
    if rotation == 90:
        return y, lying[0] - x
    if rotation == 180:
        return lying[0] - x, lying[1] - y
    return (lying[1] - y, x) if rotation == 270 else (x, y)


def square_page(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    """Cut a photographed sheet out and square it; the picture unchanged where no clear outline of a sheet is seen."""
    found = squared_sheet(image)
    return (found.image, True) if found is not None else (image, False)


def squared_sheet(image: NDArray[np.uint8]) -> Squared | None:
    """The photographed sheet cut out and squared; None where no clear outline of a sheet is seen.

    The sheet must be a bright quadrilateral of at least a third of the picture whose edges do not lie on the picture's
    own border, so that a flat scan is never touched.
    """
    height, width = image.shape[:2]
    factor = 600.0 / max(height, width)
    small = cv2.resize(
        image, (max(8, round(width * factor)), max(8, round(height * factor))), interpolation=cv2.INTER_AREA
    )
    gray = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY) if small.ndim == 3 else small
    gray = cv2.GaussianBlur(gray, (5, 5), 0)
    _, mask = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    sheet = max(contours, key=cv2.contourArea)
    area = float(cv2.contourArea(sheet))
    whole = float(gray.shape[0] * gray.shape[1])
    if not 0.3 * whole < area < 0.93 * whole:
        return None
    hull = cv2.convexHull(sheet)
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float64)
    if len(corners) != 4 or area < 0.9 * float(cv2.contourArea(corners.astype(np.float32))):
        return None
    edge = 2.0
    on_border = sum(
        x < edge or y < edge or x > gray.shape[1] - 1 - edge or y > gray.shape[0] - 1 - edge for x, y in corners
    )
    if on_border > 1:
        return None
    inside = float(np.median(gray[mask > 0]))
    outside = gray[mask == 0]
    if outside.size == 0 or inside - float(np.median(outside)) < 40:
        return None
    corners = _ordered(corners) / factor
    top, right, bottom, left = (float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4))
    across, down = round(max(top, bottom)), round(max(left, right))
    if min(across, down) < 300 or not 0.45 < across / down < 2.2:
        return None
    target = np.array([[0, 0], [across - 1, 0], [across - 1, down - 1], [0, down - 1]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    squared = cv2.warpPerspective(image, matrix, (across, down), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    _LOG.debug("sheet of %d × %d pixels cut out of a photograph", across, down)
    return Squared(np.asarray(squared, dtype=np.uint8), np.asarray(matrix, dtype=np.float64), (width, height))


def _ordered(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners from the top left clockwise."""
    total, difference = corners.sum(axis=1), corners[:, 1] - corners[:, 0]
    return np.array(
        [
            corners[int(np.argmin(total))],
            corners[int(np.argmin(difference))],
            corners[int(np.argmax(total))],
            corners[int(np.argmax(difference))],
        ]
    )
