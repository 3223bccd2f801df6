# SPDX-License-Identifier: Apache-2.0
"""Who may ask, over what, and what systemd sees: API keys, TLS with an authority of our own, sockets and notices."""
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import time

import pytest
from conftest import BINARY
from test_serve import serving

BODY = '{"text": "superb"}'


def ask(connection, method="GET", path="/readyz", body=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.body = response.read()
    return response


def until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


# ---- API keys ----

def new_key(valence, *args):
    return valence.json("api-key", "new", *args)


def test_a_key_opens_and_a_reload_takes_it_away(trained, valence, tmp_path):
    keys = tmp_path / "keys"
    app, other = new_key(valence, "app"), new_key(valence, "other", "--rate", "1")
    keys.write_text(app["line"] + "\n" + other["line"] + "\n")
    assert app["key"] not in keys.read_text()
    with serving(trained.folder, "--api-keys", keys) as server:
        connection = server.connect()
        assert ask(connection).status == 200
        refused = ask(connection, "POST", "/v1/predict", BODY)
        assert refused.status == 401 and refused.getheader("WWW-Authenticate") == 'Bearer realm="valence"'
        assert json.loads(refused.body)["error"]["code"] == "unauthenticated"
        bearer = {"Authorization": f"Bearer {app['key']}"}
        assert ask(connection, "POST", "/v1/predict", BODY, **bearer).status == 200
        answers = [ask(connection, "POST", "/v1/predict", BODY, X_Api_Key=other["key"]) for _ in range(2)]
        assert [a.status for a in answers] == [200, 429]
        assert answers[1].getheader("Retry-After") == "1" and answers[1].getheader("RateLimit-Remaining") == "0"
        keys.write_text(other["line"] + "\n")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: ask(connection, "POST", "/v1/predict", BODY, **bearer).status == 401)


def test_a_broken_file_of_keys_is_named_without_what_it_holds(trained, tmp_path):
    (tmp_path / "keys").write_text("app:" + "0" * 63 + "\n")
    message = trained.error("serve", "--port", "0", "--api-keys", tmp_path / "keys", exit_code=2)
    assert "keys:1: " in message and "000" not in message


# ---- TLS ----

class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self._openssl("req", "-x509", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem")

    def _openssl(self, command, *args):
        subprocess.run(["openssl", command, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                        "2", *args], cwd=self.folder, check=True, capture_output=True)

    def issue(self, serial):
        self._openssl("req", "-x509", "-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=localhost", "-set_serial",
                      str(serial), "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE",
                      "-keyout", "new.key", "-out", "new.pem")
        (self.folder / "new.key").rename(self.folder / "server.key")
        (self.folder / "new.pem").rename(self.folder / "server.pem")

    def client(self, **changes):
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        for name, value in changes.items():
            setattr(context, name, value)
        return context


@pytest.fixture
def authority(tmp_path):
    authority = Authority(tmp_path)
    authority.issue(1)
    return authority


def tls_server(trained, authority, *flags):
    return serving(trained.folder, "--tls-cert", authority.folder / "server.pem", "--tls-key",
                   authority.folder / "server.key", *flags, scheme="https")


def serial(connection):
    return int(connection.sock.getpeercert()["serialNumber"], 16)


@pytest.mark.parametrize("how", ["SIGHUP", "the change of its file"])
def test_a_new_certificate_comes_by(trained, authority, how):
    with tls_server(trained, authority) as server:
        def connect():
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=10, context=authority.client())
            connection.connect()
            return connection

        first = connect()
        answer = ask(first, "POST", "/v1/predict", BODY)
        assert answer.status == 200 and answer.getheader("Strict-Transport-Security")
        assert serial(first) == 1
        authority.issue(2)
        if how == "SIGHUP":
            server.process.send_signal(signal.SIGHUP)
        until(lambda: serial(connect()) == 2)
        assert ask(first, "POST", "/v1/predict", BODY).status == 200 and serial(first) == 1


