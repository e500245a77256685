"""Firefox and WebKit, driven by what they bring themselves, with no package beside those that Jupyter needs.

Firefox speaks WebDriver BiDi over a web socket, WebKit the older WebDriver over HTTP. Both are here as three verbs:
`goto`, `evaluate`, `drag`.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from served_site import free_port
from tornado.websocket import websocket_connect

PATIENCE = 300  # seconds for one step: Python is loaded and compiled in it, on a busy machine
GET_THEM = "sudo apt-get install firefox-esr webkit2gtk-driver xvfb"


def find(what, *candidates):
    """Return the first of the programs that is there, by name or by path, or say how to get it."""
    found = next(filter(None, map(shutil.which, map(str, candidates))), None)
    if found is None:
        raise FileNotFoundError(f"no {what}: looked for {', '.join(map(str, candidates))}. On Debian: {GET_THEM}")
    return found


@contextmanager
def process(*command, **options):
    """Start a program in a group of its own; at the end stop the whole group."""
    running = subprocess.Popen(command, start_new_session=True, text=True, **options)
    try:
        yield running
    finally:
        for sign, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(running.pid, sign)
                running.wait(seconds)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        running.wait()


def wait_for(attempt, what, seconds=60):
    """Return what `attempt` gives as soon as it is true."""
    end = time.monotonic() + seconds
    while not (found := attempt()):
        if time.monotonic() > end:
            raise TimeoutError(f"expected {what} within {seconds} s")
        time.sleep(0.1)
    return found


def strokes(points):
    """Return the moves of a mouse that goes through the points with its button pressed."""
    (x, y), *rest = [(round(x), round(y)) for x, y in points]
    move = {"type": "pointerMove", "x": x, "y": y}
    moves = [{"type": "pointerMove", "duration": 100, "x": x, "y": y} for x, y in rest]
    actions = [move, {"type": "pointerDown", "button": 0}, *moves, {"type": "pointerUp", "button": 0}]
    return [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}]


# ---- Firefox --------------------------------------------------------------------------------------------------------


class Firefox:
    """Its event loop has a thread of its own: in the tests' thread another may be running, Playwright's."""

    def __init__(self, url):
        self.loop, self.thread, self.count = asyncio.new_event_loop(), ThreadPoolExecutor(1), 0
        self.socket = self.wait(self.connect(f"{url}/session"))
        self.command("session.new", capabilities={})
        self.context = self.command("browsingContext.getTree")["contexts"][0]["context"]

    async def connect(self, url):
        return await websocket_connect(url, max_message_size=2**26)

    def wait(self, coroutine):
        return self.thread.submit(self.loop.run_until_complete, coroutine).result()

    async def close(self):
        self.socket.close()

    def command(self, method, **params):
        self.count += 1
        message = json.dumps({"id": self.count, "method": method, "params": params})
        return self.wait(asyncio.wait_for(self.exchange(message), PATIENCE))

    async def exchange(self, message):
        await self.socket.write_message(message)
        while True:
            text = await self.socket.read_message()
            if text is None:
                raise ConnectionError("Firefox has gone")
            answer = json.loads(text)
            if answer.get("id") == self.count:  # all else are events
                if answer["type"] == "error":
                    raise RuntimeError(f"{answer['error']}: {answer['message']}")
                return answer["result"]

    def goto(self, url):
        self.command("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression):
        """Return the value of an expression, or of its promise, as JSON carries it."""
        expression = f"Promise.resolve().then(() => ({expression})).then(value => JSON.stringify(value ?? null))"
        target = {"context": self.context}
        answer = self.command("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def drag(self, points):
        self.command("input.performActions", context=self.context, actions=strokes(points))


@contextmanager
def firefox(folder):
    program = find("Firefox", "firefox-esr", "firefox")
    log = Path(folder, "firefox.log")
    command = [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    with log.open("w") as out, process(*command, stdout=out, stderr=out):
        address = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
        found = wait_for(lambda: address.search(log.read_text()), "Firefox to listen")
        engine = Firefox(found[1])
        yield engine
        engine.wait(engine.close())
        engine.thread.shutdown()
        engine.loop.close()


# ---- WebKit ---------------------------------------------------------------------------------------------------------


class WebKit:
    def __init__(self, address, browser):
        self.address = f"{address}/session"
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.address += "/" + self.command("", {"capabilities": wanted})["sessionId"]
        self.command("/timeouts", {"script": PATIENCE * 1000, "pageLoad": PATIENCE * 1000})

    def command(self, path, body=None, method="POST"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE + 10) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            found = json.load(error)["value"]
            raise RuntimeError(f"{found['error']}: {found['message']}") from None

    def goto(self, url):
        self.command("/url", {"url": url})

    def evaluate(self, expression):
        """Return the value of an expression, or of its promise, as JSON carries it."""
        script = f"""Promise.resolve().then(() => ({expression})).then(
            value => arguments[0]([JSON.stringify(value ?? null)]), error => arguments[0](String(error)))"""
        answer = self.command("/execute/async", {"script": script, "args": []})
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return json.loads(answer[0])

    def drag(self, points):
        self.command("/actions", {"actions": strokes(points)})


@contextmanager
def webkit(folder):
    driver, screen = find("WebKit's driver", "WebKitWebDriver"), find("virtual screen", "Xvfb")
    browser = find("MiniBrowser", *sorted(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser")), "MiniBrowser")
    log, port = Path(folder, "webkit.log"), free_port()
    with log.open("w") as out, process(screen, "-displayfd", "1", "-nolisten", "tcp", stdout=subprocess.PIPE) as xvfb:
        home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "DISPLAY": f":{xvfb.stdout.readline().strip()}"}
        environment = os.environ | home | {"LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11"}
        command = [driver, "--host=127.0.0.1", f"--port={port}"]
        with process(*command, stdout=out, stderr=out, env=environment):
            address = f"http://127.0.0.1:{port}"
            wait_for(lambda: answers(port), "WebKit's driver to listen")
            engine = WebKit(address, browser)
            yield engine
            engine.command("", method="DELETE")


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


ENGINES = {"firefox": firefox, "webkit": webkit}


# ---- for the tests --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory):
    """Each in turn; where it is not installed its tests are skipped, but not where all is tested."""
    try:
        with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as engine:
            yield engine
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def settled(engine, expression, what, seconds=480):
    return wait_for(lambda: engine.evaluate(expression), what, seconds)
