"""MLT's XML, for melt and Shotcut (https://www.mltframework.org/docs/mltxml/).

The adapter writes only the frame rate into the profile: without the size and the pixels' shape melt renders
720×576 PAL. It copies bare numbers, which must be at the timeline's rate, and bare paths, which melt wants.
"""

from .adapter import Element, write_xml, xml_text
from .edit import Edit


def edit_to_mlt(edit: Edit) -> str:
    root = write_xml(edit.timeline, "mlt_xml", **profile(*edit.size))
    root.set("LC_NUMERIC", "C")  # or a decimal comma of the reader's language is looked for
    root.set("title", edit.timeline.name)
    for element in root.iter():
        _whole_frames(element)
    return xml_text(root)


def _whole_frames(element: Element) -> None:
    """The adapter writes floats, as OpenTimelineIO has them."""
    for name in ("in", "out"):
        if name in element.attrib:
            element.set(name, str(int(float(element.attrib[name]))))


def profile(width: int, height: int) -> dict[str, str]:
    """The attributes of a <profile> of square pixels."""
    return {
        "description": f"{width}x{height}",
        "width": str(width),
        "height": str(height),
        "progressive": "1",
        "sample_aspect_num": "1",
        "sample_aspect_den": "1",
        "display_aspect_num": str(width),
        "display_aspect_den": str(height),
        "colorspace": "709",
    }
