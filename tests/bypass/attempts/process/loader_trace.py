"""A variable of the loader decides what every program of the container does."""

from bypass import inert

SOURCE = "CVE-2025-23266: LD_PRELOAD of the image in the environment of a program that others start; here with a variable that needs no library"
WAY = "image content"
STOPPED = inert("LD_* is removed from the environment")


def attack(t):
    t.env("LD_TRACE_LOADED_OBJECTS", "1")
    return "the loader listed the program instead of running it" if "libc.so.6 =>" in t.run("bash -c true") else ""
