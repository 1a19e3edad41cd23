"""The image: what its file says, and its steps without an engine, under the paths that it names.

No container engine runs where these tests do. A mount namespace puts a scratch directory at /opt,
and the file's own steps run there, word by word; the result then runs with a read-only root.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import kdiag
from kdiag.cli.exporter import exporter
from tests.deploy.containerfile import (
    PATH,
    ROOT,
    command,
    entrypoint,
    environment,
    instructions,
    stages,
)

pytestmark = pytest.mark.timeout(900)

_IN_PLACE = 'mount --bind "$1" /opt && cd "$2" && shift 2 && exec "$@"'
_READ_ONLY = (
    'mount --bind -o ro "$1" /opt && mount -t tmpfs tmpfs /tmp && mount -o remount,bind,ro / && '
    'cd /tmp && shift && exec "$@"'
)


def words(name):
    return [each.rest for each in instructions() if each.word == name]


def test_the_base_image_is_one_release_and_can_be_given_by_digest():
    [argument] = words("ARG")
    name, _, default = argument.partition("=")

    assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+-slim-\w+", default)
    assert {rest.split()[0] for rest in words("FROM")} == {f"${{{name}}}"}


def test_the_python_of_the_image_is_one_that_kdiag_runs_on():
    [minor] = re.findall(r":(\d+\.\d+)\.\d+-slim", words("ARG")[0])

    assert tuple(map(int, minor.split("."))) >= (3, 11)


def test_no_step_needs_a_shell():
    for name in ("RUN", "ENTRYPOINT", "CMD"):
        assert words(name)
        assert all(rest.startswith("[") for rest in words(name))


def test_packages_come_by_hash_or_not_from_an_index_at_all():
    installs = [
        each.argv for each in instructions() if each.word == "RUN" and "install" in each.argv
    ]

    assert len(installs) == 3
    for argv in installs:
        assert "--require-hashes" in argv or {"--no-index", "--no-deps"} <= set(argv)


def test_nobody_in_particular_runs_it():
    last = [each for each in stages()[-1] if each.word == "USER"]

    assert [each.rest for each in last] == ["65532:65532"]


def test_the_last_stage_runs_nothing_and_takes_only_what_was_installed():
    last = stages()[-1]

    assert "RUN" not in {each.word for each in last}
    assert [each.rest for each in last if each.word == "COPY"] == [
        "--from=build /opt/kdiag /opt/kdiag"
    ]


def test_no_variable_or_argument_is_a_secret():
    names = [
        name for rest in (*words("ENV"), *words("ARG")) for name in re.findall(r"(\w+)=", rest)
    ]

    assert names
    assert not [name for name in names if re.search("(?i)passw|secret|token|key|credential", name)]


def test_the_labels_name_this_version_and_licence():
    labels = dict(re.findall(r'([\w.]+)="([^"]*)"', " ".join(words("LABEL"))))

    assert labels["org.opencontainers.image.version"] == kdiag.__version__
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_the_port_is_the_one_that_the_exporter_listens_on():
    [address] = [option for option in exporter.params if option.name == "listen_addresses"]

    assert [f":{rest}" for rest in words("EXPOSE")] == list(address.default)


def test_the_ignore_file_lets_in_what_is_copied_and_nothing_else():
    allowed = {
        line[1:]
        for line in PATH.with_name("Containerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = {
        word
        for rest in words("COPY")
        if not rest.startswith("--from")
        for word in rest.split()[:-1]
    }

    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def in_place(opt, cwd, argv, environ):
    return subprocess.run(  # noqa: S603
        ["unshare", "--mount", "sh", "-c", _IN_PLACE, "sh", opt, cwd, *argv],  # noqa: S607
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Do the steps of the first stage, and return what then is /opt."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root, to mount a directory at /opt")
    opt = tmp_path_factory.mktemp("opt")
    environ, cwd = {**os.environ, **environment(stages()[0])}, "/"
    for each in stages()[0][1:]:
        if each.word == "WORKDIR":
            cwd = each.rest
            (opt / Path(cwd).relative_to("/opt")).mkdir(parents=True)
        if each.word == "COPY":
            _copy(each.rest, opt / Path(cwd).relative_to("/opt"))
        if each.word == "RUN":
            done = in_place(opt, cwd, each.argv, environ)
            assert done.returncode == 0, done.stderr
    return opt


def _copy(rest, where):
    *names, target = rest.split()
    for name in names:
        if (ROOT / name).is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, where / target, ignore=skipped)
        else:
            (where / target).mkdir(exist_ok=True)
            shutil.copy(ROOT / name, where / target)


def read_only(installed, *argv):
    """Run in the image's own environment: root read-only, an empty /tmp, no variable of ours."""
    return subprocess.run(  # noqa: S603
        ["unshare", "--mount", "sh", "-c", _READ_ONLY, "sh", installed, *argv],  # noqa: S607
        env=environment(stages()[-1]),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_entry_point_runs_on_a_read_only_root(installed):
    refused = read_only(installed, "touch", "/opt/kdiag/x")
    assert "Read-only file system" in refused.stderr

    done = read_only(installed, *entrypoint(), "--version")

    assert (done.stdout, done.stderr) == (f"kdiag {kdiag.__version__}\n", "")


def test_its_own_arguments_ask_for_a_cluster_in_one_sentence(installed):
    done = read_only(installed, *entrypoint(), *command())

    assert done.returncode == 2
    assert done.stderr == "kdiag: --bootstrap-server HOST:PORT is missing\n"


def test_everything_that_diagnoses_is_in_the_image(installed):
    done = read_only(installed, *entrypoint(), "explain", "under-min-isr")
    assert "Partitions that refuse acks=all writes" in done.stdout

    code = "import kio, pandas, matplotlib, confluent_kafka, uvicorn, bcrypt, httpx, aiohttp"
    assert read_only(installed, "/opt/kdiag/bin/python", "-c", code).returncode == 0


def test_nothing_that_only_builds_is_in_the_image(installed):
    names = {path.name for path in installed.glob("kdiag/lib/python*/site-packages/*")}

    assert "kdiag" in names
    assert not names & {"pip", "hatchling", "setuptools"}


def test_all_of_kdiag_is_compiled(installed):
    """Nothing can be compiled where the root is read-only: each start would do it anew."""
    [home] = installed.glob("kdiag/lib/python*/site-packages/kdiag")
    modules = {path.relative_to(home).with_suffix("") for path in home.rglob("*.py")}
    compiled = {
        path.parent.parent.relative_to(home) / path.name.partition(".")[0]
        for path in home.rglob("__pycache__/*.pyc")
    }

    assert modules
    assert modules == compiled
