"""Callbacks of the OSC In DAT: what the bridge tells becomes rows of the table `now`, and moves the panel's knobs.

TouchDesigner calls them on the main thread, once for each message.
"""


def onReceiveOSC(dat, rowIndex, message, bytes, timeStamp, address, args, peer):
    comp = dat.parent()
    vocabulary = comp.op("vocabulary").module
    if not address.startswith(vocabulary.ROOT):
        return
    comp.op("link").module.hear()
    name = address[len(vocabulary.ROOT) :]
    if name.startswith("param/"):
        _follow(comp, vocabulary.BY_NAME.get(name[len("param/") :]), args)
    elif name in vocabulary.ROWS and len(args) >= len(vocabulary.ROWS[name]):
        _note(comp, vocabulary, vocabulary.ROWS[name], args)


def put(table, row, value):
    """Set a cell, if it has another value: what depends on the table cooks whenever one is set."""
    text = f"{value:.7g}" if isinstance(value, float) else str(value)
    if table[row, 1].val != text:
        table[row, 1] = text


def _note(comp, vocabulary, rows, args):
    told = dict(zip(rows.values(), args))  # noqa: B905  Python 3.9 knows no strict
    if "mood" in told:
        told["mood_number"] = vocabulary.MOODS.get(told["mood"], 0)
    if "state" in told:
        told["playing"] = int(told["state"] == "playing")
    if "duration_s" in told:
        comp.par.Position.normMax = told["duration_s"]
    for row, value in told.items():
        put(comp.op("now"), row, value)


def _follow(comp, knob, args):
    if knob is not None and args:
        comp.op("link").module.follow(getattr(comp.par, knob.par), knob.name, args[0])
