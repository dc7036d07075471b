"""`closedclaw security audit` and `closedclaw doctor`: findings, screens, JSON, exit codes, suppressions."""

# The configurations of ClosedClaw's own documentation ("Mandatory Sandboxing"), word for word.
DEFAULTS = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "all", // All sessions sandboxed
        scope: "session", // One container per session
        workspaceAccess: "none", // No host filesystem access
        docker: {
          readOnlyRoot: true, // Immutable container filesystem
          network: "none", // No network access
          capDrop: ["ALL"], // Drop all Linux capabilities
        },
      },
    },
  },
}
"""
OFF = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "off",
      },
    },
  },
}
"""
NON_MAIN = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "non-main", // Only sandbox non-main sessions
      },
    },
  },
}
"""
READ_ONLY = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "all",
        workspaceAccess: "ro", // Read-only host workspace
      },
    },
  },
}
"""
NETWORK = """{
  agents: {
    defaults: {
      sandbox: {
        docker: {
          network: "bridge", // Enable network (use cautiously)
        },
      },
    },
  },
}
"""
# What its audit "will flag", written into the same defaults.
SIX = [
    ("sandbox.mode_off", "critical", 'mode: "all"', 'mode: "off"'),
    ("sandbox.mode_non_main", "warn", 'mode: "all"', 'mode: "non-main"'),
    ("sandbox.workspace_rw", "warn", 'workspaceAccess: "none"', 'workspaceAccess: "rw"'),
    ("sandbox.network_enabled", "warn", 'network: "none"', 'network: "bridge"'),
    ("sandbox.root_writable", "warn", "readOnlyRoot: true", "readOnlyRoot: false"),
    ("sandbox.caps_not_dropped", "warn", 'capDrop: ["ALL"]', 'capDrop: ["NET_RAW"]'),
]
# A gateway's own file, with what ClosedClaw's reader does not take.
GATEWAY = """{
  gateway: { controlUi: { allowInsecureAuth: true } },
  agents: {
    defaults: {
      sandbox: {
        docker: {
          network: "host",
          binds: ["~/projects:/projects", "/var/run/docker.sock:/var/run/docker.sock"],
          seccompProfile: "unconfined",
        },
      },
    },
    list: [{ id: "main" }, { id: "build", sandbox: { mode: "off", docker: { apparmorProfile: "unconfined" } } }],
  },
  tools: { elevated: { allowFrom: { telegram: ["*"] } } },
}
"""


def audit(c, text, code):
    return c.run("security", "audit", "--config", c.write("openclaw.json5", text), "--json", code=code).json()


def ids(report):
    return {f["checkId"] for f in report["findings"] if f["severity"] != "info"}


def test_the_six(c):
    assert audit(c, DEFAULTS, 0)["findings"] == []
    for check, severity, good, bad in SIX:
        assert good in DEFAULTS
        report = audit(c, DEFAULTS.replace(good, bad), 2 if severity == "critical" else 1)
        found = [f for f in report["findings"] if f["checkId"] == check]
        assert len(found) == 1 and found[0]["severity"] == severity, report
        line = DEFAULTS.replace(good, bad).splitlines()[found[0]["line"] - 1]
        assert line[found[0]["column"] - 1:].startswith(bad.split(": ", 1)[1]), found
        wanted = good.split(": ", 1)[1]
        assert found[0]["remediation"].endswith("` to " + wanted), found


def test_the_texts_of_the_documentation(c):
    assert ids(audit(c, OFF, 2)) == {"sandbox.mode_off"}
    assert ids(audit(c, NON_MAIN, 1)) == {"sandbox.mode_non_main"}
    assert ids(audit(c, READ_ONLY, 0)) == set()
    assert ids(audit(c, NETWORK, 1)) == {"sandbox.network_enabled"}


