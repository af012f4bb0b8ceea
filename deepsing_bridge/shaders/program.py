"""One shader, compiled, that draws pictures of any size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError
from . import glsl
from .isf import Pass, Shader, Value
from .opengl import OpenGL

if TYPE_CHECKING:
    import moderngl

Pixels = NDArray[np.uint8]
Spectra = Mapping[str, NDArray[np.float32]]
CORNERS = np.array([-1, -1, 3, -1, -1, 3], np.float32)  # one triangle that covers the picture
DATE = (2000.0, 1.0, 1.0)  # the same picture on every day
SILENCE = {"audio": np.full(128, 0.5, np.float32), "audioFFT": np.zeros(128, np.float32)}


@dataclass(frozen=True)
class Tick:
    """The moment that a picture shows: seconds and frames since the beginning, and seconds since the last frame."""

    time_s: float = 0.0
    delta_s: float = 1 / 60
    frame: int = 0


class Program:
    """Draws `shader`. Every call is run on the context's thread, and may come from any."""

    def __init__(self, shader: Shader, gl: OpenGL) -> None:
        """Raises BridgeError with the file's line if the shader does not compile."""
        self.shader = shader
        self._gl = gl
        self._buffers: dict[int, moderngl.Framebuffer] = {}  # what each pass draws into, a texture each
        self._drawn: dict[int, moderngl.Texture] = {}
        self._sounds: dict[str, moderngl.Texture] = {}
        sounds = (each.name for each in shader.inputs if each.is_sound)
        self._units = {name: unit for unit, name in enumerate((*sounds, *shader.targets))}
        gl.run(self._set_up)

    def draw(
        self,
        width: int,
        height: int,
        values: Mapping[str, Value] | None = None,
        tick: Tick = Tick(),
        sounds: Spectra | None = None,
    ) -> Pixels:
        """(height, width, 3) uint8 RGB. `values` of inputs, their defaults where there is none; bounds are kept.

        `sounds`: (n,) 0..1 for each input of type `audio` or `audioFFT`, as ISF has them; silence where there is none.
        """
        return self._gl.run(lambda: self._draw(width, height, self._complete(values or {}), tick, sounds or {}))

    def close(self) -> None:
        self._gl.run(self._release)

    def _set_up(self) -> None:
        self._program, context = self._compiled(), self._gl.context
        self._corners = context.buffer(CORNERS.tobytes())
        self._triangle = context.vertex_array(self._program, [(self._corners, "2f", "position")])
        self._blank = context.texture((1, 1), 4, bytes(4))
        self._set(self._units)

    def _compiled(self) -> "moderngl.Program":
        complaints = []
        for version in glsl.VERSIONS:
            try:
                return self._gl.context.program(glsl.vertex(self.shader, version), glsl.fragment(self.shader, version))
            except Exception as error:  # moderngl raises its own Error, which is not typed
                complaints.append(glsl.complaint(self.shader, str(error)))
        raise BridgeError(complaints[0])

    def _complete(self, values: Mapping[str, Value]) -> dict[str, Value]:
        return {
            each.name: bounded(values.get(each.name, each.default), each.low, each.high)
            for each in self.shader.inputs
            if not each.is_sound
        }

    def _draw(self, width: int, height: int, values: Mapping[str, Value], tick: Tick, sounds: Spectra) -> Pixels:
        date = (*DATE, tick.time_s)
        self._set({"TIME": tick.time_s, "TIMEDELTA": tick.delta_s, "FRAMEINDEX": tick.frame, "DATE": date})
        self._set(values)
        self._forget()
        self._bind_sounds(sounds)
        for index, each in enumerate(self.shader.passes):
            is_last = index == len(self.shader.passes) - 1
            size = (width, height) if is_last else each.size(width, height, values)
            buffer = self._buffer(index, each, size)
            buffer.use()
            buffer.clear()  # a shader may leave out pixels
            self._set({"PASSINDEX": index, "RENDERSIZE": size})
            self._triangle.render()
            self._gl.finish()
            if each.target:
                self._drawn[index].use(self._units[each.target])
        picture = np.frombuffer(buffer.read(components=3, alignment=1), np.uint8)
        return np.ascontiguousarray(picture.reshape(height, width, 3)[::-1])

    def _set(self, uniforms: Mapping[str, Value]) -> None:
        for name, value in uniforms.items():
            if name in self._program:  # the compiler drops those that are not used
                self._program[name] = value

    def _buffer(self, index: int, drawn: Pass, size: tuple[int, int]) -> "moderngl.Framebuffer":
        """One for each pass, so that none reads what it draws into, were it another pass's target as well."""
        buffer = self._buffers.get(index)
        if buffer is None or buffer.size != size:
            if buffer is not None:
                buffer.release()
                self._drawn[index].release()
            texture = self._drawn[index] = self._gl.context.texture(size, 4, dtype="f2" if drawn.is_float else "f1")
            texture.repeat_x = texture.repeat_y = False
            buffer = self._buffers[index] = self._gl.context.framebuffer([texture])
        return buffer

    def _forget(self) -> None:
        """What was drawn before is nowhere to be read, so that a picture hangs on nothing but what is asked of it. The
        first unit is what a sampler reads that the header does not have."""
        for unit in range(max(1, len(self._units))):
            self._blank.use(unit)

    def _bind_sounds(self, sounds: Spectra) -> None:
        for given in (each for each in self.shader.inputs if each.is_sound):
            levels = _sampled(sounds.get(given.name, SILENCE[given.kind]), given.most)
            texture = self._sounds.get(given.name)
            if texture is None or texture.size[0] != len(levels):
                if texture is not None:
                    texture.release()
                texture = self._sounds[given.name] = self._gl.context.texture((len(levels), 1), 1, dtype="f4")
                texture.swizzle = "RRR1"
                texture.repeat_x = texture.repeat_y = False
            texture.write(levels.tobytes())
            texture.use(self._units[given.name])

    def _release(self) -> None:
        for buffer in self._buffers.values():
            buffer.release()
        for texture in (*self._drawn.values(), *self._sounds.values(), self._blank):
            texture.release()
        self._buffers.clear()
        self._drawn.clear()
        self._sounds.clear()
        self._triangle.release()
        self._corners.release()
        self._program.release()


def _sampled(levels: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """`levels`, or `most` of them at equal distances, where a shader wants no more."""
    if 0 < most < len(levels):
        levels = levels[np.linspace(0, len(levels) - 1, most).round().astype(int)]
    return np.ascontiguousarray(levels, np.float32)


def bounded(value: Value, low: tuple[float, ...], high: tuple[float, ...]) -> Value:
    """`value` between `low` and `high`, number by number; as it is where there are none."""
    if not low or isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return tuple(min(max(each, a), b) for each, a, b in zip(value, low, high, strict=True))
    return min(max(value, low[0]), high[0])
