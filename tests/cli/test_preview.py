"""closedclaw preview: what the runtime would change and refuse."""
import copy
import hashlib
import json
import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# As `runc spec` writes it, more or less: nothing is tight.
LOOSE = {
    "ociVersion": "1.0.2",
    "process": {"user": {"uid": 0, "gid": 0}, "args": ["sh"], "cwd": "/",
                "env": ["PATH=/usr/bin:/bin", "LD_PRELOAD=/tmp/hush.so", "TOKEN=very-hush"],
                "capabilities": {s: ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
                                 for s in ("bounding", "effective", "permitted")},
                "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}]},
    "root": {"path": "rootfs"},
    "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
               {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
               {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["size=0"]}],
    "linux": {"resources": {"devices": [{"allow": False, "access": "rwm"}]},
              "namespaces": [{"type": t} for t in ("pid", "network", "ipc", "uts", "mount", "cgroup")],
              "maskedPaths": ["/proc/kcore"], "readonlyPaths": []},
}


def bundle(c, spec=None, name="box"):
    for place in ("proc", "sys", "dev", "workspace"):
        os.makedirs(c.path("%s/rootfs/%s" % (name, place)), exist_ok=True)
    c.write(name + "/config.json", json.dumps(LOOSE if spec is None else spec))
    return name


def changed(**members):
    spec = copy.deepcopy(LOOSE)
    for path, value in members.items():
        at = spec
        *way, last = path.split("__")
        for step in way:
            at = at[step]
        at[last] = value
    return spec


def low_level(c):
    """A runtime that is always found, so that screens are the same on every host."""
    c.write("bin/runc", "#!/bin/sh\n", mode=0o755)
    return "{ runtime: { lowLevel: ['%s'] } }\n" % c.path("bin/runc")


def tree(directory):
    """Everything below DIRECTORY: names, kinds, modes, times, contents."""
    found = {}
    for top, directories, files in os.walk(directory):
        for name in directories + files:
            path = os.path.join(top, name)
            st = os.lstat(path)
            text = b""
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    text = file.read()
            found[path] = (st.st_mode, st.st_uid, st.st_gid, st.st_mtime_ns, st.st_ctime_ns, hashlib.sha256(text).digest())
    return found


def of_any_host(result):
    """Without what the host's cgroups decide: how limits are written, and their number."""
    result.out = re.sub(r"^(Tightened|Would tighten|config.json:) \d+", r"\1 N", result.out, flags=re.M)
    result.out = "".join(line for line in result.out.splitlines(True) if " linux.resources." not in line)
    return result


# -- screens --

def test_loose_bundle(c):
    c.golden("preview-loose", of_any_host(c.run("preview", bundle(c), config=low_level(c))))
    c.golden("preview-loose-diff", of_any_host(c.run("preview", "--diff", bundle(c), config=low_level(c))))


def test_several_refusals(c):
    spec = changed(linux__namespaces=[{"type": t} for t in ("ipc", "uts", "mount", "cgroup")], process__cwd="/proc/self/fd/7")
    spec["mounts"] += [{"destination": "/x", "type": "bind", "source": "/etc", "options": ["rbind", "rshared"]},
                       {"destination": "/y", "type": "bind", "source": "/nonexistent/y", "options": ["bind"]}]
    c.golden("preview-refused", of_any_host(c.run("preview", bundle(c, spec), config=low_level(c), code=2)))


def test_docker_run(c):
    result = c.run("preview", "--", "docker", "run", "-v", "/etc:/x", "--privileged", "--network", "host", "alpine",
                   config=low_level(c), code=2)
    # the devices are the host's, and so are its defaults for cgroups
    lines, skip = [], False
    for line in result.out.splitlines(True):
        if line.startswith("    device `/dev/"):
            lines.append("    device `/dev/…\n")
            skip = True
        elif not (skip and line.startswith("    ")) and "cgroup namespace" not in line:
            skip = False
            lines.append(line)
    result.out = "".join(lines)
    c.golden("preview-docker", of_any_host(result))


def test_nothing_to_change(c):
    """What the runtime has made of a configuration is not changed again."""
    made = c.run("preview", "--json", "--spec", bundle(c), config=low_level(c)).json()["spec"]
    made["process"]["env"] = ["PATH=/usr/bin:/bin"]
    diff = c.run("preview", "--diff", bundle(c, made), config=low_level(c))
    assert "config.json: 0 changes" in diff.out, diff
    c.golden("preview-nothing", diff)


# -- what is answered --

def test_identity(c):
    config = """{ agents: { defaults: { sandbox: { mode: 'all' } }, list: [
      { id: 'free', sandbox: { mode: 'off' } }, { id: 'wide', sandbox: { docker: { network: 'bridge' } } } ] } }"""
    name = bundle(c)
    plain = c.run("preview", "--json", name, config=config).json()
    assert plain["verdict"] == "runs" and plain["identity"]["agent"] is None
    free = c.run("preview", "--json", "--agent", "free", name, config=config).json()
    assert free["verdict"] == "untouched" and free["identity"] == {
        "engine": "none", "kind": "agent", "agent": "free", "session": None, "container": "box"}, free
    labels = c.run("preview", "--json", "--", "docker", "run", "-l", "closedclaw.agent=free", "x", config=config).json()
    assert labels["verdict"] == "untouched" and labels["identity"]["agent"] == "free", labels
    wrong = c.run("preview", "--json", "--agent", "wide", "--session", "agent:free:x", name, config=config, code=2).json()
    assert wrong["refused"][0]["rule"] == "identity", wrong
    # the label that Docker keeps is the last one: with the first it would be another's
    twice = ["-l", "openclaw.sessionKey=agent:wide:x", "-l", "openclaw.sessionKey=agent:free:main", "x"]
    assert c.run("preview", "--json", "--", "docker", "run", *twice, config=config).json()["verdict"] == "untouched"
    report = "{ runtime: { enforcement: 'report' } }"
    result = c.run("preview", "--json", "--", "docker", "run", "--privileged", "x", config=report).json()
    assert result["verdict"] == "reported" and result["refused"], result


def test_what_nobody_can_tell(c):
    for arguments in (["--volumes-from", "other"], ["--mount", "type=image,source=x,target=/x"], ["-v", "/srv:/x:O"]):
        result = c.run("preview", "--json", "--", "docker", "run", *arguments, "i", config=low_level(c), code=3).json()
        assert result["verdict"] == "unknown" and result["notJudged"], result
    refused = c.run("preview", "--", "docker", "run", "--volumes-from", "other", "--privileged", "i", code=2)
    assert "would be refused" in refused.out, refused


def test_other_runtime(c):
    result = c.run("preview", "--", "docker", "run", "--runtime", "runc", "alpine", code=3)
    assert "would not see this container at all" in " ".join(result.out.split()), result
    c.run("preview", "--", "docker", "run", "--runtime", "closedclaw", "alpine")


def test_wrong_configuration(c):
    """The runtime refuses everything then, and so the answer is a refusal with every error."""
    config = "{ agents: { defaults: { sandbox: { mod: 'all', scope: 'x' } } } }"
    found = c.run("preview", "--json", bundle(c), config=config, code=2).json()
    assert found["verdict"] == "refused" and [r["rule"] for r in found["refused"]] == ["config", "config"], found
    assert "did you mean" in c.run("preview", bundle(c), config=config, code=2).out


def test_lone_configuration(c):
    """Without a bundle some things cannot be judged, and that is said."""
    text = json.dumps(changed(root__path="/nonexistent/rootfs"))
    c.write("config.json", text)
    for result in (c.run("preview", "--json", "config.json").json(), c.run("preview", "--json", "-", input=text).json()):
        assert result["verdict"] == "runs", result
        assert any("root filesystem `/nonexistent/rootfs`" in n for n in result["notJudged"]), result
        assert any("the bundle" in n for n in result["notJudged"]), result


def test_missing_root(c):
    name = bundle(c, changed(root__path="missing"))
    found = c.run("preview", "--json", name, code=2).json()
    assert found["refused"][0]["rule"] == "bundle" and len(found["tightened"]) > 5, found


def test_bundle_of_others(c):
    """Who may change the bundle is refused, and the rest is said as well."""
    name = bundle(c, changed(process__cwd="relative"))
    os.chmod(c.path(name), 0o777)
    found = c.run("preview", "--json", name, code=2).json()
    assert [r["rule"] for r in found["refused"]] == ["bundle", "process-cwd"], found


def test_hostile_documents(c):
    deep = '{"a":' * 70 + "1" + "}" * 70
    for text, rule in (("", "json"), ("{", "json"), ("\0\1\2\xff", "json"), ('{"process":{},"process":{}}', "json"),
                       (deep, "json"), ('{"process":{"cwd":5},"linux":{}}', "config"), ('{"PROCESS":{}}', "config"),
                       ('"x"', "config"), ("x" * (9 << 20), None)):
        c.write("config.json", text.encode("latin-1"))
        result = c.run("preview", "--json", "config.json", code=None)
        if rule is None:
            assert result.code == 3 and result.err.count("\n") == 1, result.err[:500]
            continue
        found = result.json()
        assert result.code == 2 and [r["rule"] for r in found["refused"]] == [rule], found
        shown = c.run("preview", "config.json", code=2).out
        assert shown.count("[%s]" % rule) == 1 and len(shown) < 1000, shown
    many = changed(process__env=["V%d=secret" % i for i in range(200000)], process__user={"uid": 0, "gid": 0,
                   "additionalGids": list(range(60000))})
    c.write("config.json", json.dumps(many))
    result = c.run("preview", "--diff", "config.json", timeout=20)
    assert "secret" not in result.out and len(result.out) < 20000, len(result.out)


def test_no_secret_is_shown(c):
    name = bundle(c)
    config = "{ agents: { defaults: { sandbox: { docker: { env: { POLICY: 'policy-hush' } } } } } }"
    for options in ([], ["--diff"], ["--diff", "--full"], ["--json"], ["--json", "--diff", "--spec"]):
        result = c.run("preview", *options, name, config=config)
        assert "hush" not in result.out + result.err, result
        result = c.run("preview", *options, "--", "docker", "run", "-e", "A=hush1", "-e", "LD_PRELOAD=hush", "x")
        assert "hush" not in result.out + result.err, result
    assert "process.env[POLICY]" in c.run("preview", "--diff", name, config=config).out


def test_control_characters(c):
    spec = changed(process__cwd="\033[2Jx\nforged")
    for options in ([], ["--diff"]):
        result = c.run("preview", *options, bundle(c, spec), code=2)
        assert "\033" not in result.out and "\nforged" not in result.out, result


def test_wrong_usage(c):
    c.run("preview", code=64)
    c.run("preview", "a", "b", code=64)
    assert "only once" in c.run("preview", "--config", "-", "-", input="{}", code=64).err
    c.run("preview", "--", code=64)
    c.run("preview", "a", "--", "docker", "run", "x", code=64)
    for arguments, word in ((["docker", "exec", "x"], "only `run` and `create`"), (["docker", "run", "--nosuch", "x"], "unknown option"),
                            (["docker", "run", "-v"], "needs a value"), (["docker", "run", "-e", "alpine"], "needs an image"), (["docker", "run", "--mount", "volume-opt=o=password=hush", "i"], "`--mount`: it needs"),
                            (["env", "A=b", "docker", "run", "--privileged", "i"], "nothing in front of it"), (["docker", "run", "-m", "x", "i"], "no size")):
        result = c.run("preview", "--", *arguments, code=3)
        assert word in result.err and result.err.count("\n") == 1, result
    assert "No such file" in c.run("preview", "missing", code=3).err


def test_nothing_is_changed(c):
    """Byte for byte and second for second, also the record of refusals."""
    config = "{ audit: { file: '%s' } }" % c.path("audit.jsonl")
    os.makedirs(c.path("data"))
    spec = changed()
    spec["mounts"].append({"destination": "/data", "type": "bind", "source": c.path("data"), "options": ["rbind"]})
    name = bundle(c, spec)
    refused = bundle(c, changed(process__cwd="relative"), "refused")
    c.run("preview", name, config=config)
    before = [tree(c.path(d)) for d in (name, refused, "data")], os.listdir(c.directory), tree("/run/closedclaw")
    c.run("preview", name, config=config)
    c.run("preview", "--json", "--diff", "--spec", name, config=config)
    c.run("preview", refused, config=config, code=2)
    c.run("preview", "--", "docker", "run", "-v", c.path("new") + ":/x", "-v", "volume:/y", "i", config=config)
    after = [tree(c.path(d)) for d in (name, refused, "data")], os.listdir(c.directory), tree("/run/closedclaw")
    assert before == after


def test_missing_sources(c):
    """Docker makes what -v names; what it would be is judged, and --mount fails by itself."""
    def rules(*arguments, code=0):
        return [r["rule"] for r in c.run("preview", "--json", "--", "docker", "run", *arguments, "i", code=code).json()["refused"]]

    assert rules("-v", "/srv/closedclaw-nonexistent/a:/x") == []
    assert rules("-v", "/etc/closedclaw-nonexistent/a:/x", code=2) == ["bind-blocked"]
    assert rules("-v", "/srv/closedclaw-nonexistent/.ssh:/x", code=2) == ["bind-credential"]
    assert rules("--mount", "type=bind,src=/srv/closedclaw-nonexistent/a,dst=/x", code=2) == ["bind-missing"]
    assert rules("-v", "closedclaw-nonexistent:/x", "-v", "/anonymous") == []


def test_other_users(c):
    """What only root may look at is said, judged by its path, and never passes for allowed."""
    secret, hidden = c.path("secret"), c.path("secret/below")
    os.makedirs(hidden, 0o755)
    os.chmod(secret, 0o700)
    os.chmod(c.directory, 0o755)

    def ask(source, code):
        spec = changed()
        spec["mounts"].append({"destination": "/x", "type": "bind", "source": source, "options": ["rbind"]})
        spec["mounts"].append({"destination": "/y", "type": "bind", "source": "/var/lib", "options": ["rbind"]})
        name = bundle(c, spec, "box%d" % len(source))
        program, c.program = c.program, "/usr/bin/setpriv"
        try:
            return c.run("--reuid=65534", "--regid=65534", "--clear-groups", copied, "preview", "--json", name, code=code).json()
        finally:
            c.program = program

    with open(c.program, "rb") as file:
        copied = c.path(c.write("closedclaw", file.read(), 0o755))
    found = ask(hidden, 2)
    assert [r["rule"] for r in found["refused"]] == ["bind-blocked"], found  # of /var/lib, which is looked at all the same
    assert any(hidden.split("/")[-1] in n for n in found["notJudged"]) and any("only root" in n for n in found["notJudged"]), found
    found = ask("/root/nothing", 2)
    assert [r["rule"] for r in found["refused"]] == ["bind-blocked"] * 2, found
    spec = changed()
    spec["mounts"].append({"destination": "/x", "type": "bind", "source": hidden, "options": ["rbind"]})
    name = bundle(c, spec, "alone")
    c.program, program = "/usr/bin/setpriv", c.program
    found = c.run("--reuid=65534", "--regid=65534", "--clear-groups", copied, "preview", "--json", name, code=3).json()
    c.program = program
    assert found["verdict"] == "unknown" and not found["refused"], found


# -- arguments against what Docker wrote for them --

CASES = {
    "01run": "busybox echo hi", "02runit": "-it busybox ls", "22nonet": "--network none busybox ip a",
    "23hostnet": "--network host busybox ip a", "25ctnet": "--network container:other busybox ip a",
    "26pidhost": "--pid=host busybox ps", "27pidct": "--pid container:other busybox ps",
    "28ipchost": "--ipc host --uts host busybox id", "35seccomp": "--security-opt seccomp=unconfined --security-opt no-new-privileges busybox id",
    "38annot": "--annotation foo=bar busybox id", "39mask": "--security-opt systempaths=unconfined busybox id",
    "32device": "--device /dev/null:/dev/mynull:r busybox ls",
    "33gpus": "--gpus all busybox id", "21priv": "--privileged busybox id",
    "36ro": "--read-only --cap-drop ALL --cap-add NET_RAW -u 1000:1000 -m 100m --memory-swap 200m --cpus 1 --pids-limit 20 "
            "--ulimit nofile=100:200 --shm-size 5m --oom-score-adj 100 --sysctl net.ipv4.ip_forward=1 busybox id",
}


def test_same_verdict_as_dockers_own(c):
    with open(os.path.join(TOP, "tests/golden/samples/docker28.jsonl"), encoding="utf-8") as file:
        samples = {s["case"]: s["document"] for s in map(json.loads, file) if s["kind"] == "config"}
    for case, arguments in CASES.items():
        real = samples[case]
        # what stands for Docker's own files is on the recorded host, and its cgroups are of version 1
        real["mounts"] = [m for m in real["mounts"] if not m["destination"].startswith("/etc/")]
        real["linux"]["namespaces"].append({"type": "cgroup"})
        if real["linux"].get("seccomp"):
            with open(os.path.join(TOP, "tests/golden/seccomp/%s.json" % real["linux"]["seccomp"]), encoding="utf-8") as file:
                real["linux"]["seccomp"] = json.load(file)
        c.write("config.json", json.dumps(real))
        recorded = c.run("preview", "--json", "--engine", "docker", "config.json", code=None).json()
        made = c.run("preview", "--json", "--", "docker", "run", "--cgroupns", "private", *arguments.split(), code=None).json()

        def verdict(answer):
            return (answer["verdict"], sorted({r["rule"] for r in answer["refused"]}),
                    sorted((t["rule"], t["place"], t["now"]) for t in answer["tightened"]))

        assert verdict(recorded) == verdict(made), "%s:\n%s\n%s" % (case, verdict(recorded), verdict(made))


def test_labels_count_where_only_tools_tell_agents_apart(c):
    """A `tools` block at the top is reason enough for the runtime to read labels, and so for a preview."""
    c.write("own.json5", "{ tools: { deny: ['exec'] } }\n")
    told = c.run("preview", "--config", "own.json5", "--json", "--", "docker", "run", "--runtime", "closedclaw", "--label", "closedclaw.agent=build", "image",
                 code=None).json()
    assert told["identity"]["agent"] == "build", told["identity"]
