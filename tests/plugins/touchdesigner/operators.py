"""The operators of the fake TouchDesigner: those that are used, with what is used of them. OSC goes over real UDP."""

from __future__ import annotations

import re
import socket
import types
from typing import TYPE_CHECKING, Any

import numpy as np
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from tests.plugins.touchdesigner import names
from tests.plugins.touchdesigner.parameters import Guarded, Page, Pars, tdError

if TYPE_CHECKING:
    from tests.plugins.touchdesigner.host import Host

LOOPBACK = "127.0.0.1"
NODE_WIDTH = 130


class Op(Guarded):
    """An operator. Its class is called as the operator's type."""

    WRITABLE: tuple[str, ...] = ("nodeX", "nodeY", "viewer", "comment")
    INPUTS = 0

    def __init__(self, host: Host, parent: COMP | None, name: str) -> None:
        self._host, self._parent, self._tags, self._pages = host, parent, set(), []
        for attribute, value in {"nodeX": 0, "nodeY": 0, "viewer": False, "comment": ""}.items():
            object.__setattr__(self, attribute, value)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "par", Pars(self, names.PARS.get(self.OPType, {})))
        self._inputs: list[Op | None] = [None] * self.INPUTS
        self._docked: list[Op] = []

    @property
    def OPType(self) -> str:
        return type(self).__name__

    @property
    def path(self) -> str:
        return f"{self._parent.path.rstrip('/')}/{self.name}" if self._parent else "/"

    @property
    def tags(self) -> set[str]:
        return self._tags

    @property
    def docked(self) -> list[Op]:
        return self._docked

    @property
    def nodeWidth(self) -> int:
        return NODE_WIDTH

    @property
    def customPages(self) -> list[Page]:
        return self._pages

    @property
    def inputConnectors(self) -> list[Connector]:
        return [Connector(self, index) for index in range(self.INPUTS)]

    @property
    def inputs(self) -> list[Op]:
        """But those that are destroyed."""
        return [each for each in self._inputs if each is not None and each._parent is not None]

    def appendCustomPage(self, name: str) -> Page:
        if not isinstance(self, (COMP, scriptTOP)):
            raise tdError(f"{self.OPType} has no custom parameters")
        if any(page.name == name for page in self._pages):
            raise tdError(f"there is a page {name} already")  # what TouchDesigner does then is not documented
        self._pages.append(Page(self, name))
        return self._pages[-1]

    def parent(self) -> COMP | None:
        return self._parent

    def op(self, path: str) -> Op | None:
        """An operator by its path from here: absolute, a sibling's name, or `..`."""
        around = self if isinstance(self, COMP) else self._parent
        if path.startswith("/"):
            around = self._host.root
        found: Op | None = around
        for step in path.strip("/").split("/"):
            if step == "..":
                found = self._parent if found is around else found._parent
            elif step not in (".", ""):
                found = found._named.get(step) if isinstance(found, COMP) else None
            if found is None:
                return None
        return found

    def destroy(self) -> None:
        if self._parent is not None:
            del self._parent._named[self.name]
            object.__setattr__(self, "_parent", None)


class Connector:
    def __init__(self, owner: Op, index: int) -> None:
        self._owner, self._index = owner, index

    def connect(self, source: Op) -> None:
        if _family(source) != _family(self._owner):
            raise tdError(f"{source.OPType} cannot feed {self._owner.OPType}")
        self._owner._inputs[self._index] = source


class COMP(Op):
    """`create` gives another name where the wished one is taken, as TouchDesigner does without a word."""

    def __init__(self, host: Host, parent: COMP | None, name: str) -> None:
        self._named: dict[str, Op] = {}
        super().__init__(host, parent, name)

    @property
    def children(self) -> list[Op]:
        return list(self._named.values())

    def create(self, kind: type[Op], name: str) -> Op:
        made = kind(self._host, self, self._free(name))
        self._named[made.name] = made
        if par := names.DOCKED.get(made.OPType):
            docked = self.create(textDAT, f"{made.name}_{par}")
            made._docked.append(docked)
            setattr(made.par, par, docked.name)
        return made

    def findChildren(self, type: type[Op], tags: list[str], maxDepth: int) -> list[Op]:
        found = [each for each in self.children if isinstance(each, type) and each.tags & set(tags)]
        deeper = [each for each in self.children if isinstance(each, COMP)] if maxDepth > 1 else []
        return found + [each for comp in deeper for each in comp.findChildren(type, tags, maxDepth - 1)]

    def destroy(self) -> None:
        for child in self.children:
            child.destroy()
        super().destroy()

    def _free(self, name: str) -> str:
        number = 0
        while (tried := name + str(number or "")) in self._named:
            number += 1
        return tried


