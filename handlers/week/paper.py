"""Reads a page as a person does: its words, its links, its forms with their fields and buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
_SILENT = {"script", "style", "title", "template"}


@dataclass(slots=True)
class Field:
    """One field of a form. `choices` are what a list or a group of buttons offers: words, value."""

    name: str
    kind: str
    value: str = ""
    words: str = ""
    is_on: bool = True
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Button:
    """A button that sends a form; `action` is its own address, if it has one."""

    words: str
    name: str = ""
    value: str = ""
    action: str = ""


@dataclass(slots=True)
class Form:
    """A form. Fields stand in the order of the page."""

    action: str
    method: str
    is_multipart: bool
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


@dataclass(slots=True)
class Link:
    """A link and its words."""

    words: str
    address: str


class Paper(HTMLParser):
    """One page. `words` has one space between pieces; forms tied by `form=` ids are honoured."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[Link] = []
        self._words: list[str] = []
        self._ids: dict[str, Form] = {}
        self._open: Form | None = None
        self._inside: list[list[str]] = []
        self._silent = 0
        self._labels: dict[str, str] = {}
        self._fields_by_id: dict[str, Field] = {}
        self._label: tuple[str, list[str], list[Field]] | None = None
        self._select: Field | None = None
        self._option: str | None = None
        self._area: Field | None = None
        self._ending: list[tuple[str, Button | Link, list[str]]] = []
        self._late: list[tuple[str, Field | Button]] = []
        self._marked: dict[str, str] = {}
        self._mark: list[str] | None = None
        self.feed(page)
        self.close()
        self._tie()

    @property
    def words(self) -> str:
        """What one reads, in order."""
        return " ".join(" ".join(self._words).split())

    def marked(self, name: str) -> str:
        """The words of the first element of this class."""
        return self._marked.get(name, "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("class"):
            self._mark = given["class"].split()
        if tag in _SILENT:
            self._silent += 1
        elif tag == "form":
            kind = given.get("enctype", "")
            self._open = Form(
                given.get("action", ""), given.get("method", "get").lower(), "multipart" in kind
            )
            self.forms.append(self._open)
            if "id" in given:
                self._ids[given["id"]] = self._open
        elif tag == "a" and "href" in given:
            link = Link(given.get("aria-label", ""), given["href"])
            self._begin(tag, link)
            self.links.append(link)
        elif tag == "label":
            self._label = (given.get("for", ""), [], [])
        elif tag in ("input", "select", "textarea", "button", "option"):
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        if tag == "option":
            self._option = given.get("value")
            if self._select is not None:
                self._select.choices.append(("", given.get("value", "")))
                if "selected" in given or len(self._select.choices) == 1:
                    self._select.value = given.get("value", "")
            return
        if tag == "button" or (tag == "input" and kind in ("submit", "image")):
            if kind == "submit":
                words = given.get("value", "") if tag == "input" else ""
                button = Button(
                    words,
                    given.get("name", ""),
                    given.get("value", ""),
                    given.get("formaction", ""),
                )
                self._join(button, given)
                if tag == "button":
                    self._begin(tag, button)
            return
        one = Field(given.get("name", ""), tag if tag != "input" else kind, given.get("value", ""))
        if kind in ("checkbox", "radio"):
            one.value = given.get("value", "on")
            one.is_on = "checked" in given
        if "disabled" in given or not one.name:
            return
        one.words = given.get("aria-label", "") or given.get("placeholder", "")
        self._join(one, given)
        if "id" in given:
            self._fields_by_id[given["id"]] = one
        if self._label is not None:
            self._label[2].append(one)
        if tag == "select":
            self._select = one
        if tag == "textarea":
            self._area = one

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            # A browser leaves out a line break right after the opening tag.
            self._area.value = self._area.value.removeprefix("\n")
            self._area = None
        elif tag == "option":
            self._option = None
        elif tag == "label" and self._label is not None:
            id_, words, held = self._label
            said = " ".join("".join(words).split())
            for one in held:
                one.words = said
            if id_:
                self._labels[id_] = said
            self._label = None
        elif self._ending and self._ending[-1][0] == tag:
            _, thing, words = self._ending.pop()
            thing.words = thing.words or " ".join("".join(words).split())

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
            return
        if self._silent:
            return
        if self._select is not None and self._select.choices:
            words, value = self._select.choices[-1]
            self._select.choices[-1] = (" ".join((words + data).split()), value)
            return
        self._words.append(data)
        if self._mark is not None:
            for name in self._mark:
                self._marked.setdefault(name, data.strip())
            self._mark = None
        for _, _, said in self._ending:
            said.append(data)
        if self._label is not None:
            self._label[1].append(data)

    def _begin(self, tag: str, thing: Button | Link) -> None:
        self._ending.append((tag, thing, []))

    def _join(self, thing: Field | Button, given: dict[str, str]) -> None:
        if "form" in given:
            self._late.append((given["form"], thing))
        elif self._open is not None:
            self._add(self._open, thing)

    @staticmethod
    def _add(form: Form, thing: Field | Button) -> None:
        if isinstance(thing, Field):
            form.fields.append(thing)
        else:
            form.buttons.append(thing)

    def _tie(self) -> None:
        for id_, thing in self._late:
            if id_ in self._ids:
                self._add(self._ids[id_], thing)
        for id_, said in self._labels.items():
            if id_ in self._fields_by_id:
                self._fields_by_id[id_].words = said
