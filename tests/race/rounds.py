"""One container after the other with a bind whose source somebody exchanges meanwhile."""

import os
import stat

import runtime

HONEST, FORBIDDEN = 10, 20  # what the marker says; the container ends with it


def classify(exit_code):
    return {HONEST: "good", FORBIDDEN: "escape"}.get(exit_code, "error")


class Score:
    """How many rounds ended in which way, with an example of each that should not be."""

    def __init__(self):
        self.count = {"good": 0, "refused": 0, "escape": 0, "error": 0}
        self.examples = []

    def add(self, kind, why=""):
        self.count[kind] += 1
        if kind in ("escape", "error") and len(self.examples) < 3:
            self.examples.append("%s: %s" % (kind, why))

    def answer(self):
        return {"count": self.count, "examples": self.examples}


def is_honest(source):
    """The check that is not enough: of the path, which is then used once more."""
    try:
        return os.path.realpath(source) == source and not stat.S_ISLNK(os.lstat(source).st_mode)
    except OSError:  # it was a link when it was looked at, and none when it was read
        return False


def one(engine, bundle, name, forbidden):
    """What came of one container, and why."""
    if engine.create(bundle, name) != 0:
        said = engine.said()
        engine.call("delete", "--force", name)
        return ("refused" if runtime.refusal(said, forbidden) else "error"), said
    init = engine.init()
    if engine.call("start", name) != 0:
        said = engine.said()
        engine.call("delete", "--force", name)
        runtime.reap(init)
        return ("refused" if runtime.refusal(said, forbidden) else "error"), said
    code = runtime.reap(init)
    kind, why = classify(code), "exit code %d" % code
    if engine.call("delete", name) != 0:
        kind, why = "error", engine.said()
        engine.call("delete", "--force", name)
    return kind, why


def job(spec):
    engine = runtime.Runtime(spec["program"], spec["root"], spec.get("config"))
    path = spec["bundle"] + "/config.json"
    with open(path, "rb") as text:
        config = text.read()
    score = Score()
    for number in range(spec["rounds"]):
        if spec["checked"] and number >= 20 and score.count["escape"]:
            break  # it was to be shown that it happens
        runtime.write(path, config)
        if spec["checked"]:
            while not is_honest(spec["source"]):
                pass
        score.add(*one(engine, spec["bundle"], spec["name"], spec["forbidden"]))
    engine.forget()
    return score.answer()
