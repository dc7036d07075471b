"""A profile makes setuid, setgroups and capset do nothing and say that they did it: the runtime believes that it gave up root."""

from bypass import inert, profile

SOURCE = "idea: SCMP_ACT_ERRNO with errnoRet 0, while runtimes load a profile before they change the user"
WAY = "create"
STOPPED = inert("with no_new_privs the profile is loaded last")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.spec["process"]["noNewPrivileges"] = False
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("setuid setresuid setreuid setgid setresgid setgroups capset", "ERRNO",
                                                              errnoRet=0))
    return t.leaked(t.run("cat /x/only-root"))
