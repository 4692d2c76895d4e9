#!/usr/bin/env python3
"""A stand-in for Cloudinary's upload API and delivery, for `make run`.

    standin.py --listen SOCKET|PORT --folder FOLDER --cloud NAME --key KEY --secret-file FILE

It checks what the API checks (key, signature, age), keeps pictures in FOLDER,
and delivers them: the original, whatever the transformation. Python's standard
library alone, and nothing of src/, so that the two can disagree. It listens on
a Unix socket, or on a PORT of 127.0.0.1, and ends with SIGTERM.

It proves nothing about Cloudinary: what its documentation leaves open is done
in the simplest way here.
"""
import argparse
import base64
import json
import os
import re
import socketserver
import sys
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote, unquote, urlsplit

from account import UNSIGNED, Account, Refusal, utc
from forms import Malformed, form
from store import FILE_MAX, Store, too_large

BODY_MAX = FILE_MAX + (64 << 10)
MIME = {"jpg": "image/jpeg"}


def collect(parts):
    """The fields of a form; name[] is an element of a list. The file apart."""
    fields, content = {}, None
    for name, filename, data in parts:
        if name == "file" and filename is not None:
            if content is not None:
                raise Refusal(400, "file came twice")
            content = data
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise Refusal(400, f"{name} is not UTF-8") from error
        if name.endswith("[]"):
            fields.setdefault(name[:-2], []).append(text)
        elif name in fields:
            raise Refusal(400, f"{name} came twice")
        else:
            fields[name] = text
    if any(not isinstance(fields.get(name, ""), str) for name in UNSIGNED | {"timestamp", "public_id"}):
        raise Refusal(400, "a text came as a list")
    if content is None and "file" in fields:
        content = inline(fields["file"])
    return fields, content


def inline(text):
    match = re.match(r"data:[\w/+.-]*;base64,", text)
    if match is None:
        raise Refusal(400, "this stand-in fetches nothing: send the file itself, or a data URI")
    try:
        return base64.b64decode(text[match.end():], validate=True)
    except ValueError as error:
        raise Refusal(400, "Invalid data URI") from error


def content_range(text):
    match = re.fullmatch(r"bytes (\d{1,12})-(\d{1,12})/(-1|\d{1,12})", text)
    if match is None:
        raise Refusal(400, "Content-Range is not what was sent")
    start, end, total = map(int, match.groups())
    return start, end, None if total == -1 else total


