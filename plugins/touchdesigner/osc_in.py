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
    if name == "world" and len(args) >= 4:
        _draw(comp, *args[:3], args[3:])
    elif name.startswith("param/"):
        _follow(comp, vocabulary.BY_NAME.get(name[len("param/") :]), args)
    elif name in vocabulary.ROWS and len(args) >= len(vocabulary.ROWS[name]):
        _note(comp, vocabulary, vocabulary.ROWS[name], args)


def put(table, row, value):
    """Set a cell, if it has another value: what depends on the table cooks whenever one is set."""
    text = f"{value:.7g}" if isinstance(value, float) else str(value)
    if table[row, 1].val != text:
        table[row, 1] = text


def _draw(comp, layer, label, share, numbers):
    """What the bridge says of a world becomes the numbers that its GLSL TOP draws it with. One that is not here stays
    as it was: then nothing moves, and the row `label` says what it should be."""
    row, values = comp.op("worlds")[label, 1], comp.op(f"values{int(layer)}")
    if row is None or values is None:
        return
    for place, number in enumerate(numbers[: values.numRows]):
        text = f"{number:.7g}"
        if values[place, 0].val != text:
            values[place, 0] = text
    _set(comp.op(f"layer{int(layer)}").par.index, int(row.val))
    if layer == 0:
        _set(comp.op("mixed").par.index, 1.0 - share)


def _set(par, value):
    if par.eval() != value:
        par.val = value


def _note(comp, vocabulary, rows, args):
    told = dict(zip(rows.values(), args))  # noqa: B905  Python 3.9 knows no strict
    if "mood" in told:
        told["mood_number"] = vocabulary.MOODS.get(told["mood"], 0)
    if told.get("feeling") in vocabulary.FEELINGS:
        told["feeling_number"] = vocabulary.FEELINGS.index(told["feeling"])
        for place, name in ((1, "red"), (3, "green"), (5, "blue")):
            told[name] = int(told["colour"][place : place + 2], 16) / 255
    if "state" in told:
        told["playing"] = int(told["state"] == "playing")
    if "duration_s" in told:
        comp.par.Position.normMax = told["duration_s"]
    for row, value in told.items():
        put(comp.op("now"), row, value)


def _follow(comp, knob, args):
    if knob is not None and args:
        comp.op("link").module.follow(getattr(comp.par, knob.par), knob.name, args[0])
