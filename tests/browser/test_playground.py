"""The playground in a real page: it plays, everything can be changed meanwhile, and a reset is a reset."""

import os
import re
import time

import pytest
from lab import NOTEBOOKS, SCREENSHOTS, Source, name, opened

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("playground")]

SECONDS = 5
PICTURES = bool(os.environ.get("NNLIB_SCREENSHOTS"))  # for people to look at
# What is chosen beside the first option of each list; the layers are 8 – 8.
FOUR = {
    "circles_from_squares": {"data": "circles", "features": "x₁² and x₂² alone"},
    "spirals_relu": {"data": "spirals", "activation": "ReLU"},
    "xor_sigmoid": {"data": "XOR", "activation": "sigmoid", "learning rate η": "1.0"},
    "moons_l1": {"penalty": "L1, λ = 0.01"},
}
USUAL = {"learning rate η": "0.3", "batch size": "10"}


@pytest.fixture(scope="module")
def playground(chromium, server):
    path = next(path for path in NOTEBOOKS if path.stem == "05b_training_deeper")
    with opened(chromium, server, path, Source(path).stage) as live:
        yield next(panel for panel in live.panels if panel.title == "playground")


@pytest.fixture
def panel(playground):
    """The playground, playing from epoch 0."""
    (play,), (handle,) = playground.plays, playground.steps
    playground.start = play.locator("button").first
    playground.to_the_start(handle)
    playground.start.click()
    came = playground.live.seen("changed")
    playground.page.wait_for_function(
        "(count) => window.seen.changed > count + 2", arg=came, timeout=10_000
    )
    yield playground
    if name(playground.start) == "pause":
        playground.start.click()
    playground.must_be_true("paused at the end")


def epoch(panel):
    return int(re.search(r"After (\d+) epochs", panel.state()["alt"])[1])


def lists(panel):
    return {name(part): part for part in panel.lists}


def sliders(panel):
    return {name(handle): handle for handle in panel.handles}


@pytest.mark.timed
def test_pictures_come_while_it_trains(panel):
    painted, start, first = panel.live.seen("painted"), time.perf_counter(), epoch(panel)
    panel.page.wait_for_timeout(SECONDS * 1000)
    rate = (panel.live.seen("painted") - painted) / (time.perf_counter() - start)
    print(f"\nplayground: {rate:.1f} pictures a second while it trains")
    assert epoch(panel) > first + 10


def test_every_list_is_usable_while_it_plays(panel):
    for what, part in lists(panel).items():
        chosen = part.locator("option").all_inner_texts()
        now = part.evaluate("list => list.selectedIndex")
        option = chosen[(now + 1) % len(chosen)].replace("\xa0", " ")
        panel.must_follow(f"{what} while it plays", part.select_option, label=option)
        shown = f"{float(option):g}" if re.fullmatch(r"[\d.]+", option) else option
        for _ in range(100):
            if shown.lower() in panel.state()["alt"].lower():
                break
            panel.page.wait_for_timeout(100)
        assert shown.lower() in panel.state()["alt"].lower(), what
        assert name(panel.start) == "pause", f"{what}: it no longer plays"
    panel.start.click()
    panel.must_be_true("paused after all lists")


def test_every_slider_is_usable_while_it_plays(panel):
    for what, handle in sliders(panel).items():
        if what == "epoch":
            continue
        before = handle.get_attribute("aria-valuenow")
        handle.focus()
        panel.page.keyboard.press("ArrowRight" if float(before) < 4 else "ArrowLeft")
        panel.page.wait_for_timeout(300)
        assert handle.get_attribute("aria-valuenow") != before, f"{what} does not move"
        assert name(panel.start) == "pause", f"{what}: it no longer plays"
    panel.start.click()
    panel.must_be_true("paused after all sliders")


def test_a_reset_leaves_nothing_behind(panel):
    panel.reset.click()
    panel.must_be_true("after the reset")
    begun = epoch(panel)
    assert panel.state()["alt"] == panel.first["alt"]
    panel.must_stay("after the reset", 1000)
    assert name(panel.start) == "play"
    panel.must_follow("play again", panel.start.click)
    assert begun < epoch(panel) < begun + 20


@pytest.mark.parametrize("title", FOUR)
def test_four_settings_end_at_a_true_picture(panel, title):
    for what, part in lists(panel).items():
        option = (USUAL | FOUR[title]).get(what)
        part.select_option(label=option) if option else part.select_option(index=0)
    for what, handle in sliders(panel).items():
        if what != "epoch":
            handle.press("End" if what in ("neurons, layer 1", "neurons, layer 2") else "Home")
    panel.page.wait_for_timeout(6000 if PICTURES else 1000)
    panel.start.click()
    panel.must_be_true(title)
    if PICTURES:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        panel.box.screenshot(path=SCREENSHOTS / f"playground_{title}.png")