def test_what_tls_is_spoken(trained, authority):
    with tls_server(trained, authority) as server:
        def handshake(context):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
                with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
                    return tls.version(), tls.selected_alpn_protocol()

        both = authority.client()
        both.set_alpn_protocols(["h2", "http/1.1"])
        assert handshake(both) == ("TLSv1.3", "http/1.1")
        assert handshake(authority.client(maximum_version=ssl.TLSVersion.TLSv1_2)) == ("TLSv1.2", None)
        only_h2 = authority.client()
        only_h2.set_alpn_protocols(["h2"])
        with pytest.raises(ssl.SSLError):
            handshake(only_h2)
        old = authority.client(minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            handshake(old)


# ---- configuration ----

def test_flags_come_before_the_environment_and_that_before_the_file(trained, tmp_path):
    config = tmp_path / "serve.toml"
    config.write_text('# all three\nmax-batch-texts = 1\nmax-text-bytes = 10\nrate-limit = 7.0\nhost = "127.0.0.1"\n')
    env = {**os.environ, "VALENCE_MAX_TEXT_BYTES": "20", "VALENCE_RATE_LIMIT": "8", "VALENCE_IDLE_TIMEOUT": "tcp://10.0.0.1:80"}
    with serving(trained.folder, "--config", config, "--rate-limit", "9", env=env) as server:
        connection = server.connect()
        answer = ask(connection, "POST", "/v1/predict", json.dumps({"text": "a" * 20}))
        assert answer.status == 200 and answer.getheader("RateLimit-Limit") == "9"
        assert ask(connection, "POST", "/v1/predict", json.dumps({"text": "a" * 21})).status == 413
        assert ask(connection, "POST", "/v1/predict", json.dumps({"texts": ["a", "b"]})).status == 413


@pytest.mark.parametrize("text, named", [
    ("max-batch-text = 1\n", "unknown key 'max-batch-text'"),
    ("port = 70000\n", "serve.toml: port"),
    ("[serve]\nport = 1\n", "unknown key 'serve.port'"),
])
def test_what_is_wrong_in_a_configuration_is_named(trained, tmp_path, text, named):
    (tmp_path / "serve.toml").write_text(text)
    assert named in trained.error("serve", "--config", tmp_path / "serve.toml", exit_code=2)


def test_what_is_wrong_in_the_environment_is_named(trained):
    message = trained.error("serve", exit_code=2, env={**os.environ, "VALENCE_MAX_BODY_BYTES": "many"})
    assert "VALENCE_MAX_BODY_BYTES" in message


# ---- systemd ----

def test_socket_activation_and_notices(trained, tmp_path):
    """systemd's side of sd_listen_fds(3) and sd_notify(3), played by the test."""
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(str(tmp_path / "notify"))
    notices.settimeout(15)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    waiting = socket.create_connection(listener.getsockname(), timeout=15)  # before anyone accepts
    waiting.sendall(b"GET /readyz?verbose HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    # The shell's process becomes the server's, so that LISTEN_PID can be known.
    command = f'exec env LISTEN_PID=$$ LISTEN_FDS=1 "$0" serve 3<&{listener.fileno()}'
    process = subprocess.Popen(["bash", "-c", command, BINARY], cwd=trained.folder, stderr=subprocess.DEVNULL,
                               pass_fds=[listener.fileno()],
                               env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3000000"})
    try:
        assert notices.recv(100) == b"READY=1\n"
        answer = b"".join(iter(lambda: waiting.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200 ") and b"[+]model ok\n" in answer
        assert notices.recv(100) == b"WATCHDOG=1\n"
        process.send_signal(signal.SIGTERM)
        until(lambda: notices.recv(100) == b"STOPPING=1\n")
        assert process.wait(15) == 0
        socket.create_connection(listener.getsockname(), timeout=5).close()  # it was never the server's to close
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for each in (notices, listener, waiting):
            each.close()


def test_a_socket_that_does_not_listen_is_refused(trained):
    result = subprocess.run(["bash", "-c", 'exec env LISTEN_PID=$$ LISTEN_FDS=1 "$0" serve 3</dev/null', BINARY],
                            cwd=trained.folder, capture_output=True, timeout=30)
    assert result.returncode == 2 and b"expected a listening TCP socket" in result.stderr
