"""Works on web1.acme with paramiko: straight, or through a channel as a jump host gives it. Prints JSON."""
import json
import sys

import paramiko

port, key_file, login, way, here, there = sys.argv[1:]
key = paramiko.ECDSAKey.from_private_key_file(key_file)


def connect(user, **where):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(username=user, pkey=key, allow_agent=False, look_for_keys=False, **where)
    return client


if way == "straight":
    client = connect("web1.acme", hostname="127.0.0.1", port=int(port))
else:
    gateway = connect("ivan", hostname="127.0.0.1", port=int(port))
    channel = gateway.get_transport().open_channel("direct-tcpip", ("web1.acme", 22), ("127.0.0.1", 0))
    client = connect(login, hostname="web1.acme", sock=channel)

_, out, err = client.exec_command("echo out; echo err >&2; exit 7")
seen = {"out": out.read().decode(), "err": err.read().decode(), "status": out.channel.recv_exit_status()}
files = client.open_sftp()
files.put(here, there)
files.get(there, here + ".back")
seen["size"] = files.stat(there).st_size
files.close()
client.close()
print(json.dumps(seen))
