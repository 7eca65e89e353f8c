"""What a page measures in a browser."""

import re
import subprocess


def measured(page, script, width, profile):
    """Whole numbers that `script`, put at the end of a page, leaves in its title, on a screen so wide; `profile` is a folder of the
    browser's own."""
    copy = page.with_name("probe.html")
    copy.write_text(page.read_text(encoding="utf-8").replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    try:
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000",
                               "--allow-file-access-from-files", f"--window-size={width},900", f"--user-data-dir={profile}",
                               "--dump-dom", copy.as_uri()], capture_output=True, text=True, timeout=300, check=True)
    finally:
        copy.unlink()
    found = re.search(r"<title>([\d ]+)", done.stdout)
    assert found is not None, done.stdout[:500]
    return list(map(int, found[1].split()))
