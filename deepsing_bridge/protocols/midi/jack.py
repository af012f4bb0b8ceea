"""Whether the JACK server that was there still is. RtMidi cannot say: it goes on naming the ports of a dead one.

A client of our own without ports, by the very libjack that RtMidi uses. Its shutdown callback comes on a thread of
libjack's, which `jack_client_close` may cancel: in Python, it could be waiting for the interpreter then, and would take
the interpreter's lock with it, so it is C's `time`, which does no more than write to where it is told. Knows nothing of
MIDI.
"""

import ctypes

NAME = b"deepsing-watch"
NO_START_SERVER = 0x01  # JackNoStartServer: who wants a server starts it


class JackWatch:
    """`library` is the file of a library that was linked with libjack.

    Raises OSError where there is no server, or the library was not.
    """

    def __init__(self, library: str) -> None:
        self._ended_s = ctypes.c_int64(0)  # kept, since libjack has only its address
        self._jack = _load(library)
        self._client = self._jack.jack_client_open(NAME, NO_START_SERVER, None)
        if not self._client:
            raise OSError("no JACK server is running")
        self._jack.jack_on_shutdown(self._client, ctypes.CDLL(None).time, ctypes.byref(self._ended_s))

    @property
    def ended(self) -> bool:
        """Whether the server has gone since; it does not come back for this client."""
        return self._ended_s.value != 0

    def close(self) -> None:
        self._jack.jack_client_close(self._client)


def _load(library: str) -> ctypes.CDLL:
    jack = ctypes.CDLL(library)
    try:
        jack.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        jack.jack_client_open.restype = ctypes.c_void_p
        jack.jack_on_shutdown.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        jack.jack_client_close.argtypes = [ctypes.c_void_p]
    except AttributeError as error:
        raise OSError(f"{library}: not linked with JACK ({error})") from error
    return jack