def test_a_gateways_own_file(c):
    report = audit(c, GATEWAY, 2)
    found = {(f["checkId"], f["agent"]) for f in report["findings"]}
    for check, agent in (("sandbox.dangerous_network_mode", ""), ("sandbox.dangerous_seccomp_profile", ""), ("sandbox.dangerous_apparmor_profile", "build"),
                         ("sandbox.bind_mount_non_absolute", ""), ("sandbox.dangerous_bind_mount", ""), ("sandbox.docker_config_mode_off", "build"),
                         ("tools.elevated.allowFrom.telegram.wildcard", ""), ("config.insecure_or_dangerous_flags", ""), ("sandbox.mode_off", "build"),
                         ("sandbox.mode_unwritten", "")):
        assert (check, agent) in found, (check, found)
    assert "config.invalid" not in {check for check, _ in found}, report


def test_screen(c):
    name = c.write("openclaw.json5", GATEWAY)
    c.golden("doctor_audit", c.run("security", "audit", "--config", name, code=2))
    c.golden("doctor_clean", c.run("security", "audit", "--config", c.write("good.json5", DEFAULTS), code=0))


def test_screen_of_many(c):
    agents = "".join('{ id: "a%d", sandbox: { docker: { network: "bridge" } } }, ' % i for i in range(9))
    name = c.write("many.json5", "{ agents: { list: [%s] } }" % agents)
    out = c.run("security", "audit", "--config", name, code=1).out
    assert out.count("Where") == 5 and "… and 4 more: --all shows them" in out, out
    assert c.run("security", "audit", "--config", name, "--all", code=1).out.count("Where") == 9


def test_json(c):
    report = audit(c, OFF, 2)
    assert set(report) == {"ts", "summary", "findings", "suppressedFindings"}
    assert report["summary"] == {"critical": 1, "warn": 0, "info": 0}
    assert report["ts"] > 1500000000000 and report["suppressedFindings"] == []
    assert set(report["findings"][0]) == {"checkId", "severity", "title", "detail", "why", "remediation", "file", "line", "column", "agent"}


def test_suppressed(c):
    text = NETWORK.rstrip()[:-1] + '  security: { audit: { suppressions: [{ checkId: "sandbox.network_enabled", reason: "behind a proxy" }] } },\n}\n'
    report = audit(c, text, 0)
    assert [f["suppression"]["reason"] for f in report["suppressedFindings"]] == ["behind a proxy"]
    assert [f["checkId"] for f in report["findings"]] == ["security.audit.suppressions.active"]
    report = audit(c, text.replace(', reason: "behind a proxy"', ""), 1)
    assert report["suppressedFindings"] == []
    assert ids(report) == {"sandbox.network_enabled", "security.audit.suppressions.no_reason"}


def test_no_secret(c):
    text = '{ agents: { defaults: { sandbox: { docker: { env: { API_TOKEN: "hunter2hunter2" } } } } } }\n'
    name = c.write("secret.json5", text)
    for more in ([], ["--json"], ["--all"]):
        assert "hunter2" not in str(c.run("security", "audit", "--config", name, *more, code=1))


def test_hosts_configuration(c):
    assert c.run("security", "audit", config="{}", code=0).out == "ok  nothing found\n"
    assert "sandbox.mode_off" in c.run("security", "audit", config=OFF, code=2).out
    c.run("security", "audit", "-q", config=NETWORK, code=1)


def test_configuration_that_others_may_write(c):
    name = c.write("others.json5", "{}", mode=0o666)
    result = c.run("security", "audit", env={"CLOSEDCLAW_CONFIG": c.path(name)}, code=2)
    assert "policy.file_writable_by_others" in result.out, result


def test_policy_in_a_bind(c):
    name = c.write("etc/own.json5", '{ agents: { defaults: { sandbox: { docker: { binds: ["%s:/x:rw"] } } } } }' % c.path("etc"))
    assert "policy.file_writable_by_agent" in c.run("security", "audit", "--config", name, code=2).out


def test_list(c):
    out = c.run("doctor", "--list").out
    assert "critical  sandbox.mode_off" in out and "warning   sandbox.network_enabled" in out


def test_no_such_file(c):
    c.run("security", "audit", "--config", "nothing.json5", code=3)


# -- the host: a system below a directory --

STATUS = """Package: runc
Status: install ok installed
Version: 1.1.5+ds1-1+deb12u1

Package: crun
Status: install ok installed
Version: 1.30-1

"""


