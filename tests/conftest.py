"""What many test modules share."""

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile(
    "course", deadline=None, derandomize=True
)  # the same examples on slow machines and fast
settings.load_profile("course")


@pytest.fixture
def rng() -> np.random.Generator:
    """A fresh generator for every test, always from the same seed."""
    return np.random.default_rng(0)