class Handler(BaseHTTPRequestHandler):
    """One request. The server has account and store."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "standin", ""
    timeout = 60

    def log_message(self, format, *args):
        pass

    def answer(self, status, body, kind="application/json", more=()):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", len(body)), ("X-Content-Type-Options", "nosniff"), *more):
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def say(self, status, value, more=()):
        self.answer(status, json.dumps(value).encode(), more=(("Cache-Control", "no-store"), *more))

    def handled(self, work):
        try:
            work()
        except Refusal as error:
            text = re.sub(r"[^ -~]", "?", str(error))
            self.say(error.status, {"error": {"message": str(error)}}, (("X-Cld-Error", text),))

    def do_GET(self):
        self.handled(self.deliver)

    do_HEAD = do_GET

    def do_POST(self):
        self.handled(self.call)

    def deliver(self):
        path = unquote(self.place())
        cloud = re.escape(self.server.account.cloud)
        listed = re.fullmatch(rf"/{cloud}/image/list/(?:v\d+/)?([^/]+)\.json", path)
        if listed:
            found = self.server.store.tagged(listed.group(1))
            if not found:
                raise Refusal(404, f"Resource not found - {listed.group(1)}.json")
            return self.say(200, {"resources": found, "updated_at": utc(time.time())})
        place = re.fullmatch(rf"/{cloud}/image/upload/(.+)", path)
        if place is None:
            raise Refusal(404, "Not found")
        asset, content, signature, source = self.server.store.find(place.group(1))
        if signature is not None and not self.server.account.opens(signature, source):
            raise Refusal(401, f"Invalid signature {signature}")
        kind = MIME.get(asset["format"], f"image/{asset['format']}")
        return self.answer(200, content, kind, (("Cache-Control", "no-cache"), ("ETag", f'"{asset["etag"]}"')))

    def place(self):
        try:
            return urlsplit(self.path).path
        except ValueError as error:
            raise Refusal(404, "Not found") from error

    def body(self):
        """All of it; of one that is too large enough that the client hears why."""
        kept, size = [], 0
        for chunk in self.chunks():
            size += len(chunk)
            if size <= BODY_MAX:
                kept.append(chunk)
            elif size > 8 * BODY_MAX:
                break
        if size > BODY_MAX:
            self.close_connection = True
            raise Refusal(400, too_large(size))
        return b"".join(kept)

    def chunks(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            # RFC 9112, 7.1
            while size := self.number(self.rfile.readline(100).partition(b";")[0].strip(), 16):
                yield from self.exactly(size)
                self.rfile.readline(100)
            while self.rfile.readline(1000) not in (b"\r\n", b"\n", b""):
                pass
        else:
            yield from self.exactly(self.number(self.headers.get("Content-Length", "").encode(), 10))

    def number(self, text, base):
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,9}", text):
            self.close_connection = True
            raise Refusal(411, "how long the form is must be said")
        try:
            return int(text, base)
        except ValueError as error:
            self.close_connection = True
            raise Refusal(411, "how long the form is must be said") from error

    def exactly(self, size):
        while size > 0 and (chunk := self.rfile.read(min(size, 1 << 16))):
            size -= len(chunk)
            yield chunk

    def call(self):
        body = self.body()
        match = re.fullmatch(r"/v1_1/([^/]+)/(image|auto)/(upload|destroy)", self.place())
        if match is None or match.group(1) != self.server.account.cloud:
            raise Refusal(404, "This stand-in has upload and destroy of pictures, and no other account")
        try:
            fields, content = collect(form(self.headers.get("Content-Type", ""), body))
        except Malformed as error:
            raise Refusal(400, str(error)) from error
        self.server.account.check(fields)
        if match.group(3) == "destroy":
            if not fields.get("public_id"):
                raise Refusal(400, "Missing required parameter - public_id")
            gone = self.server.store.remove(fields["public_id"])
            return self.say(200, {"result": "ok" if gone else "not found"})
        return self.upload(fields, content)

    def upload(self, fields, content):
        if not content:
            raise Refusal(400, "Missing required parameter - file")
        if len(content) > FILE_MAX:
            raise Refusal(400, too_large(len(content)))
        upload = self.headers.get("X-Unique-Upload-Id")
        if upload is not None and "Content-Range" in self.headers:
            start, end, total = content_range(self.headers["Content-Range"])
            content = self.server.store.part(upload[:200], content, start, end, total)
            if content is None:
                return self.say(200, {"done": False, "bytes": end + 1})
        made = self.server.store.add(self.server.account, fields, content)
        place = f"{self.server.account.cloud}/image/upload/v{made['version']}/{made['public_id']}.{made['format']}"
        url = f"http://{self.headers.get('Host', '127.0.0.1')}/{quote(place)}"
        return self.say(200, {**made, "url": url, "secure_url": url})


class Threads(socketserver.ThreadingMixIn):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        # A client that goes away, as one does that cancels, is no error.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Server(Threads, socketserver.TCPServer):
    allow_reuse_address = True


class UnixServer(Threads, socketserver.UnixStreamServer):
    def get_request(self):
        # The handler's base class wants an address.
        request, _ = super().get_request()
        return request, ("local", 0)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("listen", "folder", "cloud", "key", "secret-file"):
        options.add_argument(f"--{name}", required=True)
    asked = options.parse_args()
    with open(asked.secret_file, encoding="ascii") as file:
        account = Account(asked.cloud, asked.key, file.read().strip())
    os.umask(0o077)
    os.makedirs(asked.folder, exist_ok=True)
    if asked.listen.isdigit():
        server = Server(("127.0.0.1", int(asked.listen)), Handler)
        print(server.server_address[1], flush=True)
    else:
        server = UnixServer(asked.listen, Handler)
    server.account, server.store = account, Store(asked.folder)
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
