"""Slides: a deck for each chapter, ``slides/04_softmax.html``, and for each week of the plan, ``slides/week-3.html``.

Nothing is written for them: a deck is made from the article of the built page, by the rule in CONTRIBUTING.md.
It is a page of its own and not made by a script in the chapter, because then its address can be sent to others, it can
be read without scripts and printed, and a chapter stays as light as it is: reveal.js is loaded by the decks alone.

Each slide holds one thing that stands out of the text, below the heading of its section and the sentence that leads to
it. Its id is that of its place in the chapter, ``04-equation-eq-softmax``, and at its foot a link leads back there.
What fits onto it is measured in the browser, ``_static/slides/deck.js``.
"""

import copy
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag
from chapter_numbers import chapter_number
from docutils import nodes
from equation_index import chapter_title
from folds import SHOW
from module_versions import STATIC, import_map, version
from teaching import weeks

MOST_LINES = 18  # on one slide; code that is longer goes onto two, and what is longer than these is left to the page
FEW_LINES = 8  # of output, which stand below their code or above what came out
SHORT = 180  # letters of a paragraph that stands whole above what it leads to
FEW = 30  # letters of a sentence that brings the one before it along
LEFT_OUT = ("Sources",)  # sections without slides
SENTENCE = re.compile(r"[.?!][”\")’]*\s+(?=\S)")
KINDS = {"fault": "find the fault", "plot": "read a plot", "pencil": "with a pencil", "experiment": "find out"}


@dataclass
class Slide:
    """One slide: where it is from, its heading, and what is on it, as HTML.

    What belongs to the answer of a prediction is folded where the deck is read as a page.
    """

    at: str  # the id of its place in the chapter
    heading: str
    parts: list
    kind: str = ""
    answer: bool = False
    id: str = ""


@dataclass
class Chapter:
    """A chapter's slides, in stacks, one for each section of the second level."""

    name: str
    title: str
    stacks: list = field(default_factory=list)


# ---- Pieces of a page ------------------------------------------------------------------------------------------------


def has(tag, *classes):
    return isinstance(tag, Tag) and bool(set(classes) & set(tag.get("class", [])))


def children(tag):
    return [child for child in tag.children if isinstance(child, Tag)]


def html(*parts):
    return "".join(map(str, parts))


def inner(tag):
    return tag.decode_contents()


def sentences(paragraph):
    """Return the sentences of a paragraph, each as HTML."""
    found = [""]
    pieces = list(paragraph.children)
    for place, node in enumerate(pieces):
        if not isinstance(node, NavigableString):
            found[-1] += str(node)
            following = pieces[place + 1] if place + 1 < len(pieces) else ""
            if re.search(r"[.?!]$", node.get_text().strip()) and re.match(r"\s", str(following)):
                found.append("")  # a formula or bold words with the full stop inside
            continue
        start = 0
        text = str(node.output_ready(formatter="minimal"))
        for end in SENTENCE.finditer(text):
            found[-1] += text[start : end.end()]
            found.append("")
            start = end.end()
        found[-1] += text[start:]
    return [sentence.strip() for sentence in found if sentence.strip()]


def length(sentence):
    return len(re.sub(r"<[^>]*>", "", sentence))


def lead(paragraph):
    """Return what a paragraph leads with to what follows it: all of a short one, else its last sentence, or two of them
    where that is short; nothing in brackets."""
    if paragraph is None:
        return []
    said = sentences(paragraph)
    if sum(map(length, said)) > SHORT:
        said = [sentence for sentence in said if sentence[0] != "("] or said
        said = said[-2:] if length(said[-1]) < FEW else said[-1:]
    return [f"<p>{' '.join(said)}</p>"]


def continued(paragraph):
    """Return the rest of a sentence that goes on below a display, "where …"; [] where a new one begins."""
    if paragraph is None or paragraph.name != "p" or not re.match(r"[a-z]", paragraph.get_text()):
        return []
    return [f"<p>{sentences(paragraph)[0]}</p>"]


def lines(pre):
    """Return the lines of code or of output as HTML; of two that are empty, one."""
    return re.sub(r"\n{3,}", "\n\n", inner(pre).removeprefix("<span></span>").strip("\n")).split("\n")


