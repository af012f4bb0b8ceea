"""Callbacks of the OSC In DAT: what the bridge tells becomes rows of the table `now`, and moves the panel's knobs.

TouchDesigner calls them on the main thread, once for each message.
"""


def onReceiveOSC(dat, rowIndex, message, bytes, timeStamp, address, args, peer):
    comp = dat.parent()
    words = comp.op("words").module
    if not address.startswith(words.ROOT):
        return
    comp.op("link").module.hear()
    name = address[len(words.ROOT) :]
    if name.startswith("param/"):
        _follow(comp, words.BY_NAME.get(name[len("param/") :]), args)
    elif name in words.ROWS and len(args) >= len(words.ROWS[name]):
        _note(comp, words, words.ROWS[name], args)


def put(table, row, value):
    """Set a cell, if it has another value: what depends on the table cooks whenever one is set."""
    text = f"{value:.7g}" if isinstance(value, float) else str(value)
    if table[row, 1].val != text:
        table[row, 1] = text


def _note(comp, words, rows, args):
    told = dict(zip(rows.values(), args))  # noqa: B905  Python 3.9 knows no strict
    if "mood" in told:
        told["mood_number"] = words.MOODS.get(told["mood"], 0)
    if "state" in told:
        told["playing"] = int(told["state"] == "playing")
    if "duration_s" in told:
        comp.par.Position.normMax = told["duration_s"]
    for row, value in told.items():
        put(comp.op("now"), row, value)


def _follow(comp, knob, args):
    if knob is not None and args:
        comp.op("link").module.follow(getattr(comp.par, knob.par), knob.name, args[0])