def system(c, **files):
    """A small system; names have '__' for '/', and the value is (text, mode)."""
    root = {"usr/bin/runc": ("", 0o755), "usr/bin/crun": ("", 0o755), "var/lib/dpkg/status": (STATUS, 0o644),
            "var/lib/dpkg/info/runc.list": ("/.\n/usr/bin/runc\n", 0o644), "var/lib/dpkg/info/crun.list": ("/usr/bin/crun\n", 0o644),
            "usr/bin/closedclaw-runtime": ("", 0o755), "etc/group": ("root:x:0:\ndocker:x:998:ann,bob\n", 0o644),
            "etc/passwd": ("root:x:0:0::/root:/bin/sh\ncarl:x:1000:998::/home/carl:/bin/sh\n", 0o644)}
    root.update(files)
    for name, value in root.items():
        if value is not None:
            c.write("system/" + name, value[0], value[1])
    return "system"


def host(c, code, **files):
    import shutil
    shutil.rmtree(c.path("system"), ignore_errors=True)
    report = c.run("doctor", "--root", system(c, **files), "--json", code=code).json()
    return {f["checkId"]: f for f in report["findings"]}


GOOD = '{ "runtimes": { "closedclaw": { "path": "/usr/bin/closedclaw-runtime" }, "auto": { "path": "/usr/bin/closedclaw-runtime-auto" } }, "default-runtime": "auto" }'
AUTO = {"usr/bin/closedclaw-runtime-auto": ("", 0o755)}


def test_host_versions(c):
    found = host(c, 1)
    assert set(found) == {"runtime.lowlevel_outdated"}, found
    text = found["runtime.lowlevel_outdated"]["detail"]
    assert "`/usr/bin/runc` is version 1.1.5 (package runc 1.1.5+ds1-1+deb12u1)" in text and "CVE-2024-21626 (mended in 1.1.12)" in text, text
    for version, told in (("1.1.15", "CVE-2025-31133"), ("1.2.8-1", "CVE-2026-41579"), ("1.3.5", "CVE-2026-41579"), ("1.4.0~rc.2+ds1", "CVE-2025-31133"),
                          ("1.3.6", None), ("1.5.0", None), ("2.0", None)):
        found = host(c, 1 if told else 0, **{"var/lib/dpkg/status": (STATUS.replace("1.1.5+ds1-1+deb12u1", version), 0o644)})
        assert (told in found["runtime.lowlevel_outdated"]["detail"]) if told else not found, (version, found)
    assert "CVE-2024-21626" not in host(c, 1, **{"var/lib/dpkg/status": (STATUS.replace("1.1.5+", "1.1.12+"), 0o644)})["runtime.lowlevel_outdated"]["detail"]


def test_host_low_level_files(c):
    assert set(host(c, 2, **{"usr/bin/runc": None, "usr/bin/crun": None})) == {"runtime.lowlevel_missing"}
    assert "runtime.lowlevel_writable" in host(c, 2, **{"usr/bin/runc": ("", 0o777)})
    assert "runtime.lowlevel_version_unknown" in host(c, 0, **{"var/lib/dpkg/status": ("", 0o644)})


NEW = {"var/lib/dpkg/status": (STATUS.replace("1.1.5+ds1-1+deb12u1", "1.5.0"), 0o644)}


def docker(c, code, text, **files):
    return host(c, code, **{"usr/bin/dockerd": ("", 0o755), "etc/docker/daemon.json": (text, 0o644), **NEW, **AUTO, **files})


