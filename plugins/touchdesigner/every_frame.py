"""Execute DAT: once a frame, keep pictures and OSC coming in, and let the Script TOP cook if there is a new picture.

The TOP cooks even where nobody looks at it, so that what is fed by it does not depend on a viewer; and not without a
new picture.
"""

_cooked = 0


def onFrameStart(frame):
    global _cooked
    comp = me.parent()  # noqa: F821  TouchDesigner's name for this DAT
    receiver, link = comp.op("receiver").module, comp.op("link").module
    if comp.op("picture").par.index.eval():
        receiver.stop()
        frames = "drawn here"
    else:
        frames = receiver.keep(_settings(comp, receiver), comp.op("client").module)
    picture = receiver.newest()
    if picture is not None and picture.number != _cooked:
        _cooked = picture.number
        comp.op("frames").cook(force=True)
    link.keep(comp)
    _tell(comp, frames, link.alive())


def onExit():
    comp = me.parent()  # noqa: F821
    comp.op("receiver").module.stop()
    comp.op("link").module.leave(comp)


def _settings(comp, receiver):
    par = comp.par
    return receiver.Settings(par.Way.eval(), par.Address.eval(), int(par.Framesport.eval()), par.Memory.eval())


def _tell(comp, frames, alive):
    """Only what changed: a parameter or a cell that is set makes others cook."""
    status = f"{frames}; OSC {'connected' if alive else 'not answered'}"
    if comp.par.Status.eval() != status:
        comp.par.Status = status
    comp.op("osc_callbacks").module.put(comp.op("now"), "alive", int(alive))
