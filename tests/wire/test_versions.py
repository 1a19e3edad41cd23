"""ApiVersions: the fallback that the protocol demands, and the choice of versions."""

import asyncio

import pytest

from kdiag.errors import ConnectError, Unsupported
from kdiag.wire.allowlist import APIS
from kdiag.wire.opening import Security, open_connection
from kdiag.wire.versions import choose

ASKED = {18: (0, 3), 3: (4, 12)}


def open_to(listening, script):
    async def run():
        async with listening(script) as port:
            deadline = asyncio.get_running_loop().time() + 2
            opened = await open_connection(
                "127.0.0.1", port, Security(None, None, "kdiag"), deadline
            )
            opened.connection.close()
            return opened.versions

    return asyncio.run(run())


@pytest.mark.parametrize(("highest", "tried"), [(3, [4, 3]), (0, [4, 0]), (2, [4, 2])])
def test_a_refusal_names_the_version_to_use(listening, make_api_versions, highest, tried):
    asked = []

    async def script(peer):
        while True:
            key, version, number, _ = await peer.request()
            asked.append(version)
            if version > highest:
                refusal = make_api_versions(0, {key: (0, highest)}, error_code=35)
                await peer.reply(number, refusal)
            else:
                await peer.reply(number, make_api_versions(version, ASKED))

    assert open_to(listening, script).ranges == ASKED
    assert asked == tried


def test_a_refusal_without_a_range_means_version_0(listening, make_api_versions):
    async def script(peer):
        number = (await peer.request())[2]
        await peer.reply(number, make_api_versions(0, {}, error_code=35))
        _, version, number, _ = await peer.request()
        assert version == 0
        await peer.reply(number, make_api_versions(0, ASKED))
        await asyncio.sleep(1)

    assert open_to(listening, script).ranges == ASKED


def test_another_error_is_a_connect_error(listening, make_api_versions):
    async def script(peer):
        number = (await peer.request())[2]
        await peer.reply(number, make_api_versions(4, {}, error_code=42))
        await asyncio.sleep(1)

    with pytest.raises(ConnectError, match="ApiVersions failed: INVALID_REQUEST"):
        open_to(listening, script)


@pytest.mark.parametrize(
    ("theirs", "newest", "version"),
    [((0, 10), None, 10), ((1, 8), None, 8), ((0, 99), None, 10), ((0, 10), 9, 9), ((2, 2), 9, 2)],
)
def test_the_newest_common_version_is_chosen(theirs, newest, version):
    assert choose(APIS["OffsetFetch"], {9: theirs}, newest) == version


@pytest.mark.parametrize(
    ("ranges", "newest", "sentence"),
    [
        ({}, None, "does not offer OffsetFetch"),
        ({9: (0, 1)}, None, "offers OffsetFetch v0-v1, kdiag reads v2-v10"),
        ({9: (11, 12)}, None, "offers OffsetFetch v11-v12, kdiag reads v2-v10"),
        ({9: (10, 10)}, 9, "offers OffsetFetch v10-v10, kdiag reads v2-v9"),
    ],
)
def test_no_common_version(ranges, newest, sentence):
    with pytest.raises(Unsupported, match=sentence):
        choose(APIS["OffsetFetch"], ranges, newest)
