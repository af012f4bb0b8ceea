"""Whether the JACK server that was there still is. RtMidi cannot say: it goes on naming the ports of a dead one.

A client of our own without ports, by the very libjack that RtMidi uses. Its shutdown callback comes on a thread of
libjack's, and does no more than set a flag. Knows nothing of MIDI.
"""

import ctypes
from threading import Event

NAME = b"deepsing-watch"
NO_START_SERVER = 0x01  # JackNoStartServer: who wants a server starts it

_Told = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class JackWatch:
    """`library` is the file of a library that was linked with libjack.

    Raises OSError where there is no server, or the library was not.
    """

    def __init__(self, library: str) -> None:
        self._ended = Event()
        self._told = _Told(lambda _: self._ended.set())  # kept, since libjack has only its address
        self._jack = _load(library)
        self._client = self._jack.jack_client_open(NAME, NO_START_SERVER, None)
        if not self._client:
            raise OSError("no JACK server is running")
        self._jack.jack_on_shutdown(self._client, self._told, None)

    @property
    def ended(self) -> bool:
        """Whether the server has gone since; it does not come back for this client."""
        return self._ended.is_set()

    def close(self) -> None:
        self._jack.jack_client_close(self._client)


def _load(library: str) -> ctypes.CDLL:
    jack = ctypes.CDLL(library)
    try:
        jack.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        jack.jack_client_open.restype = ctypes.c_void_p
        jack.jack_on_shutdown.argtypes = [ctypes.c_void_p, _Told, ctypes.c_void_p]
        jack.jack_client_close.argtypes = [ctypes.c_void_p]
    except AttributeError as error:
        raise OSError(f"{library}: not linked with JACK ({error})") from error
    return jack
