# SPDX-License-Identifier: Apache-2.0
"""Headless Chromium for tests, driven over its own pipe: real clicks and keys, waiting on what the page shows."""
import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), "ArrowLeft": (37, ""), "ArrowUp": (38, ""), "ArrowRight": (39, ""),
        "ArrowDown": (40, ""), "Home": (36, ""), "End": (35, ""), "Space": (32, " ")}


class Browser:
    """One tab. Every wait has a limit and says what it waited for."""

    def __init__(self, width=1440, height=900):
        self.profile = tempfile.mkdtemp(prefix="zhibao-browser-")
        to_child, self._out = os.pipe()
        self._in, from_child = os.pipe()
        # Chromium reads descriptor 3 and writes 4. Copies far above keep one from falling on the other.
        ends = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (to_child, from_child)]
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={self.profile}"],
            close_fds=False, preexec_fn=lambda: (os.dup2(ends[0], 3), os.dup2(ends[1], 4)),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "LANG": "C.UTF-8"})
        for fd in (to_child, from_child, *ends):
            os.close(fd)
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session = None
        self.complaints = []  # exceptions of the page and errors of its console
        self.downloads = Path(self.profile, "downloads")
        self._send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self._send(f"{domain}.enable")
        self.size(width, height)

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        os.close(self._out)
        os.close(self._in)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _receive(self, seconds):
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], seconds)[0]:
                raise TimeoutError("chromium says nothing")
            data = os.read(self._in, 1 << 20)
            if not data:
                raise ConnectionError("chromium is gone")
            self._rest += data
        line, self._rest = self._rest.split(b"\0", 1)
        message = json.loads(line)
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif message.get("method") == "Runtime.consoleAPICalled" and message["params"]["type"] in ("error", "warning"):
            self.complaints.append(" ".join(str(a.get("value", a.get("description"))) for a in message["params"]["args"]))
        return message

    def _send(self, method, **params):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive(60)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def size(self, width, height):
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def block(self, *patterns):
        """Requests to these addresses fail from now on, as when the service is down; none: all go through again."""
        self._send("Network.setBlockedURLs", urls=list(patterns))

    def goto(self, url):
        """A fresh load, even where only the fragment differs."""
        self._send("Page.navigate", url="about:blank")
        self._send("Page.navigate", url=url)

    def eval(self, script):
        answer = self._send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def wait(self, script, seconds=60):
        """Until the expression gives something: not null, false, 0 or an empty text (an element comes as {}). Its value."""
        deadline = time.monotonic() + seconds
        while True:
            value = self.eval(script)
            if value not in (None, False, 0, ""):
                return value
            if time.monotonic() > deadline:
                raise TimeoutError(f"{script}\n{self.eval('document.body.innerText')[:3000]}")
            time.sleep(0.05)

    def count(self, selector):
        return self.eval(f"document.querySelectorAll({json.dumps(selector)}).length")

    def text(self, selector):
        """What a reader sees of the first such element, once there is one; blanks are left out."""
        found = self.wait(f"(e => e && [e.innerText])(document.querySelector({json.dumps(selector)}))")
        return "".join(found[0].split())

    def says(self, selector, words):
        """Until the first such element shows the words; its text, blanks left out."""
        return self.wait(f"(t => t.includes({json.dumps(words)}) && t)("
                         f"(document.querySelector({json.dumps(selector)})?.innerText ?? '').replace(/\\s+/g, ''))")

    def click(self, selector):
        """A press of the mouse in the middle of the first such element."""
        where = self.wait(f"""(e => {{ if (!e) return null; e.scrollIntoView({{ block: 'center', inline: 'center' }});
            const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})(
            document.querySelector({json.dumps(selector)}))""")
        self.click_at(*where)

    def click_at(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def focus(self, selector):
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null")
        self.eval(f"document.querySelector({json.dumps(selector)}).focus()")

    def focused(self, attribute):
        return self.eval(f"document.activeElement.getAttribute({json.dumps(attribute)})")

    def key(self, *names):
        for name in names:
            code, text = KEYS[name]
            common = {"key": " " if name == "Space" else name, "code": name, "windowsVirtualKeyCode": code}
            self._send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
            self._send("Input.dispatchKeyEvent", type="keyUp", **common)

    def screenshot(self, path, full=False):
        answer = self._send("Page.captureScreenshot", captureBeyondViewport=full)
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))
