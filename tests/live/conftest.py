from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from kdiag.lab import Lab


@pytest.fixture(scope="session")
def lab3() -> Iterator[Lab]:
    """One cluster of three brokers for all tests that leave it as they found it."""
    with Lab(
        3, racks=("r1", "r2", "r3"), small_disks={2: 1}, properties={"min.insync.replicas": "2"}
    ) as lab:
        yield lab


@pytest.fixture
def fresh_lab() -> Iterator[Callable[..., Lab]]:
    """A factory of clusters that end with the test; its arguments are those of Lab."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(Lab(*args, **options))