def test_host_docker(c):
    assert docker(c, 0, GOOD) == {}
    assert set(docker(c, 1, "{}")) == {"runtime.not_registered"}
    assert set(docker(c, 1, GOOD.replace('"default-runtime": "auto"', '"default-runtime": "runc"'))) == {"runtime.default_not_closedclaw"}
    assert set(docker(c, 1, GOOD.replace('runtime" }', 'runtime", "runtimeArgs": ["--root", "/x"] }', 1))) == {"runtime.arguments_present"}
    assert set(docker(c, 2, GOOD.replace("/usr/bin/closedclaw-runtime\"", "/opt/closedclaw-runtime\""))) == {"runtime.path_wrong"}
    assert set(docker(c, 2, GOOD, **{"usr/bin/closedclaw-runtime": ("", 0o775)})) == {"runtime.path_wrong"}
    assert set(docker(c, 2, GOOD[:-1] + ', "hosts": ["unix:///run/docker.sock", "tcp://0.0.0.0:2375"] }')) == {"runtime.docker_socket_exposed"}
    assert docker(c, 0, GOOD[:-1] + ', "hosts": ["tcp://0.0.0.0:2376"], "tlsverify": true }') == {}
    assert set(docker(c, 1, "{")) == {"runtime.engine_config_unreadable"}
    unit = "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2375 -H fd://\n"
    assert set(docker(c, 2, GOOD, **{"etc/systemd/system/docker.service.d/override.conf": (unit, 0o644)})) == {"runtime.docker_socket_exposed"}
    assert docker(c, 0, GOOD, **{"etc/systemd/system/docker.service.d/override.conf": (unit.replace("-H fd", "--tlsverify -H fd"), 0o644)}) == {}


def test_host_podman(c):
    def podman(code, text):
        return host(c, code, **{"usr/bin/podman": ("", 0o755), "etc/containers/containers.conf": (text, 0o644), **NEW, **AUTO})
    good = '[engine]\nruntime = "auto" # ours\n[engine.runtimes]\nclosedclaw = ["/usr/bin/closedclaw-runtime"]\nauto = [\n  "/usr/bin/closedclaw-runtime-auto",\n]\n'
    assert podman(0, good) == {}
    assert set(podman(1, "")) == {"runtime.not_registered"}
    assert set(podman(1, good.replace('"auto"', '"crun"', 1))) == {"runtime.default_not_closedclaw"}
    assert set(podman(2, good.replace("/usr/bin/closedclaw-runtime\"", "/gone/closedclaw-runtime\""))) == {"runtime.path_wrong"}


def test_host_containerd(c):
    def containerd(code, text):
        return host(c, code, **{"usr/bin/containerd": ("", 0o755), "etc/containerd/config.toml": (text, 0o644), **NEW, **AUTO})
    good = """version = 2
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "closedclaw"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.closedclaw]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.closedclaw.options]
      BinaryName = "/usr/bin/closedclaw-runtime-auto"
"""
    assert containerd(0, good) == {}
    assert containerd(0, 'disabled_plugins = ["cri"]\n') == {}
    assert set(containerd(1, "version = 2\n")) == {"runtime.not_registered"}
    assert set(containerd(1, good.replace('= "closedclaw"', '= "runc"'))) == {"runtime.default_not_closedclaw"}


def test_host_sockets(c):
    import os
    for mode, code, ids_ in ((0o660, 1, {"runtime.socket_group_members"}), (0o666, 2, {"runtime.socket_group_members", "runtime.socket_open"}), (0o600, 0, set())):
        name = system(c, **NEW)
        c.write(name + "/run/docker.sock", "")
        os.chmod(c.path(name + "/run/docker.sock"), mode)
        os.chown(c.path(name + "/run/docker.sock"), 0, 998)
        os.chmod(c.path(name + "/run/docker.sock"), mode)
        found = {f["checkId"]: f for f in c.run("doctor", "--root", name, "--json", code=code).json()["findings"]}
        assert set(found) == ids_, found
        if ids_:
            assert "3 members of the group `docker` may call Docker: `ann`, `bob`, `carl`" in found["runtime.socket_group_members"]["detail"], found


def test_host_files(c):
    assert set(host(c, 2, **{"etc/closedclaw/closedclaw.json5": ("{}", 0o666), **NEW})) == {"policy.file_writable_by_others"}
    assert set(host(c, 2, **{"var/log/closedclaw/audit.jsonl": ("", 0o666), **NEW})) == {"audit.directory_writable"}
    assert "sandbox.mode_off" in host(c, 2, **{"etc/closedclaw/closedclaw.json5": (OFF, 0o644), **NEW})
    assert host(c, 0, **{"etc/closedclaw/closedclaw.json5": ("{}", 0o644), **NEW}) == {}


