"""Callbacks of the Script TOP `frames`: shows the newest picture. `every_frame` makes it cook.

Touches no other operator than the one that holds `receiver`: a Script TOP cooks again whenever something that it read
has changed.
"""

_shown = 0


def onSetupParameters(scriptOp):
    """A pulse on the TOP itself, for those who look at nothing else; appears with Setup Parameters."""
    page = scriptOp.appendCustomPage("Deepsing")
    page.appendPulse("Reconnect", label="Reconnect")


def onPulse(par):
    par.owner.parent().op("receiver").module.stop()


def onCook(scriptOp):
    """Without a new picture the texture stays as it is."""
    global _shown
    picture = scriptOp.parent().op("receiver").module.newest()
    if picture is not None and picture.number != _shown:
        scriptOp.copyNumpyArray(picture.pixels)
        _shown = picture.number
