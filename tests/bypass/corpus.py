"""The attempts and what they say of themselves: attempts/AREA/NAME.py, loaded and checked."""

import glob
import importlib.util
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))

AREAS = {
    "mounts": "Mounts",
    "rootfs": "The root filesystem",
    "devices": "Devices",
    "process": "The process",
    "exec": "Exec",
    "tools": "Tools that an agent may not use",
    "capabilities": "Capabilities",
    "seccomp": "System calls",
    "namespaces": "Namespaces",
    "network": "Network",
    "resources": "Resources",
    "update": "Update",
    "hooks": "Hooks",
    "annotations": "Annotations",
    "sysctls": "Sysctls",
    "arguments": "The command line",
    "image": "What an image brings",
    "state": "State and files of the runtime",
    "race": "Races",
    "attestation": "What was made is not what was asked",
    "docker": "Through Docker",
}
WAYS = ("create", "exec", "update", "engine flag", "volume", "image content", "race", "arguments", "state")
LOWS = ("runc", "crun")


class Stopped:
    def __init__(self, kind, what):
        self.kind, self.what = kind, what

    def __str__(self):
        return {"refused": "refused [%s]", "inert": "inert: %s", "attested": "ended at start: %s"}[self.kind] % self.what


def refused(rule):
    """The call is refused by this rule, and nothing is left of it."""
    return Stopped("refused", rule)


def inert(how):
    """The container runs, and the attack has no effect; HOW is one sentence."""
    return Stopped("inert", how)


def attested(names):
    """Create passes; start finds the difference, names it with this text, and the program never runs."""
    return Stopped("attested", names)


CAPABILITIES = {"CAP_SYS_RESOURCE": 24, "CAP_SYS_ADMIN": 21, "CAP_SYS_MODULE": 16}


class Needs:
    """A reason that depends on the host: evaluated where the corpus runs, and told as a condition in the document."""

    def __init__(self, capability):
        self.capability = capability

    def __str__(self):
        return "the host's root has no %s" % self.capability

    def __bool__(self):
        with open("/proc/self/status") as status:
            bounding = int(re.search(r"^CapBnd:\s*(\w+)", status.read(), re.M).group(1), 16)
        return not bounding >> CAPABILITIES[self.capability] & 1


class Lacks(Needs):
    """A reason that is one where the host's kernel does not have a file."""

    def __init__(self, path, what):
        self.path, self.what = path, what

    def __str__(self):
        return "the host's kernel has no %s" % self.what

    def __bool__(self):
        return not os.path.exists(self.path)


def lacks(path, what):
    """For BARE: it can only be shown where the kernel has WHAT, which is known by PATH."""
    return Lacks(path, what)


def needs(capability):
    """For BARE: the low-level runtime can do it only where root has this capability, which some hosts' root does not."""
    return Needs(capability)


class Attempt:
    """One file. `stopped` and `bare` are told for each low-level runtime."""

    def __init__(self, path, module):
        self.path = os.path.relpath(path, TOP)
        self.area = os.path.basename(os.path.dirname(path))
        self.name = "%s/%s" % (self.area, os.path.basename(path)[:-len(".py")])
        self.attack = module.attack
        self.idea, _, self.more = (module.__doc__ or "").strip().partition("\n")
        self.source = module.SOURCE
        self.way = module.WAY
        self.stopped = module.STOPPED if isinstance(module.STOPPED, dict) else dict.fromkeys(LOWS, module.STOPPED)
        bare = getattr(module, "BARE", {})
        self.bare = bare if isinstance(bare, dict) else dict.fromkeys(LOWS, bare)
        self.engine = getattr(module, "ENGINES", "bare")
        self.timeout = getattr(module, "TIMEOUT", 20)
        # Runs alone, with nothing beside it: for what times or counts something of the whole machine
        self.alone = getattr(module, "ALONE", False)

    def problems(self, rules):
        if self.area not in AREAS:
            yield "no such area"
        if not self.idea.endswith("."):
            yield "the first line of its text must be one sentence"
        if not self.source or not isinstance(self.source, str):
            yield "no SOURCE"
        if self.way not in WAYS:
            yield "WAY is none of %s" % (WAYS,)
        if self.engine not in ("bare", "docker"):
            yield "ENGINES is neither bare nor docker"
        if set(self.stopped) != set(LOWS) or not set(self.bare) <= set(LOWS):
            yield "STOPPED or BARE names other runtimes than runc and crun"
        for stopped in self.stopped.values():
            if not isinstance(stopped, Stopped):
                yield "STOPPED is not refused(), inert() or attested()"
            elif stopped.kind == "refused" and stopped.what not in rules:
                yield "the rule `%s` is not in docs/refusals.md" % stopped.what


def rules():
    with open(os.path.join(TOP, "docs/refusals.md"), encoding="utf-8") as text:
        return set(re.findall(r"^\| `([a-z0-9-]+)` \|", text.read(), re.M))


def load():
    """All attempts, by area and name. One that cannot be loaded, or says too little of itself, is an error."""
    known, attempts, order = rules(), [], list(AREAS)
    for path in sorted(glob.glob(HERE + "/attempts/*/*.py")):
        spec = importlib.util.spec_from_file_location("attempt", path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
            attempt = Attempt(path, module)
        except Exception as error:
            raise SystemExit("%s: %s: %s" % (os.path.relpath(path, TOP), type(error).__name__, error))
        for problem in attempt.problems(known):
            raise SystemExit("%s: %s" % (attempt.path, problem))
        attempts.append(attempt)
    return sorted(attempts, key=lambda attempt: (order.index(attempt.area), attempt.name))
