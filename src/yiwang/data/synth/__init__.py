"""A synthetic city: people, households and firms that belong to nobody, and the dirty lists its departments bring."""

from __future__ import annotations

from yiwang.data.synth.city import CityFile, CityManifest, city_write
from yiwang.data.synth.score import CLASSES, ClassScore, ErrorClass, score

__all__ = ["CLASSES", "CityFile", "CityManifest", "ClassScore", "ErrorClass", "city_write", "score"]
