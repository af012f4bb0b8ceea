"""OpenTimelineIO's adapters, each a package of its own: whether it is there, and what it writes."""

import contextlib
import io
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio

from ...core.errors import BridgeError
from ...core.invocation import extra
from ..timeline import Timeline
from .formats import Format

Element = ElementTree.Element


def require(form: Format) -> None:
    """Raises BridgeError if `form` is written by a package that is not installed."""
    if form.adapter is not None and form.adapter not in otio.adapters.available_adapter_names():
        raise BridgeError(f"{form.name} needs {form.package}, which is not installed: {extra('editors')}")


def write(timeline: Timeline, adapter: str, **options: Any) -> str:
    """What `adapter` makes of `timeline`, as text. Raises BridgeError for a timeline that it does not know to write."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Kdenlive's greets with a notice that is no user's business
            return str(otio.adapters.write_to_string(timeline, adapter, **options))
    except Exception as error:  # of any kind, as each is somebody else's: somebody's edit may hold what it never met
        raise BridgeError(f"{timeline.name}: {adapter} cannot say what is in it") from error


def write_xml(timeline: Timeline, adapter: str, **options: Any) -> Element:
    return ElementTree.fromstring(write(timeline, adapter, **options))


def xml_text(root: Element, doctype: str = "") -> str:
    """The document that `root` is, indented; `doctype` is the line of its own below the declaration."""
    ElementTree.indent(root)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n' + (f"{doctype}\n" if doctype else "")
    return declaration + ElementTree.tostring(root, encoding="unicode") + "\n"


def child(parent: Element, tag: str, text: object = None, /, **attributes: str) -> Element:
    """A new last child of `parent`."""
    made = ElementTree.SubElement(parent, tag, attributes)
    if text is not None:
        made.text = str(text)
    return made
