"""What TouchDesigner's operators have, as far as these scripts may use it: nothing else exists in `host`.

Parameters, their defaults' types and their menus are from the operators' pages on docs.derivative.ca, read for this
table: Script_TOP, GLSL_TOP, Switch_TOP, Text_DAT, Table_DAT, Execute_DAT, Parameter_Execute_DAT, OSC_In_DAT,
OSC_Out_DAT, DAT_to_CHOP, Container_COMP;
methods and attributes from scriptTOP_Class, oscoutDAT_Class, COMP_Class, OP_Class, Par_Class and
Page_Class there. `framestart`, `exit`, `op` = "..", `output` = "chanperrow", `firstrow` = "values" and `firstcolumn` =
"names" are also set in this way in public projects. Defaults are not all documented; scripts must not rely on one.
"""

FILE = {"file": "", "syncfile": False, "loadonstart": False, "write": False}
OSC = {
    "active": True,
    "protocol": "msging",
    "address": "",
    "port": 10000,
    "localaddress": "",
    "shared": True,
    "addscope": "",
    "typetag": False,
    "splitbundle": False,
    "splitmessage": False,
    "bundletimestamp": False,
    "callbacks": "",
    "executeloc": "current",
    "clamp": True,
    "maxlines": 100,
}

PARS = {
    "containerCOMP": {"w": 400, "h": 300, "top": "", "topfill": "off"},
    "baseCOMP": {},
    "scriptTOP": {"callbacks": "", "outputresolution": "useinput"},
    "nullTOP": {},
    "switchTOP": {"index": 0.0, "blend": False},
    "glslTOP": {
        "pixeldat": "",
        "array0name": "",
        "array0type": "float",
        "array0chop": "",
        "array0arraytype": "uniformarray",
        "outputresolution": "useinput",
        "resolutionw": 256,
        "resolutionh": 256,
    },
    "outTOP": {"label": ""},
    "noiseTOP": {},
    "textDAT": dict(FILE),
    "tableDAT": dict(FILE),
    "outDAT": {"label": ""},
    "dattoCHOP": {
        "dat": "",
        "extractrows": "all",
        "rownames": "",
        "output": "chanpercol",
        "firstrow": "names",
        "firstcolumn": "ignored",
    },
    "nullCHOP": {},
    "outCHOP": {"label": ""},
    "oscinDAT": dict(OSC),
    "oscoutDAT": dict(OSC),
    "executeDAT": {
        "active": False,
        "start": False,
        "create": False,
        "exit": False,
        "framestart": False,
        "frameend": False,
        **FILE,
    },
    "parameterexecuteDAT": {
        "active": False,
        "op": "",
        "pars": "",
        "valuechange": False,
        "valueschanged": False,
        "onpulse": False,
        "expressionchange": False,
        "exportchange": False,
        "enablechange": False,
        "modechange": False,
        "custom": False,
        "builtin": False,
        **FILE,
    },
}

MENUS = {
    ("containerCOMP", "topfill"): ("off", "horizontal", "vertical", "best", "nativeres"),
    ("glslTOP", "array0type"): ("float", "vec2", "vec3", "vec4"),
    ("glslTOP", "array0arraytype"): ("uniformarray", "texturebuffer"),
    ("dattoCHOP", "extractrows"): ("all", "byname", "byindex", "bynameindex", "byindexname", "bynames", "byexpr"),
    ("dattoCHOP", "output"): ("single", "chanperrow", "chanpercol", "chanpervalue"),
    ("dattoCHOP", "firstrow"): ("ignored", "names", "values"),
    ("dattoCHOP", "firstcolumn"): ("ignored", "names", "values"),
}

DOCKED = {"scriptTOP": "callbacks", "oscinDAT": "callbacks", "oscoutDAT": "callbacks", "glslTOP": "pixeldat"}
"""Made with a Text DAT docked to them, which this parameter of theirs names."""

STYLES = ("Float", "Int", "Str", "Menu", "StrMenu", "Toggle", "Pulse")
"""Custom parameters: each has a method `append…` of a page."""

PAR_ATTRIBUTES = (
    "label",
    "default",
    "min",
    "max",
    "clampMin",
    "clampMax",
    "normMin",
    "normMax",
    "menuNames",
    "menuLabels",
    "readOnly",
    "startSection",
)
"""Those that can be set on a custom parameter."""

LEGAL_PAR = r"[A-Z][a-z0-9]*"
"""A custom parameter's name: "capitalize the first letter while having all remaining letters in lower case", from
Custom_Parameters; others are refused."""
