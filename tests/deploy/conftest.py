"""helm is built while other tests run: those that need it come last."""

import threading

import pytest

from tests.deploy import tools

_early: list[threading.Thread] = []


def needs_helm(item: pytest.Item) -> bool:
    return "helm" in getattr(item, "fixturenames", ())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=needs_helm)


def pytest_collection_finish(session: pytest.Session) -> None:
    is_listing = session.config.option.collectonly
    if not is_listing and not tools.is_helm_here() and any(map(needs_helm, session.items)):
        _early.append(threading.Thread(target=tools.helm))
        _early[0].start()


def pytest_unconfigure() -> None:
    tools.stop()
    for thread in _early:
        thread.join()


@pytest.fixture(scope="session")
def helm() -> str:
    path = tools.helm()
    if path is None:
        pytest.skip("needs helm, which cannot be built here: no go, or no module proxy")
    return str(path)