def test_host_null(c):
    import os
    for uid, mode, code in ((0, 0o666, 0), (65532, 0o666, 1), (0, 0o600, 1)):
        name = system(c, **NEW)
        os.makedirs(c.path(name + "/dev"), exist_ok=True)
        null = c.path(name + "/dev/null")
        if os.path.exists(null):
            os.unlink(null)
        os.mknod(null, 0o20666, os.makedev(1, 3))
        os.chmod(null, mode)
        os.chown(null, uid, uid)
        found = {f["checkId"] for f in c.run("doctor", "--root", name, "--json", code=code).json()["findings"]}
        assert found == ({"host.null_taken"} if code else set()), found


def test_host_links_stay_below_the_root(c):
    import os
    name = system(c, **NEW)
    os.makedirs(c.path(name + "/etc/docker"))
    c.write(name + "/usr/bin/dockerd", "", 0o755)
    os.symlink("/" + c.path("outside").lstrip("/"), c.path(name + "/etc/docker/daemon.json"))
    c.write("outside", GOOD)
    found = {f["checkId"] for f in c.run("doctor", "--root", name, "--json", code=1).json()["findings"]}
    assert found == {"runtime.not_registered"}, found


def test_host_screen(c):
    bad = '{ "runtimes": { "closedclaw": { "path": "/opt/closedclaw-runtime", "runtimeArgs": ["--debug"] } }, "hosts": ["tcp://0.0.0.0:2375"] }'
    name = system(c, **{"usr/bin/dockerd": ("", 0o755), "etc/docker/daemon.json": (bad, 0o644), "usr/bin/podman": ("", 0o755)})
    c.golden("doctor_host", c.run("doctor", "--root", name, code=2))


def test_this_host(c):
    """Whatever it is like: it is answered, and nothing but an id that is listed is found."""
    listed = {line.split()[1] for line in c.run("doctor", "--list").out.splitlines()}
    report = c.run("doctor", "--json", code=None)
    assert report.code in (0, 1, 2), report
    assert {f["checkId"] for f in report.json()["findings"]} <= listed


# -- mending --

FAULTY = """// The gateway's.
{
  agents: {
    defaults: {
      sandbox: {
        mode: "all", // Every session
        workspaceAccess: "rw",
        docker: { network: "bridge", readOnlyRoot: false /* for apt */, memory: "1g" },
        env: {},
      },
    },
    list: [
      { id: "build", sandbox: { mode: "off", docker: { capDrop: ["NET_RAW",
        "CHOWN"], env: { API_TOKEN: "hunter2hunter2" } } } },
    ],
  },
}
""".replace("        env: {},\n", "")
MENDED = """// The gateway's.
{
  agents: {
    defaults: {
      sandbox: {
        mode: "all", // Every session
        workspaceAccess: "none",
        docker: { network: "none", readOnlyRoot: true /* for apt */, memory: "1g" },
      },
    },
    list: [
      { id: "build", sandbox: { mode: "all", docker: { capDrop: ["ALL"], env: { API_TOKEN: "hunter2hunter2" } } } },
    ],
  },
}
"""


def backups(c):
    import os
    return sorted(name for name in os.listdir(c.directory) if ".bak-" in name)


def test_fix(c):
    import os
    import stat
    name = c.write("openclaw.json5", FAULTY, mode=0o640)
    result = c.run("security", "audit", "--config", name, "--fix", "--yes", code=1)
    assert c.read(name) == MENDED, c.read(name)
    assert "hunter2" not in result.out, result
    assert [f for f in ("sandbox.mode_off", "sandbox.network_enabled") if f in result.out] == [], result
    assert "sandbox.env_plain_secret" in result.out, result
    kept = backups(c)
    assert len(kept) == 1 and c.read(kept[0]) == FAULTY, kept
    assert stat.S_IMODE(os.stat(c.path(kept[0])).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(c.path(name)).st_mode) == 0o640
    again = c.run("security", "audit", "--config", name, "--fix", "--yes", code=1)
    assert "written" not in again.out and c.read(name) == MENDED and backups(c) == kept


