"""Runs a command on web1.acme with libssh (libssh.so.4), by its C functions. Prints JSON."""
import ctypes
import json
import sys

port, key_file = sys.argv[1:]
libssh = ctypes.CDLL("libssh.so.4")
libssh.ssh_new.restype = libssh.ssh_channel_new.restype = ctypes.c_void_p
libssh.ssh_get_error.restype = ctypes.c_char_p
HOST, PORT, USER = 0, 1, 4  # enum ssh_options_e

session = ctypes.c_void_p(libssh.ssh_new())


def succeed(code):
    if code != 0:
        sys.exit(libssh.ssh_get_error(session).decode() or f"code {code}")


def read(channel, is_stderr):
    buffer = ctypes.create_string_buffer(4096)
    text = b""
    while (count := libssh.ssh_channel_read(channel, buffer, 4096, is_stderr)) > 0:
        text += buffer.raw[:count]
    return text.decode()


succeed(libssh.ssh_options_set(session, HOST, b"127.0.0.1"))
succeed(libssh.ssh_options_set(session, PORT, ctypes.byref(ctypes.c_uint(int(port)))))
succeed(libssh.ssh_options_set(session, USER, b"web1.acme"))
succeed(libssh.ssh_connect(session))
key = ctypes.c_void_p()
succeed(libssh.ssh_pki_import_privkey_file(key_file.encode(), None, None, None, ctypes.byref(key)))
succeed(libssh.ssh_userauth_publickey(session, None, key))
channel = ctypes.c_void_p(libssh.ssh_channel_new(session))
succeed(libssh.ssh_channel_open_session(channel))
succeed(libssh.ssh_channel_request_exec(channel, b"echo out; echo err >&2; exit 7"))
out, err = read(channel, 0), read(channel, 1)
print(json.dumps({"out": out, "err": err, "status": libssh.ssh_channel_get_exit_status(channel)}))
libssh.ssh_disconnect(session)
