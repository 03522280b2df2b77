"""Sends a signal to a command on web1.acme, straight or through a tunnel, and hears of another. Prints JSON."""
import asyncio
import json
import sys

import asyncssh

port, key_file, login, way = sys.argv[1:]
known = {"known_hosts": None, "client_keys": [key_file], "agent_path": None}


async def work(connection):
    # sshd passes no signal on where root has signed in: nothing here may depend on its coming.
    command = await connection.create_process("trap '' USR1; echo ready; cat; kill -TERM $$")
    await command.stdout.readline()
    command.send_signal("USR1")
    command.stdin.write_eof()
    ended = await command.wait()
    print(json.dumps({"signal": ended.exit_signal[0]}))


async def main():
    name = "web1.acme" if way == "straight" else "ivan"
    async with asyncssh.connect("127.0.0.1", int(port), username=name, **known) as gateway:
        if way == "straight":
            await work(gateway)
            return
        async with asyncssh.connect("web1.acme", tunnel=gateway, username=login, **known) as connection:
            await work(connection)


asyncio.run(main())
