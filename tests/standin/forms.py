"""Forms: multipart/form-data (RFC 7578) and application/x-www-form-urlencoded."""
import re
from urllib.parse import parse_qsl

PARTS_MAX = 200


class Malformed(ValueError):
    """Not a form that could be read in one way only."""


def parameter(text, name):
    match = re.search(rf';\s*{name}="([^"]*)"|;\s*{name}=([^;\s]+)', text, re.I)
    if match is None:
        return None
    value = match.group(1) if match.group(1) is not None else match.group(2)
    # Browsers write a quote and a line's end as these (HTML, 4.10.21.8).
    return value.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def form(content_type, body):
    """A list of (name, filename or None, bytes)."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=PARTS_MAX)
        except ValueError as error:
            raise Malformed("the form cannot be read") from error
        return [(name, None, value.encode()) for name, value in pairs]
    boundary = parameter(content_type, "boundary")
    if kind != "multipart/form-data" or not boundary:
        raise Malformed("send a form: multipart/form-data with a boundary")
    # Each delimiter is a line of its own; the first may begin the body.
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Malformed("the form has no end")
    if len(pieces) > PARTS_MAX + 2:
        raise Malformed("the form has too many parts")
    return [part(piece) for piece in pieces[1:-1]]


def part(piece):
    head, end, data = piece.partition(b"\r\n\r\n")
    if not end or not head.startswith(b"\r\n"):
        raise Malformed("a part of the form has no head")
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            field = parameter(value, "name")
            if field is not None:
                return field, parameter(value, "filename"), data
    raise Malformed("a part of the form has no name")
