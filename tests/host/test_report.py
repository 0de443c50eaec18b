# SPDX-License-Identifier: MIT
"""The report as a reader gets it: its figures, its safety against hostile text, its size, its bytes, its silence."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_sessions import SETTINGS, empty, hostile, session, stroke

from rolltools.errors import RollerError
from rolltools.report import length_s, render, strip_windows, write_report
from rolltools.report.figures import figures
from rolltools.report.steps import steps
from rolltools.session import Battery, Cue, ForcePoint, Gap, Overpressure, Step

_VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Parses a report strictly: every tag closed in order; keeps tags, attributes, and text by tag."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if data.strip() and self._open:
            self.texts.append((self._open[-1], data.replace("\u00a0", " ").strip()))

    def all(self, tag: str, css: str = "") -> list[dict]:
        """Return the attributes of every `tag`, with the class `css` where one is given."""
        return [a for t, a in self.tags if t == tag and (not css or css in (a.get("class") or "").split())]

    def text(self) -> str:
        return " ".join(t for tag, t in self.texts if tag != "style")

    def titles(self) -> list[str]:
        return [t for tag, t in self.texts if tag == "title"][1:]


def tiles(page: Page) -> dict[str, tuple[str, str]]:
    texts = [t for tag, t in page.texts if tag in ("dt", "span")]
    names = ("Duration", "Strokes", "Mean force of a stroke", "In the band", "Over-pressure", "Alarm delay")
    return {name: (texts[texts.index(name) + 1], texts[texts.index(name) + 2]) for name in names}


def overview(page_html: str) -> Page:
    return Page(page_html[page_html.index('<div class="plot">') : page_html.index('<ul class="legend">')])


def test_the_figures_are_those_of_the_session():
    made = session(300, 90)
    shown = tiles(Page(render(made)))
    push = sum(s.dir == 1 for s in made.strokes)
    lift = sum(s.kind == "lift" for s in made.strokes)
    assert shown["Duration"] == ("5 min", "4 min in contact")
    assert shown["Strokes"] == ("90", f"{push} push, {90 - push} pull · {lift} lift, {90 - lift} knead")
    seconds = [s.t_end_s - s.t_start_s for s in made.strokes]
    mean = sum(s.mean_n * t for s, t in zip(made.strokes, seconds, strict=True)) / sum(seconds)
    peak = max([s.peak_n for s in made.strokes] + [p.force_n or 0 for p in made.force])
    assert shown["Mean force of a stroke"] == (f"{mean:.1f} N", f"peak {peak:.1f} N")
    assert shown["In the band"] == ("79 %", "3 min 9 s of the contact, 1 to 10 N")
    assert shown["Over-pressure"] == (f"{len(made.overpressure)} alarms", f"{made.over_s:.1f} s above 10 N")


def test_how_the_alarm_did_median_and_p99():
    delays = [0.100 + i / 1000 for i in range(101)]
    alarms = [Overpressure(10 * i, 10 * i + d, 10 * i + d + 0.5, 12, 0.1, False) for i, d in enumerate(delays)]
    value, detail = tiles(Page(render(session(2000, 10, overpressure=alarms))))["Alarm delay"]
    assert value == "150 ms"  # median of 100..200 ms
    assert detail == "from crossing to alarm, median of 101, p99 199 ms; back under after 500 ms"


def test_the_table_of_alarms_ends_with_median_and_p99():
    alarms = [
        Overpressure(i, i + 0.1, i + 0.5 + i / 100, 11 + i, 0.1 * i, False, t_told_s=i + 0.1 + i / 1000)
        for i in range(1, 12)
    ]
    page = render(session(100, 10, overpressure=alarms))
    foot = Page(page[page.index("<tfoot>") + 7 : page.index("</tfoot>")]).text()
    assert " ".join(foot.split()) == "median 100 ms 106 ms 460 ms 17.0 0.60 p99 100 ms 111 ms 510 ms 22.0 1.10"


def test_cues_that_stayed_silent_are_told():
    cues = [Cue(3.0, "over", 80), Cue(9.0, "over", 80, played=False)]
    assert (
        "1 cue stayed silent: cues were off."
        in Page(render(empty(duration_s=10.0, cues=cues, settings=SETTINGS | {"cues": "off"}))).text()
    )
    assert "stayed silent" not in Page(render(empty(duration_s=10.0, cues=cues[:1]))).text()


def test_each_step_of_a_routine_has_its_row():
    made = session(90.0, 70)
    made.steps[:] = [
        Step(0.0, 1, "left <cheek>", "left", 1.0, 6.0),
        Step(30.0, 2, "brow", "", 2.0, 8.0),
        Step(60.0, 0, "", "", 1.0, 10.0),
    ]
    rows = steps(made, 90.0)
    assert [(row.number, row.start_s, row.end_s) for row in rows] == [(1, 0.0, 30.0), (2, 30.0, 60.0)]
    inside = [stroke for stroke in made.strokes if 30.0 <= stroke.t_start_s < 60.0]
    assert rows[1].strokes == len(inside) > 10
    assert rows[1].mean_n == pytest.approx(sum(stroke.mean_n for stroke in inside) / len(inside))
    assert sum(row.alarms for row in rows) == sum(alarm.t_on_s < 60.0 for alarm in made.overpressure)
    page = render(made)
    assert "of each step its own" in page and "step 2, brow: 2 to 8 N" in page
    assert "Routine (2 steps)" in page and "left &lt;cheek&gt;" in page


def test_headline_says_the_session_in_one_sentence():
    text = Page(render(session(90, 70))).text()
    assert "70 strokes in 1 min 30 s, 79 % of the contact inside the band, pressed too hard 4 times." in text
    calm = Page(render(session(90, 1, overpressure=[], over_s=0.0))).text()
    assert "1 stroke in 1 min 30 s, 79 % of the contact inside the band, never pressed too hard." in calm


def test_every_stroke_has_its_row_and_its_bar():
    made = session(90, 70)
    html = render(made)
    page = Page(html)
    assert html.count("<tr><td>") == 70
    drawn = [t for t in overview(html).titles() if t.startswith("#")]
    assert sorted(int(t[1:].split()[0]) for t in drawn) == [s.id for s in made.strokes]
    third = made.strokes[2]
    assert any(
        t.startswith(f"#{third.id} push, lift, ") and f"{third.length_cm:.1f} cm, {third.mean_n:.1f} N" in t
        for t in drawn
    )
    assert {"push", "pull", "lift", "knead"} <= {w for a in page.all("rect", "stroke") for w in a["class"].split()}


def test_direction_decides_the_side_of_the_bar():
    both = [stroke(1, 1.0, dir=1), stroke(2, 2.0, dir=-1)]
    bars = overview(render(empty(duration_s=10.0, strokes=both))).all("rect", "stroke")
    up, down = sorted(bars, key=lambda a: float(a["x"][:-1]))
    assert (up["class"], down["class"]) == ("stroke push lift", "stroke pull lift")
    assert float(up["y"]) + float(up["height"]) < float(down["y"])
    assert (up["x"], up["width"]) == ("10.0%", "5.0%")


def test_unknown_force_is_hatched_and_never_zero():
    points = [ForcePoint(0.05 + i / 10, None if 30 <= i < 50 else 5.0) for i in range(100)]
    page = overview(render(empty(duration_s=10.0, force=points)))
    (hatched,) = page.all("rect", "unknown")
    assert hatched["x"] == "30.0%"
    assert hatched["width"] == "20.0%"
    lines = page.all("path", "line")
    assert len(lines) == 2
    for line in lines:
        heights = {float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", line["d"])}
        assert max(heights) < 200  # 0 N would be at 230


def test_force_that_was_never_known_is_not_called_calm():
    points = [ForcePoint(0.05 + i / 10, None) for i in range(100)]
    page = Page(render(empty(duration_s=10.0, force=points)))
    assert tiles(page)["Over-pressure"] == ("–", "no force known")
    assert "never pressed too hard" not in page.text()
    assert "the force was never known" in page.text()
    assert page.all("path", "line") == []


def test_gaps_and_missing_summaries_are_crossed_out():
    points = [ForcePoint(0.05 + i / 10, 5.0) for i in range(100) if not 20 <= i < 40]
    page = overview(render(empty(duration_s=10.0, force=points, gaps=[Gap(7.0, 0.5)])))
    told = [(a["x"], a["width"]) for a in page.all("rect", "hole")]
    assert told == [("20.0%", "20.0%"), ("70.0%", "5.0%")]
    assert len(page.all("path", "line")) == 2


def test_the_tail_after_the_last_contact_is_not_drawn():
    points = [ForcePoint(0.05 + i / 10, 5.0 if i < 100 else 0.0) for i in range(700)]
    made = empty(duration_s=10.0, force=points, strokes=[stroke()])
    assert length_s(made) == 10.0
    page = overview(render(made))
    assert page.all("rect", "hole") == []
    assert [t for tag, t in page.texts if tag == "text" and ":" in t][-1] == "0:10"


def test_no_peak_is_lost_by_thinning():
    points = [ForcePoint(0.05 + i / 10, 21.0 if i == 43210 else 2.0) for i in range(72000)]
    page = overview(render(empty(duration_s=7200.0, force=points)))
    (line,) = page.all("path", "line")
    heights = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", line["d"])]
    assert min(heights) == pytest.approx(230 * (1 - 1 / 1.08), abs=0.1)
    assert len(heights) <= 1002


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"calibrated": False}, "was not calibrated"),
        ({"settings": SETTINGS | {"force_sensor": "fsr"}}, "rough guide"),
    ],
)
def test_newtons_are_about_when_they_are(fields, said):
    page = Page(render(session(90, 70, **fields)))
    text = page.text()
    assert said in text
    told = text.split("Settings in force")[0]
    newtons = [told[max(0, m.start() - 12) : m.end()] for m in re.finditer(r"[\d.]+ N\b", told)]
    assert len(newtons) > 20
    assert [t for t in newtons if "about " not in t] == []


def test_calibrated_newtons_are_not_about():
    assert "about" not in Page(render(session())).text()


@pytest.mark.parametrize("state", ["complete", "truncated", "damaged"])
def test_the_state_of_the_file_is_said(state):
    text = Page(render(session(state=state, damaged_pages=3 if state == "damaged" else 0))).text()
    assert state in text
    assert ("The end of this session is missing" in text) == (state == "truncated")
    assert ("3 pages could not be read" in text) == (state == "damaged")


def test_no_clock_is_said_and_a_clock_is_shown():
    assert "no clock was set" in Page(render(session(started_utc=None))).text()
    assert "2025-11-03 19:24 UTC, unknown how exactly" in Page(render(session())).text()
    text = Page(render(session(started_uncertainty_s=3.62))).text().replace("\u00a0", " ")
    assert "2025-11-03 19:24 UTC, ± 3.6 s" in text


def test_how_fast_a_long_session_drains_the_battery_is_told():
    told = "90 % to 72 % (3900 mV), 36.0 % an hour"
    assert told in Page(render(session(battery=[Battery(0, 4000, 90), Battery(1800, 3900, 72)]))).text()
    assert "an hour" not in Page(render(session(battery=[Battery(0, 4000, 90), Battery(9, 3900, 72)]))).text()


def test_safety_and_origin_are_on_the_page():
    text = Page(render(session(battery=[Battery(0, 4000, 90), Battery(9, 3900, 71.6)]))).text()
    assert "Not a medical device." in text
    assert "keep off the throat, the eyes" in text
    for told in ("S0042.roll", "c0ffee12", "0.1.0", "90 % to 72 % (3900 mV)", "over_hold_ms"):
        assert told in text


def test_hostile_text_stays_text():
    html = render(hostile())
    page = Page(html)
    assert not {"script", "img", "iframe", "object"} & {t for t, _ in page.tags}
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
    assert page.text().count("<script>alert(1)</script>") >= 5
    assert len(page.all("style")) == 1


def test_the_page_loads_nothing():
    html = render(session())
    assert "http" not in html.replace("http-equiv", "")
    assert not re.search(r"\b(src|href)=\"(?!data:)", html)
    assert "default-src 'none'" in html


def test_ids_are_unique_and_every_reference_has_one():
    html = render(session(300, 100))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)


def test_the_same_session_gives_the_same_bytes(tmp_path):
    one = write_report(session(), tmp_path / "one.html").read_bytes()
    two = write_report(session(), tmp_path / "two.html").read_bytes()
    assert one == two
    assert b"\r" not in one


def test_a_failed_write_leaves_the_old_page_and_no_part(tmp_path):
    out = tmp_path / "page.html"
    out.write_text("old")
    with pytest.raises(AttributeError):
        write_report(session(strokes=[None]), out)
    assert out.read_text() == "old"
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(RollerError, match="folder"):
        write_report(session(), tmp_path / "folder.html")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.html", "page.html"]


def test_an_empty_session_is_a_page():
    page = Page(render(empty()))
    assert "Nothing was recorded in this session." in page.text()
    assert not page.all("tr")


@pytest.mark.parametrize(("seconds", "count"), [(4, 1), (3600, 5000), (7200, 20000)])
def test_size_and_time_are_bounded(seconds, count):
    made = session(seconds, count)
    start = time.process_time()
    html = render(made)
    assert time.process_time() - start < 5
    assert len(html) < 2_500_000
    assert len(overview(html).all("rect", "stroke")) <= 602
    assert html.count("<tr><td>") == min(count, 1000)


def test_strips_cover_the_session_without_overlap():
    for end_s in (46, 90, 724, 7200, 40000, 500000.5):
        windows = strip_windows(end_s)
        assert windows[0].start_s == 0
        assert windows[-1].end_s >= end_s - 0.05
        assert all(a.end_s == b.start_s for a, b in zip(windows, windows[1:], strict=False))
        assert len(windows) <= 25


def test_settings_that_make_no_sense_do_not_stop_the_report():
    odd = {"over_limit_n": "many", "band_low_n": float("nan"), "ceiling_n": None, "force_sensor": ["x"]}
    made = session(settings=odd)
    assert figures(made).limit_n is None
    page = overview(render(made))
    assert page.all("line", "limit") == []
    assert page.all("rect", "band") == []


CHROMIUM = Path("/usr/bin/chromium")


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium")
def test_chromium_shows_it_without_a_word_and_without_sideways_scrolling(tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pages = {"lively": session(), "empty": empty(), "hostile": hostile(), "long": session(7200, 5000)}
    said: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("dialog", lambda dialog: said.append(dialog.message))
        tab.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
        for name, made in pages.items():
            out = write_report(made, tmp_path / f"{name}.html")
            for width, scheme in ((1100, "light"), (360, "dark")):
                tab.set_viewport_size({"width": width, "height": 900})
                tab.emulate_media(color_scheme=scheme)
                tab.goto(out.as_uri())
                assert tab.evaluate("document.documentElement.scrollWidth") <= width, name
        browser.close()
    assert [text for text in said if not text.startswith("data:,")] == []
