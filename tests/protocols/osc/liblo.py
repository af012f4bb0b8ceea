"""liblo itself, which its tools do not show all of: bundles, and when they are to be heard."""

import ctypes
import time

UNIX_SINCE_NTP_S = 2_208_988_800


class TimeTag(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_uint32), ("fraction", ctypes.c_uint32))


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("liblo.so.7")
    for name in ("lo_address_new", "lo_bundle_new", "lo_message_new"):
        getattr(library, name).restype = ctypes.c_void_p
    library.lo_bundle_new.argtypes = [TimeTag]
    library.lo_address_new.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    library.lo_message_add_float.argtypes = [ctypes.c_void_p, ctypes.c_float]
    library.lo_bundle_add_message.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    library.lo_bundle_add_bundle.argtypes = library.lo_send_bundle.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.lo_bundle_free_recursive.argtypes = library.lo_address_free.argtypes = [ctypes.c_void_p]
    return library


def send_bundle(port: int, ahead_s: float, address: str, value: float, inner: tuple[str, float] | None = None) -> None:
    """A bundle of one message, and perhaps of another bundle; to be heard `ahead_s` seconds from now."""
    library = _library()
    target = library.lo_address_new(b"127.0.0.1", str(port).encode())
    bundle = _bundle(library, ahead_s, address, value)
    if inner:
        library.lo_bundle_add_bundle(bundle, _bundle(library, ahead_s, *inner))
    assert library.lo_send_bundle(target, bundle) > 0
    library.lo_bundle_free_recursive(bundle)
    library.lo_address_free(target)


def _bundle(library: ctypes.CDLL, ahead_s: float, address: str, value: float) -> int:
    at_s = time.time() + ahead_s + UNIX_SINCE_NTP_S
    made = library.lo_bundle_new(TimeTag(int(at_s), int(at_s % 1 * 2**32)))
    message = library.lo_message_new()
    library.lo_message_add_float(message, value)
    library.lo_bundle_add_message(made, address.encode(), message)
    return int(made)
