"""With CAP_NET_ADMIN a container takes away whatever filter or route its network namespace was given."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("capabilities")


def attack(t):
    t.cap("CAP_NET_ADMIN")
    return "UP" not in t.run("ip link set lo down; ip link show lo | head -n 1") and "down"
