"""Object stores: in memory, a directory, and a real FTP server; all as fsspec reaches them."""

import threading
import warnings

import fsspec
import pytest

from kdiag.audit.deliver import deliver, preview
from kdiag.audit.names import stem
from kdiag.errors import UsageError
from tests.audit.deliver.reports import SECRET, START, written

NAMES = [f"{stem('fraud-prod', START)}.{kind}" for kind in ("html", "json", "md")]
LATEST = ["latest.html", "latest.json", "latest.md"]

with warnings.catch_warnings():  # asyncore of Python 3.11 says that 3.12 has none
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import FTPServer


@pytest.fixture
def memory():
    store = fsspec.filesystem("memory")
    yield store
    store.rm("/kdiag", recursive=True)


def names(store, folder):
    return sorted(name.rpartition("/")[2] for name in store.ls(folder, detail=False))


def test_the_files_are_stored_under_their_names_and_as_the_latest(channels, memory, tmp_path):
    report = written(tmp_path)

    assert deliver(channels('[audit.objects]\nurl = "memory://kdiag/prod"\n'), report) == []

    assert names(memory, "/kdiag/prod") == [*NAMES, *LATEST]
    assert memory.cat("/kdiag/prod/latest.html") == report.html.read_bytes()


def test_only_old_reports_of_this_cluster_are_removed_there(channels, memory, tmp_path):
    others = ["kdiag-other-20200101T000000Z.html", "kdiag-fraud-prod-20200101T000000Z.csv"]
    old = ["kdiag-fraud-prod-20200101T000000Z.html", "kdiag-fraud-prod-20260228T000000Z.json"]
    for name in (*others, *old):
        memory.pipe(f"/kdiag/{name}", b"")
    table = '[audit.objects]\nurl = "memory://kdiag"\n'

    assert deliver(channels(table), written(tmp_path)) == []
    assert set(names(memory, "/kdiag")) == {*others, *old, *NAMES, *LATEST}

    assert deliver(channels(table + "keep_days = 30\n"), written(tmp_path)) == []
    assert set(names(memory, "/kdiag")) == {*others, old[1], *NAMES, *LATEST}

    assert deliver(channels(table + "keep_count = 1\n"), written(tmp_path)) == []
    assert set(names(memory, "/kdiag")) == {*others, *NAMES, *LATEST}


def test_a_directory_is_a_store(channels, tmp_path):
    (tmp_path / "store").mkdir()

    failed = deliver(
        channels(f'[audit.objects]\nurl = "file://{tmp_path}/store"\n'), written(tmp_path)
    )

    assert failed == []
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == [*NAMES, *LATEST]


@pytest.fixture
def ftp(tmp_path):
    """Yield (port, directory) of an FTP server that lets kdiag in with the password."""
    home = tmp_path / "ftp"
    (home / "reports").mkdir(parents=True)
    authorizer = DummyAuthorizer()
    authorizer.add_user("kdiag", SECRET, str(home), perm="elradfmw")
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer})
    server = FTPServer(("127.0.0.1", 0), handler)
    ended = threading.Event()

    def serve():
        while not ended.is_set():
            server.serve_forever(timeout=0.1, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.address[1], home / "reports"
    ended.set()
    thread.join()
    server.close_all()


def table(port, password):
    return (
        f'[audit.objects]\nurl = "ftp://127.0.0.1:{port}/reports"\nkeep_count = 1\n'
        f'[audit.objects.options]\nusername = "kdiag"\npassword_file = "{password}"\n'
    )


def test_a_server_gets_the_files_with_a_password_of_a_file(channels, ftp, tmp_path):
    port, home = ftp
    (home / "kdiag-fraud-prod-20200101T000000Z.md").write_text("old")
    (home / "notes.md").write_text("mine")
    report = written(tmp_path)

    assert deliver(channels(table(port, "secret")), report) == []

    assert sorted(path.name for path in home.iterdir()) == [*NAMES, *LATEST, "notes.md"]
    assert (home / report.json.name).read_text() == report.json.read_text()


def test_a_refusal_is_one_sentence_without_the_password(channels, ftp, tmp_path):
    port, home = ftp
    (tmp_path / "wrong").write_text("hunter2hunter2")

    [sentence] = deliver(channels(table(port, "wrong")), written(tmp_path))

    assert sentence == (
        f"Objects at ftp://127.0.0.1:{port}/reports cannot be stored: 530 Authentication failed."
    )
    assert list(home.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(channels, tmp_path):
    (tmp_path / "file").write_text("")

    [sentence] = deliver(
        channels(f'[audit.objects]\nurl = "file://{tmp_path}/file/x"\n'), written(tmp_path)
    )

    assert sentence.startswith(f"Objects at file://{tmp_path}/file/x cannot be stored: ")
    assert "Not a directory" in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'url = "s3://bucket/kdiag"',
            "s3://bucket/kdiag: needs a package that is missing: Install s3fs",
        ),
        (
            'url = "gs://bucket"',
            "gs://bucket: needs a package that is missing: Please install gcsfs",
        ),
        ('url = "nothing://bucket"', "fsspec knows no nothing://"),
        ('url = "/var/reports"', "expected SCHEME://FOLDER, as s3://bucket/kdiag"),
        ('url = "ftp://a:hunter2@h/x"', "url must not hold a password; give it in options"),
        ('url = "memory://kdiag"\nkeep_count = 0', "keep_count must be a number above 0"),
        ('url = "memory://kdiag"\nkeep_count = 1.5', "keep_count must be a whole number"),
        ('url = "memory://kdiag"\noptions = 1', "options must be a table"),
        (
            'url = "memory://kdiag"\noptions = {secret = "hunter2"}',
            "options: secret must not stand there itself; give secret_file, secret_command or",
        ),
        ('url = "memory://kdiag"\noptions = {token = "hunter2"}', "token must not stand there"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_read(channels, text, words):
    with pytest.raises(UsageError) as error:
        channels(f"[audit.objects]\n{text}\n")

    assert words in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("token", ["anon", "/etc/kdiag/account.json"])
def test_a_token_that_is_none_may_stand_there(channels, token):
    [target] = channels(f'[audit.objects]\nurl = "memory://x"\noptions = {{token = "{token}"}}\n')

    assert target.shown == "Objects at memory://x"


def test_a_preview_names_the_objects(channels, tmp_path):
    [shown] = preview(channels('[audit.objects]\nurl = "memory://kdiag/"\n'), written(tmp_path))

    lines = shown.splitlines()
    assert lines[0] == "Objects at memory://kdiag/ would get:"
    assert sorted(lines[1:]) == sorted(f"memory://kdiag/{name}" for name in (*NAMES, *LATEST))