class containerCOMP(COMP):
    pass


class baseCOMP(COMP):
    pass


class DAT(Op):
    """A text that is compiled when somebody wants its module, and anew when it has changed."""

    WRITABLE = (*Op.WRITABLE, "text")

    def __init__(self, host: Host, parent: COMP | None, name: str) -> None:
        super().__init__(host, parent, name)
        self._text, self._module = "", None

    @property
    def text(self) -> str:
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self._text, self._module = text, None

    @property
    def module(self) -> Any:
        if self._module is None:
            self._module = types.ModuleType(self.name)
            parent = self._parent
            vars(self._module).update(me=self, parent=lambda: parent, op=self.op, td=self._host.td)
            exec(compile(self._text, self.path, "exec"), vars(self._module))
        return self._module


class textDAT(DAT):
    pass


class executeDAT(DAT):
    pass


class parameterexecuteDAT(DAT):
    pass


class Cell:
    def __init__(self, val: str) -> None:
        self.val = val


class tableDAT(Op):
    """Cells by row and column, each a number from 0 or, as here for rows, what the first column says."""

    def __init__(self, host: Host, parent: COMP | None, name: str) -> None:
        super().__init__(host, parent, name)
        self._rows: list[list[str]] = []
        self._writes = 0

    @property
    def numRows(self) -> int:
        return len(self._rows)

    def clear(self) -> None:
        self._rows = []

    def appendRow(self, cells: list[Any]) -> None:
        self._rows.append([str(cell) for cell in cells])

    def __getitem__(self, place: tuple[str | int, int]) -> Cell | None:
        self._host.check("a cell was read")
        row = self._row(place[0])
        return Cell(row[place[1]]) if row else None

    def __setitem__(self, place: tuple[str | int, int], value: Any) -> None:
        self._host.check("a cell was written")
        row = self._row(place[0])
        if row is None:
            raise tdError(f"there is no row {place[0]!r}")
        row[place[1]] = str(value)
        self._writes += 1

    def _row(self, which: str | int) -> list[str] | None:
        if isinstance(which, int):
            return self._rows[which] if which < len(self._rows) else None
        return next((row for row in self._rows if row[0] == which), None)


class outDAT(Op):
    INPUTS = 1


class scriptTOP(Op):
    """`shown`: what `copyNumpyArray` was given last, as it is on the screen."""

    def __init__(self, host: Host, parent: COMP | None, name: str) -> None:
        super().__init__(host, parent, name)
        self._cooking, self._cooks, self._copies, self._shown = False, 0, 0, None

    def cook(self, force: bool = False) -> None:
        self._cooks += 1
        self._cooking = True
        try:
            self.op(self.par.callbacks.eval()).module.onCook(self)
        finally:
            self._cooking = False

    def copyNumpyArray(self, pixels: np.ndarray) -> None:
        if not self._cooking:
            raise tdError("copyNumpyArray outside of onCook")
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
            raise tdError(f"{pixels.dtype} of shape {pixels.shape} is no picture")
        if not pixels.flags.c_contiguous:
            raise tdError("pixels with gaps")
        self._copies += 1
        self._shown = pixels.copy()


class nullTOP(Op):
    INPUTS = 1


class outTOP(Op):
    INPUTS = 1


class noiseTOP(Op):
    pass


class switchTOP(Op):
    INPUTS = 100


class glslTOP(Op):
    """`drawn_with`: the numbers of its array, as the CHOP has them."""

    def drawn_with(self) -> list[float]:
        (samples,) = self.op(self.par.array0chop.eval()).samples()
        return samples


class CHOP(Op):
    INPUTS = 1

    def __getitem__(self, name: str) -> float:
        return self.channels()[name]

    def channels(self) -> dict[str, float]:
        return self.inputs[0].channels()


