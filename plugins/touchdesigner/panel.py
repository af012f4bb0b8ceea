"""Parameter Execute DAT on the component: a knob that is turned, or a button that is pressed, is told to the bridge."""


def onValueChange(par, prev):
    comp, vocabulary, link = _around(par)
    knob = vocabulary.BY_PAR.get(par.name)
    if knob is not None:
        link.turned(comp, knob.name, _value(knob, par))
    elif par.name in ("Address", "Oscport", "Listenport"):
        link.lose()
    elif par.name == "Render":
        comp.op("picture").par.index = int(par.eval() == "here" and comp.op("mixed") is not None)


def onPulse(par):
    comp, vocabulary, link = _around(par)
    if par.name == "Reconnect":
        comp.op("receiver").module.stop()
        link.lose()
    elif par.name == "Seek":
        link.say(comp, "seek", float(comp.par.Position.eval()))
    elif par.name.lower() in vocabulary.BUTTONS:
        link.say(comp, par.name.lower(), 1)


def _around(par):
    comp = par.owner
    return comp, comp.op("vocabulary").module, comp.op("link").module


def _value(knob, par):
    """As OSC has no other numbers: a toggle is 0 or 1."""
    return {"float": float, "int": int, "bool": int, "choice": str}[knob.kind](par.eval())
