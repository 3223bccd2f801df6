# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy between a client and a server that does to chosen requests what networks do."""
import contextlib
import http.client
import socket
import threading
import urllib.parse


class FaultProxy:
    """Forwards to `upstream` and keeps the request lines. `fault(n, line)` chooses what becomes of the n-th request
    (from 0): None forwards it, "drop" ends the connection unasked, "lose" forwards it and ends the connection in place
    of the answer, "html" answers 200 with a page, an int answers with that status."""

    def __init__(self, upstream, fault=lambda n, line: None, host=None):
        self.host = host  # sent as the Host header in place of the client's
        self.upstream = urllib.parse.urlsplit(upstream)
        self.fault = fault
        self.lines = []
        self.connections = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            while self._answer(connection, stream):
                pass

    def _answer(self, connection, stream):
        line = stream.readline().decode().strip()
        if not line:
            return False
        headers = http.client.parse_headers(stream)
        body = stream.read(int(headers.get("Content-Length", 0)))
        with self.lock:
            number = len(self.lines)
            self.lines.append(line)
            fault = self.fault(number, line)
        if fault == "drop":
            return False
        if fault == "html":
            return self._send(connection, 200, [("Content-Type", "text/html")], b"<html>Please sign in</html>")
        if isinstance(fault, int):
            return self._send(connection, fault, [("Content-Type", "text/plain")], b"a fault of the test's")
        status, answer_headers, answer = self._forward(line, headers, body)
        if fault == "lose":
            return False
        return self._send(connection, status, answer_headers, answer)

    def _forward(self, line, headers, body):
        method, target, _ = line.split(" ")
        upstream = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        try:
            upstream.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                upstream.putheader(name, self.host if self.host and name.lower() == "host" else value)
            upstream.endheaders(body)
            reply = upstream.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        except OSError:
            return 502, [], b"the server behind the proxy does not answer"
        finally:
            upstream.close()

    @staticmethod
    def _send(connection, status, headers, body):
        kept = [(n, v) for n, v in headers if n.lower() not in ("content-length", "transfer-encoding", "connection")]
        head = [f"HTTP/1.1 {status} X", *(f"{n}: {v}" for n, v in kept), f"Content-Length: {len(body)}", "", ""]
        connection.sendall("\r\n".join(head).encode() + body)
        return True

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept
        self.listener.close()


@contextlib.contextmanager
def fault_proxy(upstream, fault=lambda n, line: None, host=None):
    proxy = FaultProxy(upstream, fault, host)
    try:
        yield proxy
    finally:
        proxy.close()
