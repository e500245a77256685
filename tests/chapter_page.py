"""A chapter's page in a browser, as its reader sees it: press Run at a cell, type into it, read what it shows."""

import nbformat
from built_site import ROOT

CHAPTERS = sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb"))
QUICK = "00_warm_up"  # the chapter that most tests run
PATIENCE = 300_000  # ms: a busy machine
ENDED = ("ran", "raised", "new")


class Busy:
    """How many seconds the page has computed: its own, whatever else this machine has to do meanwhile."""

    def __init__(self, tab):
        self.client = tab.context.new_cdp_session(tab)
        self.client.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.before = self.total()

    def total(self):
        metrics = self.client.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def since(self):
        return self.total() - self.before


class Chapter:
    """A chapter's page in a tab; cells are counted from 1, as the page does."""

    def __init__(self, tab, address, name=QUICK):
        self.tab, self.name, self.address = tab, name, f"{address}/notebooks/{name}.html"
        tab.set_default_timeout(30_000)
        tab.goto(self.address)
        tab.locator(".run-bar").first.wait_for(state="attached")

    def cell(self, number):
        return self.tab.locator("div.cell").nth(number - 1)

    def button(self, number, name):
        return self.cell(number).locator(f".run-bar .run-{name}")

    def press(self, number, name="run"):
        self.button(number, name).dispatch_event("click")  # it may be inside a closed answer

    def state(self, number):
        return self.cell(number).get_attribute("data-run")

    def wait(self, number, *states, patience=PATIENCE):
        script = "([n, states]) => states.includes(document.querySelectorAll('div.cell')[n - 1].dataset.run)"
        self.tab.wait_for_function(script, arg=[number, states or ENDED], timeout=patience)
        return self.state(number)

    def run(self, number):
        """Press Run and wait; return how it ended."""
        self.press(number)
        return self.wait(number)

    def run_as_it_is(self, number, patience):
        """Press Run, and once more if the page asks first, as the cell takes long; return whether it asked, and how
        it ended.
        """
        self.press(number)
        question = self.cell(number).locator(".run-question:not([hidden]) .run-button").last
        if asked := question.count() > 0:
            question.dispatch_event("click")
        return asked, self.wait(number, patience=patience)

    def status(self, number):
        return self.cell(number).locator(".run-bar .run-status").text_content()

    def printed(self, number):
        return "".join(self.cell(number).locator(".run-fresh pre").all_text_contents())

    def edit(self, number, source):
        """Replace a cell's code by typing, as a reader does."""
        if not self.cell(number).locator(".cm-content").count():
            self.press(number, "edit")
        editor = self.cell(number).locator(".cm-content")
        editor.click()
        self.tab.keyboard.press("Control+A")
        self.tab.keyboard.press("Delete")
        self.tab.keyboard.insert_text(source)


def code_cells(notebook):
    """The code cells that a chapter's page shows, in its order."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if "remove-cell" not in cell.metadata.get("tags", [])]


def notebook_cells(name):
    return code_cells(nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4))
