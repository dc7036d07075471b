"""A bind of kubelet's volume with a pod's token gives the cluster's credential."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    volume = "/var/lib/kubelet/pods/11111111-2222-3333-4444-%s/volumes/kubernetes.io~projected/kube-api-access-x" % t.id[1:]
    t.plant(volume + "/token")
    t.bind(volume, "/var/run/secrets/kubernetes.io/serviceaccount", "rbind", "ro")
    return t.leaked(t.run("cat /var/run/secrets/kubernetes.io/serviceaccount/token"))
