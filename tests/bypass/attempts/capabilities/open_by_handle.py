"""CAP_DAC_READ_SEARCH opens any file of a filesystem of which the container has one directory."""

import ctypes
import os

from bypass import refused, world

SOURCE = "shocker (2014): open_by_handle_at"
WAY = "create"
STOPPED = refused("capabilities")


def handle_of(path):
    """As the attack would find it by trying: the handle of a file of the host."""
    class Handle(ctypes.Structure):
        _fields_ = [("bytes", ctypes.c_uint), ("type", ctypes.c_int), ("data", ctypes.c_ubyte * 128)]
    handle, mount = Handle(bytes=128), ctypes.c_int()
    world.check(world.libc.name_to_handle_at(-100, path.encode(), ctypes.byref(handle), ctypes.byref(mount), 0), "name_to_handle_at")
    return handle.type, bytes(handle.data)[:handle.bytes].hex()


def attack(t):
    os.mkdir("/mnt/host/data")
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.cap("CAP_DAC_READ_SEARCH")
    return t.leaked(t.run("reach handle /x %d %s" % handle_of(t.secret)))