def listing(these, kind):
    return f'<div class="{kind} highlight"><pre>' + "\n".join(these).strip("\n") + "\n</pre></div>"


def halves(these):
    """Cut lines in two where a line is empty, or not indented, as near to the middle as there is one."""
    plain = [re.sub(r"<[^>]*>", "", line) for line in these]
    places = [i for i, line in enumerate(plain) if line.strip() and (not plain[i - 1].strip() or line[0] not in " )]}")]
    middle = len(these) // 2
    fit = [i for i in places if abs(i - middle) <= MOST_LINES // 3]
    place = min(fit, key=lambda i: abs(i - middle)) if fit else middle
    return [these[:place], these[place:]]


def picture(image, figure=None):
    """A still picture, with the caption of its figure."""
    caption = figure and figure.select_one("figcaption p")
    words = f"<figcaption>{inner(caption)}</figcaption>" if caption else ""
    return f'<figure class="still">{image}{words}</figure>'


def live(figure):
    """A live figure: it is magnified in its frame, and its caption stands beside it."""
    image = figure.img
    caption = inner(figure.select_one("figcaption p"))
    return (
        f'<div class="frame" data-prevent-swipe><figure class="interactive">{image}</figure></div>'
        f'<div class="caption"><p>{caption}</p></div>'
    )


# ---- A chapter -------------------------------------------------------------------------------------------------------


class Composer:
    """Makes the slides of one chapter from the article of its page."""

    def __init__(self, name, article):
        self.name, self.number = name, name[:2]
        self.page = f"../notebooks/{name}.html"
        for stray in article.select(".headerlink, script, style, aside.margin"):
            stray.decompose()
        for link in article.select("a[href]"):
            if not urlsplit(link["href"]).scheme:
                link["href"] = ".." + urljoin(f"/notebooks/{name}.html", link["href"])
        self.top = article.find("section", recursive=False)
        self.chapter = Chapter(name, inner(self.top.h1))
        self.further = []  # what is left to the page: (id, title)
        self.used = {}

    def compose(self):
        self.stack = []
        self.chapter.stacks.append(self.stack)
        self.opening()
        for section in children(self.top):
            if section.name == "section":
                self.stack = []
                self.section(section, [])
                if self.stack:
                    self.chapter.stacks.append(self.stack)
        self.stack = []
        self.chapter.stacks.append(self.stack)
        self.closing()
        return self.chapter

    def add(self, at, heading, parts, kind="", answer=False):
        """Add a slide. Ids inside it would be those of the chapter's page: they are left out."""
        body = BeautifulSoup(html(*parts), "html.parser")
        for tag in body.select("[id]"):
            del tag["id"]
        count = self.used[at] = self.used.get(at, 0) + 1
        name = f"{self.number}-{at}" + (f"-{count}" if count > 1 else "")
        self.stack.append(Slide(at, heading, [str(body)], kind, answer, name))

    def opening(self):
        """The title, the paragraph below it, and what the reader will be able to do."""
        able = [p for p in self.top.select(".goals > p") if p.get_text().startswith("You will be able to")]
        self.add(self.top["id"], self.chapter.title, [self.top.find("p"), *able], "title")

    def closing(self):
        """What the deck leaves to the page."""
        items = [f'<li><a href="{self.page}#{at}">{title}</a></li>' for at, title in self.further]
        self.add(self.top["id"], "In the chapter besides", ["<ul>", *items, "</ul>"], "besides")

    def section(self, section, above):
        """The slides of a section: `above` are the headings that it is under."""
        fold = section.find("details", class_="further", recursive=False)
        heading = (fold.summary if fold else section).find(re.compile(r"^h\d$"))
        title, at = inner(heading), section["id"]
        if fold:
            self.further.append((at, title))
            return
        if heading.get_text() in LEFT_OUT:
            self.further.append((at, title))
            return
        self.heading, self.at = title, at
        before = len(self.stack)
        self.things(section)
        if len(self.stack) == before and not section.find("section"):
            said = [sentences(p)[0] for p in section.find_all("p", recursive=False)][:4]
            if said:
                self.add(at, title, [f"<p>{sentence}</p>" for sentence in said])

    def things(self, section):
        """One slide after the other, for all that stands out of the text."""
        below, paragraph, titles = children(section), None, []
        for node, following in zip(below, [*below[1:], None], strict=True):
            if node.name == "p":
                paragraph = node
                continue
            if node.name in ("h1", "h2", "h3", "h4", "span"):
                continue
            if node.name == "section":
                title = self.heading, self.at
                self.section(node, title)
                self.heading, self.at = title
            elif has(node, "math"):
                parts = [*lead(paragraph), node, *continued(following)]
                self.add(node.get("id", self.at), self.heading, parts, "equation")
            elif has(node, "cell"):
                self.cell(node, paragraph)
            elif has(node, "exercise"):
                titles.append(node)
            elif has(node, "elsewhere"):
                self.further.append((self.at, inner(node.select_one(".admonition-title"))))
            elif has(node, "interactive"):
                self.add(node["id"], self.heading, [live(node)], "play")
            elif node.name == "figure":
                self.add(node["id"], self.heading, [picture(node.img, node)], "picture")
            elif has(node, "admonition") and node.name == "div":
                kind = "predict" if has(node, "predict") else "box"
                if node.p.get_text() == section.find(re.compile(r"^h\d$")).get_text():
                    node.p.decompose()  # the section's heading says it already
                self.add(self.at, self.heading, [node], kind)
            elif not has(node, "worked"):
                self.add(self.at, self.heading, [*lead(paragraph), node], "list")
            paragraph = None
        if titles:
            self.add(self.at, self.heading, ["<ol>", *map(self.exercise, titles), "</ol>"], "exercises")

    def exercise(self, box):
        title = copy.copy(box.select_one(".admonition-title"))
        title.select_one(".caption-number").decompose()
        kind = next((words for name, words in KINDS.items() if has(box, name)), "write a function")
        return f'<li><a href="{self.page}#{box["id"]}">{inner(title)}</a> <span class="kind">{kind}</span></li>'

    def cell(self, cell, paragraph):
        """A code cell: its code where it stands for itself, what it prints, its pictures, and what came out.

        Code that draws, or that prints the source of the library, shows nothing that its output does not, and a long
        experiment is not read from a slide: these are left to the page.
        """
        if has(cell, "tag_exercise", "tag_check", "tag_solution"):
            return
        source, fold = cell.select_one(".cell_input pre"), cell.select_one("details.reveals")
        outputs = children(cell.select_one(".cell_output")) if cell.select_one(".cell_output") else []
        printed = [line for output in outputs if output.pre for line in lines(output.pre)]
        pictures = [image for output in outputs for image in output.select("img")]
        code = lines(source)
        if pictures or has(cell, "tag_hide-input") or "getsource(" in source.get_text():
            code = []
        if fold and len(code) > MOST_LINES:
            code = []
        said = lead(paragraph)
        box = []
        if fold:
            box = [fold.select_one(".reveal")]
            box[0]["class"] = ["admonition", "answer"]  # the other is reveal.js's own
        if code:
            below = printed if not fold and len(printed) <= FEW_LINES else []
            self.listings(code, "source", said, "code", below=below)
            said, printed = [], [] if below else printed
        for image in pictures:
            figure = image.find_parent("figure")
            at = figure["id"] if figure and figure.has_attr("id") else self.at
            self.add(at, self.heading, [picture(image, figure)], "picture", bool(fold))
        for output in outputs:
            if output.table:
                table = f'<div class="pst-scrollable-table-container">{output.table}</div>'
                self.add(self.at, self.heading, [*said, table], "list", bool(fold))
                said = []
        if box and 0 < len(printed) <= FEW_LINES:
            self.add(self.at, self.heading, [*said, listing(printed, "printed"), *box], "box", True)
        else:
            self.listings(printed, "printed", said, "output", bool(fold))
            if box:
                self.add(self.at, self.heading, box, "box", True)

    def listings(self, these, kind, said, name, answer=False, below=()):
        """Lines of code, with what they print below, or of output: on one slide, on two, or left to the page."""
        if not these:
            return
        printed = [listing(below, "printed")] if below else []
        if len(these) > 2 * MOST_LINES:
            what = "The code" if kind == "source" else "What is printed"
            words = f'{what}, {len(these)} lines, is <a href="{self.page}#{self.at}">in the chapter</a>.'
            self.add(self.at, self.heading, [*said, f'<p class="left">{words}</p>', *printed], name, answer)
            return
        whole = len(these) + len(below) + 2 * len(said) <= MOST_LINES
        parts = [these] if whole else halves(these)
        for part in parts:
            last = printed if part is parts[-1] else []
            self.add(self.at, self.heading, [*said, listing(part, kind), *last], name, answer)
            said = []


def article(path):
    """Return the article of a built page, parsed; the rest of the page is not."""
    text = path.read_text(encoding="utf-8")
    return BeautifulSoup(text[text.index("<article") : text.index("</article>")], "html.parser").article


# ---- The pages -------------------------------------------------------------------------------------------------------


def weekly(root):
    """Return {week: the names of its chapters}, of the plan on the book's first page; those that are there."""
    names = {path.stem[:2]: path.stem for path in Path(root, "notebooks").glob("[0-9][0-9]_*.ipynb")}
    numbers = {week: re.findall(r"<ch-(\d\d)>", text) for week, text, _ in weeks(root)}
    return {week: [names[number] for number in its if number in names] for week, its in numbers.items()}


def decks(app):
    """Yield the pages for Sphinx to write, after it has written those of the chapters."""
    if app.builder.name != "html":
        return
    paths = sorted(Path(app.outdir, docname + ".html") for docname in app.env.found_docs if is_chapter(docname))
    chapters = {path.stem: Composer(path.stem, article(path)).compose() for path in paths}
    shared = {
        "static": "../_static/",
        "address": lambda name: f"../_static/{name}?v={version(STATIC / name)}",
        "importmap": import_map("slides/"),
        "mathjax": json.dumps(app.config.mathjax3_config),
        "rights": app.config.html_theme_options.get("extra_footer", ""),
        "show": SHOW,
    }
    for name, chapter in chapters.items():
        title = f"{BeautifulSoup(chapter.title, 'html.parser').get_text()}, slides"
        yield f"slides/{name}", shared | {"heading": title, "chapters": [chapter], "week": None}, "slides.html"
    for week, names in weekly(app.srcdir).items():
        titles = [(name, chapter_title(app.srcdir, name)) for name in names]
        own = {"heading": f"Week {week}, slides", "chapters": [chapters[name] for name in names]}
        yield f"slides/week-{week}", shared | own | {"week": week, "titles": titles}, "slides.html"


def is_chapter(docname):
    return chapter_number(docname) is not None


def add_words(app, doctree, docname):
    """Say it in the box at the head of a chapter too: without scripts and on a phone there is no button."""
    for box in doctree.findall(nodes.admonition) if is_chapter(docname) and app.builder.name == "html" else ():
        if "goals" in box["classes"]:
            address = f"../slides/{docname.partition('/')[2]}.html"
            words = nodes.paragraph("", "", nodes.strong("", "As slides"), nodes.Text(", for a lecture: "))
            words["classes"].append("as-slides")
            words += nodes.reference("", "from the first one", refuri=address, internal=True)
            words += nodes.Text("; Alt+P opens them at what you are reading.")
            box += words


def add_button(app, pagename, templatename, context, doctree):
    """Put the button beside the others in the head of a chapter; page/slides.js does the rest."""
    if is_chapter(pagename):
        name = pagename.partition("/")[2]
        button = {
            "type": "link", "url": context["pathto"](f"slides/{name}.html", 1), "text": "Slides",
            "classes": "slides-button", "tooltip": "The chapter as slides, from here on (Alt+P)",
        }  # fmt: skip
        context["header_buttons"].append(button)


def setup(app):
    app.connect("doctree-resolved", add_words)
    app.connect("html-collect-pages", decks)
    app.connect("html-page-context", add_button, priority=890)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