class nullCHOP(CHOP):
    pass


class outCHOP(CHOP):
    pass


class dattoCHOP(CHOP):
    """As its parameters say; only the combinations that are used here."""

    INPUTS = 0

    def channels(self) -> dict[str, float]:
        par = self.par
        chosen = (par.output.eval(), par.firstrow.eval(), par.firstcolumn.eval(), par.extractrows.eval())
        if chosen != ("chanperrow", "values", "names", "bynames"):
            raise tdError(f"this host cannot convert by {chosen}")
        rows = {row[0]: row[1] for row in self.op(par.dat.eval())._rows}
        return {name: float(rows[name]) for name in par.rownames.eval().split()}

    def samples(self) -> list[list[float]]:
        """Those of each channel, where a column is one."""
        par = self.par
        chosen = (par.output.eval(), par.firstrow.eval(), par.firstcolumn.eval(), par.extractrows.eval())
        if chosen != ("chanpercol", "values", "values", "all"):
            raise tdError(f"this host cannot convert by {chosen}")
        return [list(map(float, column)) for column in zip(*self.op(par.dat.eval())._rows, strict=True)]


class OscDAT(Op):
    """OSC over UDP, both ways. `sent`: address and values of all that went out."""

    def __init__(self, host: Host, parent: COMP | None, name: str) -> None:
        super().__init__(host, parent, name)
        self._socket = self._bound(0)
        self._sent: list[tuple[str, list[Any]]] = []

    def sendOSC(
        self,
        address: str,
        *values: Any,
        asBundle: bool = False,
        useNonStandardTypes: bool = True,
        use64BitPrecision: bool = False,
    ) -> int:
        message = OscMessageBuilder(address)
        for value in values[0] if values and isinstance(values[0], list) else values:
            message.add_arg(*_argument(value, useNonStandardTypes))
        self._sent.append((address, list(values[0]) if values else []))
        host = self.par.address.eval()
        return self._socket.sendto(message.build().dgram, (host, self.par.port.eval()))

    def receive(self) -> None:
        """Calls the callback for each message that came."""
        self._renew()
        while (packet := self._packet()) is not None:
            messages = OscPacket(packet).messages
            if len(messages) > 1 and not self.par.splitbundle.eval():
                raise tdError("a bundle of several messages, and Split Bundle into Messages is off")
            for timed in messages:
                self._call(timed.message, packet)

    def destroy(self) -> None:
        self._socket.close()
        super().destroy()

    def _call(self, message: Any, packet: bytes) -> None:
        module = self.op(self.par.callbacks.eval()).module
        peer = types.SimpleNamespace(address=LOOPBACK, port=0)
        module.onReceiveOSC(self, 0, str(message.params), packet, 0.0, message.address, list(message.params), peer)

    def _packet(self) -> bytes | None:
        try:
            return self._socket.recv(65536)
        except (BlockingIOError, ConnectionRefusedError):
            return None

    def _renew(self) -> None:
        """Nothing: what is sent to where it came from stays where it came from."""

    def _bound(self, port: int) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        made.bind((LOOPBACK, port))
        return made


class oscinDAT(OscDAT):
    """Listens at its port."""

    def _renew(self) -> None:
        if self._socket.getsockname()[1] != self.par.port.eval():
            self._socket.close()
            self._socket = self._bound(self.par.port.eval())


class oscoutDAT(OscDAT):
    pass


def _argument(value: Any, non_standard: bool) -> tuple[Any, str]:
    """Value and type tag, as oscoutDAT_Class tells."""
    if isinstance(value, bool):
        return (value, "T" if value else "F") if non_standard else (int(value), "i")
    if isinstance(value, int):
        if not -(2**31) <= value < 2**31:
            raise tdError(f"{value} does not fit")
        return value, "i"
    if isinstance(value, float):
        return value, "f"
    if isinstance(value, str):
        return value, "s"
    raise tdError(f"this host cannot send {value!r}")


def _family(op: Op) -> str:
    """TOP, CHOP, DAT or COMP."""
    return re.sub("^[a-z0-9]+", "", op.OPType)


KINDS = {name: kind for name, kind in list(globals().items()) if name in names.PARS}