def test_fix_without_a_terminal_only_shows(c):
    name = c.write("openclaw.json5", FAULTY)
    result = c.run("security", "audit", "--config", name, "--fix", code=2)
    assert "-        workspaceAccess: \"rw\"," in result.out and "+        workspaceAccess: \"none\"," in result.out, result
    assert "nobody to ask" in result.out and c.read(name) == FAULTY and not backups(c), result


def test_fix_screen(c):
    text = FAULTY.replace('"CHOWN"], env: { API_TOKEN: "hunter2hunter2" }', '"CHOWN"]').replace("docker: { network", "docker: {\n          network")
    name = c.write("openclaw.json5", text)
    out = c.run("security", "audit", "--config", name, "--fix", code=2)
    out.out = out.out[:out.out.index("CRITICAL")]
    c.golden("doctor_fix", out)


def test_fix_asks(c):
    import os
    import pty
    import subprocess
    for answer, written in ((b"n\n", False), (b"\n", False), (b"y\n", True)):
        name = c.write("openclaw.json5", FAULTY)
        master, slave = pty.openpty()
        process = subprocess.Popen([c.program, "security", "audit", "--config", c.path(name), "--fix"], stdin=slave, stdout=slave, stderr=slave,
                                   env={"TERM": "dumb", "PATH": "/usr/bin:/bin"})
        os.close(slave)
        shown = b""
        try:
            while b"[y/N]" not in shown:
                shown += os.read(master, 65536)
            os.write(master, answer)
            while True:
                shown += os.read(master, 65536)
        except OSError:  # its other side is closed
            pass
        process.wait(timeout=20)
        os.close(master)
        assert (c.read(name) == MENDED) == written, (answer, shown)


def test_fix_keeps_comments_in_values(c):
    text = '{ agents: { defaults: { sandbox: { docker: { capDrop: [ // one by one\n "NET_RAW" ] } } } } }\n'
    name = c.write("openclaw.json5", text)
    result = c.run("security", "audit", "--config", name, "--fix", "--yes", code=1)
    assert "by hand" in result.out and c.read(name) == text and not backups(c), result


def test_fix_refuses(c):
    import os
    name = c.write("real.json5", FAULTY)
    os.symlink("real.json5", c.path("link.json5"))
    result = c.run("security", "audit", "--config", "link.json5", "--fix", "--yes", code=3)
    assert "not changed" in result.err and c.read(name) == FAULTY, result
    os.chmod(c.directory, 0o777)
    result = c.run("security", "audit", "--config", name, "--fix", "--yes", code=3)
    assert "others may write" in result.err and c.read(name) == FAULTY, result
    os.chmod(c.directory, 0o755)
    os.chown(c.path(name), 1000, 1000)
    result = c.run("security", "audit", "--config", name, "--fix", "--yes", code=3)
    assert "uid 1000's" in result.err and c.read(name) == FAULTY and not backups(c), result
    for more in (["--json"], ["--quiet"]):
        c.run("security", "audit", "--fix", *more, code=64)
    c.run("security", "audit", "--config", "-", "--fix", "--yes", input=FAULTY, code=3)


def test_fix_of_suppressed_ones_is_not_made(c):
    text = NETWORK.rstrip()[:-1] + '  security: { audit: { suppressions: [{ checkId: "sandbox.network_enabled", reason: "behind a proxy" }] } },\n}\n'
    name = c.write("openclaw.json5", text)
    c.run("security", "audit", "--config", name, "--fix", "--yes", code=0)
    assert c.read(name) == text


def test_fix_of_a_mode(c):
    import os
    import stat
    log = c.write("log/audit.jsonl", "", mode=0o666)
    text = '{ audit: { file: "%s" } }' % c.path(log)
    out = c.run("doctor", "--fix", "--yes", config=text, code=None).out
    assert "chmod 0600" in out, out
    assert stat.S_IMODE(os.stat(c.path(log)).st_mode) == 0o600
