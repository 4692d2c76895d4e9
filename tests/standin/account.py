"""The account: is what was sent what its secret signed, and not too long ago?"""
import base64
import hashlib
import hmac
import re
import time

HOUR = 3600

# Not a part of what is signed.
UNSIGNED = {"file", "cloud_name", "resource_type", "api_key", "signature"}


class Refusal(Exception):
    """An answer of the API that is no success."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def utc(seconds, shape="%Y-%m-%dT%H:%M:%SZ"):
    return time.strftime(shape, time.gmtime(seconds))


class Account:
    """The checks: what was sent must be what the account's secret signed."""

    def __init__(self, cloud, key, secret):
        self.cloud, self.key, self.secret = cloud, key, secret

    def digest(self, text, length):
        # The length tells the two hashes apart.
        algorithm = hashlib.sha256 if length == 64 else hashlib.sha1
        return algorithm((text + self.secret).encode()).digest()

    def check(self, fields):
        if "signature" not in fields or "api_key" not in fields:
            raise Refusal(400, "Upload preset must be specified when using unsigned upload")
        if fields["api_key"] != self.key:
            raise Refusal(401, f"Unknown API key {fields['api_key']}")
        signature = fields["signature"]
        string = string_to_sign(fields)
        right = self.digest(string, len(signature)).hex()
        if not hmac.compare_digest(signature.encode(), right.encode()):
            raise Refusal(401, f"Invalid Signature {signature}. String to sign - '{string}'.")
        stamp = fields.get("timestamp", "")
        if not re.fullmatch(r"[0-9]{1,11}", stamp):
            raise Refusal(400, f"Invalid timestamp - {stamp}")
        if time.time() - int(stamp) > HOUR:
            raise Refusal(
                400,
                f"Stale request - reported time is {utc(int(stamp), '%Y-%m-%d %H:%M:%S +0000')}"
                " which is more than 1 hour ago",
            )

    def opens(self, signature, source):
        """Is s--SIGNATURE-- right for this transformation and id?"""
        wide = len(signature) == 32
        for length in (64,) if wide else (64, 40):
            text = base64.urlsafe_b64encode(self.digest(source, length)).decode()
            if hmac.compare_digest(signature.encode(), text[: 32 if wide else 8].encode()):
                return True
        return False


def string_to_sign(fields):
    pairs = []
    for name in sorted(fields):
        value = fields[name]
        if isinstance(value, list):
            value = ",".join(value)
        if name not in UNSIGNED and value != "":
            pairs.append(f"{name}={value}".replace("&", "%26"))
    return "&".join(pairs)
