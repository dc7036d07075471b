"""The corpus of break-out attempts: what an attempt imports. See README.md."""

from . import profile, world
from .corpus import attested, inert, lacks, needs, refused
from .outcome import Failed, Refused

__all__ = ("Failed", "Refused", "attested", "inert", "lacks", "needs", "profile", "refused", "world")
