"""Works on web1.acme with asyncssh: straight, or through a tunnel as a jump host gives it. Prints JSON."""
import asyncio
import json
import sys

import asyncssh

port, key_file, login, way, here, there = sys.argv[1:]
known = {"known_hosts": None, "client_keys": [key_file], "agent_path": None}


async def work(connection):
    ran = await connection.run("echo out; echo err >&2; exit 7")
    async with connection.start_sftp_client() as files:
        await files.put(here, there)
        await files.get(there, here + ".back")
        size = (await files.stat(there)).size
    print(json.dumps({"out": ran.stdout, "err": ran.stderr, "status": ran.exit_status, "size": size}))


async def main():
    if way == "straight":
        async with asyncssh.connect("127.0.0.1", int(port), username="web1.acme", **known) as connection:
            await work(connection)
        return
    async with asyncssh.connect("127.0.0.1", int(port), username="ivan", **known) as gateway:
        async with asyncssh.connect("web1.acme", tunnel=gateway, username=login, **known) as connection:
            await work(connection)


asyncio.run(main())
