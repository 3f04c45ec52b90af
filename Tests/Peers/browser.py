"""Opens purserd's dashboard in headless Chromium: {url, chromium, change: [command…]} in, {faults} out.

A fault is a message of the console, a request that failed or went elsewhere, a serious finding of axe-core, a page that is wider
than the screen, a number that is not that of /dash.json, or a change of the store that the open page does not show.
"""

import subprocess

import peer
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

MARK = "marked while it is open"


def number(text):
    """The number at the start of `7.60/m`, `39.5 %` or `1.15k/m`; None for words."""
    text = text.split("/")[0].split(" ")[0]
    scale = {"k": 1e3, "M": 1e6}.get(text[-1:], 1)
    try:
        return float(text.rstrip("kM")) * scale
    except ValueError:
        return None


def wrong_numbers(page, url):
    """Compares the first table of the page, which has the signals, with the JSON of the same frame."""
    signals = page.request.get(url + "/dash.json").json()["signals"]
    rows = [[cell.inner_text() for cell in row.query_selector_all("th, td")] for row in page.query_selector_all("#signals tbody tr, [aria-labelledby=signals] tbody tr")]
    shown = {row[0].split("\n")[0].split(" alarm")[0].split(" unusual")[0]: row for row in rows[: len(signals)]}
    faults = []
    for signal in signals:
        row, per = shown.get(signal["name"]), 1
        if row is None:
            faults.append(f"{signal['name']} is not on the page: {list(shown)}")
        elif signal["now"] is not None:
            per = {"h": 60, "d": 1440}.get(row[1].split(" ")[0].rpartition("/")[2], 1)
            found = number(row[1])
            if found is None or abs(found - signal["now"] * per) > 0.005 * abs(signal["now"] * per):
                faults.append(f"{signal['name']}: {row[1]} on the page, {signal['now']} in JSON")
    return faults + ([] if signals else ["no signals"])


def look(browser, url, path, **media):
    faults = []
    context = browser.new_context(viewport={"width": 1000, "height": 900}, **media)
    page = context.new_page()
    page.on("console", lambda message: faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    page.on("request", lambda request: request.url.startswith(url) or faults.append(f"elsewhere: {request.url}"))
    page.goto(url + path)
    page.get_by_text("live", exact=True).wait_for(state="attached")
    for found in Axe().run(page).response["violations"]:
        if found["impact"] in ("serious", "critical"):
            faults.append(f"axe: {found['id']}: {found['nodes'][0]['html'][:200]}")
    page.set_viewport_size({"width": 320, "height": 800})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 320:
        faults.append(f"{width} pixels wide on a screen of 320")
    return page, [f"{path} {media}: {fault}" for fault in faults]


def answer(given):
    url = given["url"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given["chromium"], args=["--no-sandbox"])
        faults = []
        for media in ({"color_scheme": "dark"}, {"forced_colors": "active"}):
            faults += look(browser, url, "/dash?since=24h", **media)[1]
        faults += look(browser, url, "/dash?name=chat")[1]
        page, found = look(browser, url, "/dash")
        faults += found + wrong_numbers(page, url)
        subprocess.run([*given["change"], MARK], check=True, capture_output=True)
        page.get_by_text(MARK).first.wait_for(state="attached")
        browser.close()
        return {"faults": faults}


peer.serve(answer)
