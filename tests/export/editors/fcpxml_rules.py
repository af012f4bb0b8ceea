"""What the DTDs of FCPXML 1.8 and 1.9 ask of the elements that stories are written with, put down in short.

Per element: the attributes that it must have, those that it may have, the values of those that are chosen from a few,
and its children as a regular expression over their names, each followed by a space.
"""

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

CLIPS = "asset-clip|clip|title|audio|video|ref-clip|sync-clip|mc-clip|audition"
MARKERS = "((marker|chapter-marker|rating|keyword|analysis-marker) )*"
ANCHORED = f"(({CLIPS}|caption|spine) )*"
ASSET = "name uid start duration hasVideo format hasAudio audioSources audioChannels audioRate customLUTOverride"
RATES = "32k 44.1k 48k 88.2k 96k 176.4k 192k"


class Rule(NamedTuple):
    required: str
    allowed: str
    children: str
    choices: dict[str, str] = {}  # noqa: RUF012 - never changed


COMMON = {
    "fcpxml": Rule("version", "", "(import-options )?(resources )?(library |(event )*)"),
    "library": Rule("", "location colorProcessing", "((event|smart-collection) )*"),
    "event": Rule("", "name uid", "((project|clip|asset-clip|keyword-collection|smart-collection) )*"),
    "project": Rule("", "name uid id modDate", "sequence "),
    "resources": Rule("", "", "((asset|effect|format|media) )*"),
    "format": Rule("id", "name frameDuration fieldOrder width height paspH paspV colorSpace", ""),
    "sequence": Rule(
        "format",
        "duration tcStart tcFormat audioLayout audioRate renderFormat keywords",
        "(note )?spine (metadata )?",
        {"tcFormat": "DF NDF", "audioLayout": "mono stereo surround", "audioRate": RATES},
    ),
    "spine": Rule("", "lane offset name format", f"(({CLIPS}|gap|transition) )*"),
    "gap": Rule("duration", "name offset start enabled", f"(note )?{ANCHORED}{MARKERS}(metadata )?"),
    "asset-clip": Rule(
        "ref",
        "lane offset name start duration enabled srcEnable audioStart audioDuration format tcStart tcFormat modDate "
        "audioRole videoRole",
        f"(note )?(conform-rate )?(timeMap )?{ANCHORED}{MARKERS}(audio-channel-source )*(filter-video )*"
        "(filter-audio )*(metadata )?",
        {"tcFormat": "DF NDF", "srcEnable": "all audio video"},
    ),
    "video": Rule(
        "ref",
        "lane offset name start duration enabled srcID role",
        f"(param )*(note )?(conform-rate )?(timeMap )?{ANCHORED}{MARKERS}(filter-video )*(reserved )?",
    ),
    "conform-rate": Rule(
        "",
        "scaleEnabled srcFrameRate frameSampling",
        "",
        {
            "scaleEnabled": "0 1",
            "srcFrameRate": "23.98 24 25 29.97 30 60 47.95 48 50 59.94",
            "frameSampling": "floor nearest-neighbor frame-blending optical-flow-classic optical-flow",
        },
    ),
    "effect": Rule("id uid", "name src", ""),
    "transition": Rule("duration", "name offset", f"(filter-video )?(filter-audio )?{MARKERS}(metadata )?"),
    "filter-video": Rule("ref", "name enabled", "(data )*(param )*"),
    "marker": Rule("start value", "duration completed note", ""),
    "note": Rule("", "", ""),
}
RULES = {
    "1.8": COMMON | {"asset": Rule("id src", ASSET, "(bookmark )?(metadata )?")},
    "1.9": COMMON
    | {
        "asset": Rule("id", f"{ASSET} videoSources", "(media-rep )+(metadata )?"),
        "media-rep": Rule("src", "kind sig suggestedFilename", "(bookmark )?", {"kind": "original-media proxy-media"}),
    },
}
TIMES = ("start", "duration", "offset", "tcStart", "frameDuration")
TIME = re.compile(r"\d+(/\d+)?s")  # none of a story is negative


def broken_rules(root: Element) -> list[str]:
    """Everything in the document that its own version does not take."""
    rules = RULES[root.get("version", "")]
    told = [f"{element.tag}: {fault}" for element in root.iter() for fault in _faults(element, rules)]
    ids = [element.get("id") for element in root.iter() if "id" in element.attrib]
    told += [f"id {name} twice" for name in set(ids) if ids.count(name) > 1]
    references = {element.get(name) for element in root.iter() for name in ("ref", "format")} - {None}
    return told + [f"no resource {name}" for name in sorted(map(str, references - set(ids)))]


def _faults(element: Element, rules: dict[str, Rule]) -> list[str]:
    if element.tag not in rules:
        return ["no such element"]
    rule, there = rules[element.tag], set(element.keys())
    required = set(rule.required.split())
    told = [f"no {name}" for name in required - there]
    told += [f"attribute {name}" for name in there - required - set(rule.allowed.split())]
    told += [f"{name}={element.get(name)}" for name, known in rule.choices.items() if not _chosen(element, name, known)]
    told += [f"{name}={element.get(name)}" for name in there & set(TIMES) if not TIME.fullmatch(element.get(name, ""))]
    children = "".join(f"{child.tag} " for child in element)
    return told if re.fullmatch(rule.children, children) else [*told, f"children {children}"]


def _chosen(element: Element, name: str, known: str) -> bool:
    return element.get(name) is None or element.get(name) in known.split()
