"""The page in a real browser, wide and narrow, light and dark: fits, is readable, is quiet."""

import base64
import json
import re
from pathlib import Path

import pytest

from kdiag.audit import html
from tests.audit.chromium import binary, messages, run
from tests.audit.scenes import made

WIDTHS = (1280, 390)
LOOKS = {
    "light": "--blink-settings=preferredColorScheme=1",
    "dark": "--blink-settings=preferredColorScheme=0",
}
MEASURE = (Path(__file__).parent / "measure.html").read_text()


@pytest.fixture(scope="module")
def browser():
    path = binary()
    if path is None:
        pytest.skip("chromium cannot be fetched: install Debian's package")
    return path


@pytest.fixture(scope="module")
def text():
    return html.render(made())


def measured(browser, home, text, width, look):
    """Return what the page measures of itself; the policy that forbids scripts is taken out."""
    page = home / "measured.html"
    open_ = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    page.write_text(open_.replace("</body>", f"{MEASURE}</body>"))
    size = f"--window-size={max(width, 500)},2000"
    framed = home / "framed.html"
    framed.write_text(
        '<body style="margin:0"><iframe id=f src="measured.html" '
        f'style="border:0;width:{width}px;height:2000px"></iframe>'
        "<script>f.onload = () => setTimeout(() => { "
        "document.body.innerHTML = f.contentDocument.body.innerHTML }, 50)</script>"
    )
    done = run(
        browser, home, framed, size, LOOKS[look], "--dump-dom", "--allow-file-access-from-files"
    )
    [found] = re.findall(r'<pre id="found">([^<]+)</pre>', done.stdout)
    return json.loads(base64.b64decode(found))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("look", LOOKS)
def test_the_page_fits_and_can_be_read(browser, tmp_path, text, width, look):
    found = measured(browser, tmp_path, text, width, look)

    assert found["width"] == width
    assert found["page"] <= width
    assert found["wide"] == []
    assert found["low"] == []
    assert len(found["drawn"]) == 6
    assert all(height > 80 for height in found["drawn"])
    is_dark = int(re.search(r"\d+", found["paper"]).group()) < 60
    assert is_dark == (look == "dark")


def test_what_does_not_fit_or_cannot_be_read_is_noticed(browser, tmp_path):
    bad = '<body><p style="width:900px;color:#999;background:#fff">pale and wide</p></body>'

    found = measured(browser, tmp_path, bad, 390, "light")

    assert found["page"] > 390
    assert found["wide"] == ["P "]
    assert [each[0] for each in found["low"]] == ["P"]


@pytest.mark.parametrize("width", [1280, 500])
def test_it_is_quiet_and_can_be_looked_at(browser, tmp_path, text, width):
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(text)

    done = run(
        browser, tmp_path / "home", page, f"--window-size={width},4000", f"--screenshot={picture}"
    )

    assert messages(done) == []
    assert picture.stat().st_size > 50_000


def test_it_prints_on_paper(browser, tmp_path, text):
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(text)

    run(browser, tmp_path / "home", page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")

    pages = len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))
    assert 8 <= pages <= 40


def test_what_is_said_on_the_console_is_noticed(browser, tmp_path):
    page = tmp_path / "loud.html"
    page.write_text("<script>console.error('oh')</script>")

    assert len(messages(run(browser, tmp_path / "home", page, "--dump-dom"))) == 1
