"""The judge report as a browser draws it: real Chromium, nothing fetched, nothing cut off."""

import json
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.unit.cli.test_judging import a_report
from triage.cli.judge_report import html

CHROMIUM = shutil.which("chromium")
SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--allow-file-access-from-files",
)
SENTENCE = "Of 512 recent clusters judged by people, 0 were real. " * 6
FRAME = """<!doctype html><body style="margin:0"><iframe src="judge.html" width="{width}"
height="3000" style="border:0"></iframe><script>
onload = () => {{
  const page = frames[0].document, root = page.documentElement;
  const box = one => one.getBoundingClientRect();
  document.body.textContent = JSON.stringify({{
    fetched: frames[0].performance.getEntriesByType("resource").length,
    scripts: page.scripts.length,
    sideways: root.scrollWidth - root.clientWidth,
    sentence: Math.max(...[...page.querySelectorAll(".says div")].map(one => box(one).right)),
    least: Math.min(...[...page.querySelectorAll("text, p, td")].map(
      one => parseFloat(frames[0].getComputedStyle(one).fontSize))),
    plots: [...page.querySelectorAll("svg")].map(plot => [...plot.querySelectorAll("text")].every(
      one => box(one).left >= box(plot).left - 1 && box(one).right <= box(plot).right + 1)),
  }});
}};
</script>"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here"),
]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_all_of_the_report_on_a_desk_and_on_a_telephone(tmp_path, width):
    report = a_report()
    report["licences"][0] |= {"says": SENTENCE, "because": "two misses in 200"}
    (tmp_path / "judge.html").write_text(html(report))
    seen = drawn(tmp_path, width)
    assert seen["sentence"] <= width
    assert seen["least"] >= 13
    assert seen == {
        "fetched": 0,
        "scripts": 0,
        "sideways": 0,
        "plots": [True, True, True],
        **{name: seen[name] for name in ("sentence", "least")},
    }


def drawn(folder: Path, width: int) -> dict:
    """What a browser made of it, in a frame so wide."""
    (folder / "frame.html").write_text(FRAME.format(width=width))
    profile, page = f"--user-data-dir={folder / 'profile'}", f"file://{folder / 'frame.html'}"
    words = [str(CHROMIUM), *SWITCHES, profile, "--dump-dom", page]
    said = subprocess.run(words, capture_output=True, check=True, text=True, timeout=120)
    body = said.stdout.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    return json.loads(unescape(body))
