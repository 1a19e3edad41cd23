import pytest
from click.testing import CliRunner

from kdiag.cli import main
from kdiag.snapshot import Snapshot
from kdiag.sources.saved import save
from tests.tables import NOW, partition_row, partitions, topic_configs


@pytest.fixture
def kdiag(monkeypatch):
    """Return a function that runs kdiag with arguments in this process."""
    for name in ("NO_COLOR", "KDIAG_BOOTSTRAP_SERVER"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, **environment):
        return CliRunner(env=environment).invoke(main, [str(one) for one in arguments])

    return run


def saved(path, *rows, **fields):
    sections = (
        partitions(*rows, **fields),
        topic_configs({"orders": {"min.insync.replicas": "2"}}),
    )
    held = {type(section): section for section in sections}
    save(Snapshot(taken_at=NOW, sections=held, bootstrap="h:9092", duration_seconds=0.5), path)
    return path


@pytest.fixture
def broken_file(tmp_path):
    return saved(tmp_path / "broken.json", partition_row("orders", isr=(1,)))


@pytest.fixture
def healthy_file(tmp_path):
    return saved(tmp_path / "healthy.json.gz", partition_row("orders"))
