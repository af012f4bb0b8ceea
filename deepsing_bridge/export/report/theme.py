"""The report's colours and font; the experiments' plots have them, too."""

from matplotlib.colors import LinearSegmentedColormap

DPI = 100
PAPER, PANEL, RULE, TEXT, QUIET = "#12141a", "#191c24", "#2c313d", "#f2efe9", "#8d94a3"
VALENCE, AROUSAL = "#ffc24b", "#4cc4f0"
HEAT = LinearSegmentedColormap.from_list("heat", [PANEL, "#3a2a55", "#9a3d6e", "#f07f5a", "#ffe3a8"])
FONT = "DejaVu Sans"  # which matplotlib brings
LOOK = {"font.family": FONT, "text.parse_math": False, "path.simplify": False, "figure.dpi": DPI}
