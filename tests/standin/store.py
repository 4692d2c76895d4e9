"""The pictures: kept in a folder under names of our own, found by public_id."""
import hashlib
import os
import re
import secrets
import threading
import time

from account import Refusal, utc

FILE_MAX = 10 << 20
FILES_MAX = 200
UNFINISHED_MAX = 20
PRESETS = ("site_signed",)

MAGIC = (
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("jpg", re.compile(rb"\xff\xd8\xff")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("webp", re.compile(rb"RIFF....WEBP", re.S)),
    ("avif", re.compile(rb"....ftypavif", re.S)),
)

def too_large(size):
    return f"File size too large. Got {size}. Maximum is {FILE_MAX}."


class Store:
    """The pictures, by their public_id. Their files have names of our own."""

    def __init__(self, folder):
        self.folder, self.lock = folder, threading.Lock()
        self.assets, self.unfinished, self.made = {}, {}, 0

    def path(self, asset):
        return os.path.join(self.folder, asset["file"])

    def part(self, upload, content, start, end, total):
        """One part of a file. The file, when it is whole; else None."""
        if len(content) != end - start + 1 or (total is not None and end >= total):
            raise Refusal(400, "Content-Range is not what was sent")
        with self.lock:
            if upload not in self.unfinished and len(self.unfinished) >= UNFINISHED_MAX:
                self.unfinished.pop(next(iter(self.unfinished)))
            state = self.unfinished.setdefault(upload, {"parts": {}, "total": None})
            state["parts"][start] = content
            state["total"] = total if total is not None else state["total"]
            if sum(map(len, state["parts"].values())) > FILE_MAX:
                del self.unfinished[upload]
                raise Refusal(400, too_large(end + 1))
            whole = b""
            for at in sorted(state["parts"]):
                if at != len(whole):
                    return None
                whole += state["parts"][at]
            if len(whole) != state["total"]:
                return None
            del self.unfinished[upload]
            return whole

    def add(self, account, fields, content):
        kind = next((name for name, magic in MAGIC if magic.match(content)), None)
        if kind is None:
            raise Refusal(400, "Invalid image file")
        allowed = as_list(fields.get("allowed_formats", ""))
        if allowed and kind not in ["jpg" if name == "jpeg" else name for name in allowed]:
            raise Refusal(400, f"Image file format {kind} not allowed")
        if "upload_preset" in fields and fields["upload_preset"] not in PRESETS:
            raise Refusal(400, "Upload preset not found")
        name = fields.get("public_id") or secrets.token_hex(10)
        public_id = "/".join(filter(None, (fields.get("folder", "").strip("/"), name)))
        now = time.time()
        with self.lock:
            old = self.assets.get(public_id)
            if old is not None and fields.get("overwrite") in ("false", "0"):
                return {**told(old), "existing": True}
            if old is None and len(self.assets) >= FILES_MAX:
                raise Refusal(420, f"this stand-in keeps {FILES_MAX} pictures; start it again")
            self.made += 1
            version = int(now)
            signed = f"public_id={public_id}&version={version}"
            asset = {
                "asset_id": secrets.token_hex(16),
                "public_id": public_id,
                "version": version,
                "signature": account.digest(signed, 40).hex(),
                "format": kind,
                "resource_type": "image",
                "created_at": utc(now),
                "tags": as_list(fields.get("tags", "")),
                "bytes": len(content),
                "type": "upload",
                "etag": hashlib.md5(content, usedforsecurity=False).hexdigest(),
                "original_filename": "file",
                "file": f"{self.made}.{kind}",
            }
            context = pairs_of(fields.get("context", ""))
            if context:
                asset["context"] = {"custom": context}
            if fields.get("moderation") == "manual":
                asset["moderation"] = [{"status": "pending", "kind": "manual"}]
            with open(self.path(asset), "xb") as file:
                file.write(content)
            if old is not None:
                os.unlink(self.path(old))
            self.assets[public_id] = asset
            return told(asset)

    def remove(self, public_id):
        with self.lock:
            asset = self.assets.pop(public_id, None)
            if asset is not None:
                os.unlink(self.path(asset))
            return asset is not None

    def tagged(self, tag):
        with self.lock:
            return [
                {name: asset[name] for name in ("public_id", "version", "format", "type", "created_at", "context") if name in asset}
                for asset in reversed(self.assets.values())
                if tag in asset["tags"]
            ]

    def find(self, path):
        """The picture of a delivery path, and what its signature is over."""
        parts = [part for part in path.split("/") if part]
        signature = None
        match = re.fullmatch(r"s--([\w-]{8}|[\w-]{32})--", parts[0] if parts else "")
        if match:
            signature, parts = match.group(1), parts[1:]
        for skip in range(len(parts)):
            change, source = parts[:skip], parts[skip:]
            if len(source) > 1 and re.fullmatch(r"v[0-9]+", source[0]):
                source = source[1:]
            name = "/".join(source)
            stem, _, ending = name.rpartition(".")
            with self.lock:
                asset = self.assets.get(name) or (self.assets.get(stem) if ending else None)
                if asset is not None:
                    with open(self.path(asset), "rb") as file:
                        return asset, file.read(), signature, "/".join([*change, name])
        raise Refusal(404, f"Resource not found - {path}")


def as_list(value):
    parts = value if isinstance(value, list) else value.split(",")
    return [part.strip() for part in parts if part.strip()]


def pairs_of(text):
    pairs = (pair.partition("=") for pair in re.split(r"(?<!\\)\|", text) if "=" in pair)
    return {name: re.sub(r"\\([=|])", r"\1", value) for name, _, value in pairs}


def told(asset):
    return {name: value for name, value in asset.items() if name != "file"}
